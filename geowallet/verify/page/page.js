// The page around the checks: files in, a verdict out. Nothing is sent anywhere; the policy in
// the head of the page forbids it to.
"use strict";

const KINDS = ["export", "reader", "contract"];
const MOST_BYTES = 4 << 20;
// Checks that geowallet verify alone makes, by the claim that they look at.
const LATER = { amount_cents: "amount", evidence: "stamps", range_proofs: "range_proofs" };
const given = {};
let language = (navigator.language || "en").toLowerCase().startsWith("fr") ? "fr" : "en";

const at = (id) => document.getElementById(id);
const tr = (text) => (language === "fr" && has(FRENCH, text) ? FRENCH[text] : text);

// A sentence in the reader's language, with its values put in.
function say(text, values = {}) {
  return tr(text).replaceAll(/\{(\w+)\}/g, (whole, name) => (
    has(values, name) ? tr(String(values[name])) : whole));
}

function element(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function kindOf(bytes) {
  const start = new TextDecoder().decode(bytes.slice(0, 1 << 17)).trim();
  if (!/^[{[]/.test(start)) return ["export", bytes];
  let value = null;
  try {
    value = JSON.parse(start);
  } catch {
    return ["", null];
  }
  if (isObject(value) && has(value, "terms")) return ["contract", value];
  return isObject(value) && has(value, "d") ? ["reader", value] : ["", null];
}

// A file that is none of the three clears the verdict: it might be meant to replace one of them.
async function take(files) {
  const strange = [];
  for (const file of files) {
    const bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
    const [kind, value] = kindOf(bytes);
    if (kind) given[kind] = { name: file.name, value };
    else strange.push(say("{name} is none of the three files", { name: file.name }));
  }
  at("unknown").textContent = strange.join("; ");
  await look(strange.length === 0);
}

async function look(judging = true) {
  for (const kind of KINDS) {
    at(kind).textContent = given[kind] ? given[kind].name : tr("not yet given");
    at(kind).className = given[kind] ? "given" : "";
  }
  at("outcome").replaceChildren();
  if (!judging || KINDS.some((kind) => !given[kind])) return;
  const nowS = Number(document.body.dataset.now) || Math.floor(Date.now() / 1000);
  const period = at("period").value.trim();
  try {
    const text = await opened(given.export.value, given.reader.value);
    showAccepted(await judge(text, given.contract.value, nowS, period));
  } catch (error) {
    showRefused(error instanceof Refused ? error
      : new Refused("the contract is not one of this version", "contract_malformed", {}));
  }
}

function show(status, ...parts) {
  const good = status === "accepted";
  const title = element("h2", good ? tr(status) : `${tr("REFUSED")} (${status})`, good ? "good" : "bad");
  title.id = "status";
  title.dataset.status = status;
  at("outcome").replaceChildren(title, ...parts);
}

function showRefused(refused) {
  const stays = element("p", tr("nothing inside can be relied on, so nothing is shown"));
  const reason = element("p", say(refused.reason, refused.values), "reason");
  reason.dataset.check = refused.check;
  show(refused.status, reason, stays, checks(refused.check));
}

function showAccepted(taken) {
  const { claims } = taken;
  const facts = table([
    [tr("signed by"), taken.contract.grant.holder.name],
    [tr("contract"), claims.contract_name],
    [tr("period"), claims.period],
    [tr("receipt"), `${claims.jti.slice(0, 4)}-${claims.jti.slice(4, 8)}`],
    ...(has(claims, "supersedes") ? [[tr("replaces"), claims.supersedes.slice(0, 8)]] : []),
  ]);
  const names = Object.keys(taken.figures);
  const heads = [...taken.terms.group_by, ...names].map((name) => tr(NAMES[name] ?? name));
  const rows = taken.rows.map((row) => [...taken.terms.group_by, ...names].map((n) => figure(row[n])));
  const total = [...taken.terms.group_by.map((_, n) => (n ? "" : tr("total"))),
    ...names.map((name) => figure(claims.total[name]))];
  const figures = table([...rows, total], heads);
  const levels = LEVELS.filter((level) => claims.share_percent[level])
    .map((level) => `${level} ${claims.share_percent[level]} %`).join(", ");
  const unseen = Object.entries(LATER)
    .filter(([claim]) => has(claims, claim) || has(claims.total, claim)).map(([, check]) => check);
  show("accepted", facts, figures,
    element("p", `${tr("how hard the metres would be to forge")}: ${levels || "-"}`),
    ...(unseen.length ? [element("p", say("not looked at here: {names}", { names: unseen.join(", ") }))] : []),
    ...(unseen.includes("stamps")
      ? [element("p", tr("Levels above L0 are the sender's word until stamps, devices and odometer readings are checked."), "bad")] : []),
    element("p", tr("Not proved: who drove or rode; that the trip was necessary; that the phone was not deceived.")),
    checks(""));
}

function figure(value) {
  if (value === null) return tr("kept back");
  return typeof value === "number" ? value.toLocaleString(language) : tr(String(value ?? ""));
}

function table(rows, heads = []) {
  const made = element("table");
  if (heads.length) made.createTHead().insertRow().append(...heads.map((head) => element("th", head)));
  const body = made.createTBody();
  for (const row of rows) body.insertRow().append(...row.map((cell) => element("td", String(cell))));
  return made;
}

function checks(failed) {
  const names = ["open", "papers", "format", ...Object.keys(CHECKS)];
  const list = element("ol", "", "checks");
  const end = failed ? names.indexOf(failed) : names.length;
  for (const [n, name] of names.entries()) {
    const outcome = n < end ? "ok" : n === end ? "REFUSED" : "not run";
    list.append(element("li", `${name}: ${tr(outcome)}`, n < end ? "good" : n === end ? "bad" : ""));
  }
  return list;
}

function speak() {
  document.documentElement.lang = language;
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = tr(one.dataset.say);
  at("language").textContent = language === "fr" ? "English" : "Français";
  look();
}

at("language").addEventListener("click", () => {
  language = language === "fr" ? "en" : "fr";
  speak();
});
at("period").addEventListener("change", () => look());
at("files").addEventListener("change", (event) => take(event.target.files));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
speak();
