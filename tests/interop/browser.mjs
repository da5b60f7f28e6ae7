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

// Every second case is dropped on the page, the others are chosen.
let dropped = false;

function choose(files) {
  const mimeType = "application/octet-stream";
  return page.setInputFiles("#files", files.map(([name, buffer]) => ({ name, mimeType, buffer })));
}

function drop(files) {
  const texts = files.map(([name, buffer]) => [name, buffer.toString("base64")]);
  return page.evaluate((named) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of named) {
      dataTransfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    }
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.getElementById("drop").dispatchEvent(event);
  }, texts);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { sealed, reader, contract, now_s: nowS, period } = JSON.parse(line);
  await page.evaluate((now) => {
    document.body.dataset.now = now;
    for (const kind of Object.keys(given)) delete given[kind];
    look();
    document.getElementById("unknown").textContent = "";
  }, nowS);
  await page.fill("#period", period);
  const files = [["export.jwe", Buffer.from(sealed, "base64")],
    ["reader.json", Buffer.from(JSON.stringify(reader))],
    ["rhone.contract", Buffer.from(JSON.stringify(contract))]];
  await ((dropped = !dropped) ? drop(files) : choose(files));
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
