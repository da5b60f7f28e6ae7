// Drives the page in a real browser, offline: cases on stdin, one JSON a line; outcomes on stdout.
// node browser.mjs CHROMIUM PAGE.html [SCREENSHOT.png LANGUAGE]
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, html, picture, language = "en"] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext({ locale: language, colorScheme: "light" });
await context.setOffline(true);
const page = await context.newPage();
const noise = [];
page.on("console", (message) => noise.push(message.text()));
page.on("pageerror", (error) => noise.push(String(error)));
page.on("request", (request) => { if (!request.url().startsWith("file:")) noise.push(request.url()); });
await page.goto(pathToFileURL(html).href);

for await (const line of createInterface({ input: process.stdin })) {
  const { sealed, reader, contract, now_s: nowS, period } = JSON.parse(line);
  await page.evaluate((now) => {
    document.body.dataset.now = now;
    for (const kind of Object.keys(given)) delete given[kind];
    look();
    document.getElementById("unknown").textContent = "";
  }, nowS);
  await page.fill("#period", period);
  const file = (name, data) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(data) });
  await page.setInputFiles("#files", [file("export.jwe", Buffer.from(sealed, "base64")),
    file("reader.json", JSON.stringify(reader)), file("rhone.contract", JSON.stringify(contract))]);
  await page.waitForSelector("#status, #unknown:not(:empty)", { state: "attached" });
  console.log(JSON.stringify(await page.evaluate(() => ({
    status: document.querySelector("#status")?.dataset.status ?? "unknown",
    check: document.querySelector(".reason")?.dataset.check ?? "",
    figures: document.querySelectorAll("#outcome td").length,
    text: document.body.innerText,
  }))));
  if (picture) await page.screenshot({ path: picture, fullPage: true });
}
const tried = await page.evaluate(() => fetch("https://example.org/").then(() => "sent", () => "refused"));
console.log(JSON.stringify({ noise: noise.filter((text) => !text.includes("example.org")), tried }));
await browser.close();
