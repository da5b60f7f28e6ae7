// Runs the recipe with `jose` (verify.mjs) over cases on stdin, one JSON a line.
import { createInterface } from "node:readline";
import { verify } from "./verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { sealed, reader, contract, now_s: nowS, audience } = JSON.parse(line);
  let said = { accepted: false };
  try {
    const text = Buffer.from(sealed, "base64").toString("latin1").replace(/[\r\n]+$/, "");
    const holder = contract.grant.holder.signing_jwk;
    const { claims, rows } = await verify(text, reader, holder, audience, nowS);
    said = { accepted: true, claims, rows };
  } catch (error) {
    said.error = String(error.code ?? error.message);
  }
  console.log(JSON.stringify(said));
}
