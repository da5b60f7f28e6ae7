// Runs the page's own checks (geowallet/verify/page/verifier.js) over cases on stdin, one JSON a line.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const code = readFileSync(process.argv[2], "utf8");
const { opened, judge, Refused } = new Function(`${code}; return { opened, judge, Refused };`)();

for await (const line of createInterface({ input: process.stdin })) {
  const { sealed, reader, contract, now_s: nowS, period } = JSON.parse(line);
  let said = ["accepted", ""];
  try {
    await judge(await opened(Buffer.from(sealed, "base64"), reader), contract, nowS, period);
  } catch (error) {
    said = error instanceof Refused ? [error.status, error.check] : ["bug", String(error.stack)];
  }
  console.log(JSON.stringify(said));
}
