// The checks of an export, with what a browser (or node) brings: no library, no network.
// The same checks as geowallet/verify/standalone.py, in the same order, ending in the same words;
// the rules are docs/reference/export-format.md. Written apart, so that each shows up the other.
"use strict";

const MALFORMED = "malformed";
const MISMATCH = "contract_mismatch";
const BROKEN = "the seal is broken: the file was changed or damaged after it was written";
const MAX_BYTES = 1 << 21;
const MAX_SEALED_BYTES = Math.floor((MAX_BYTES * 4) / 3) + 4096;
const LATEST_S = 253402300799;
const [DAY_S, HOUR_S, SKEW_S] = [86400, 3600, 300];
const LEVELS = ["L0", "L1", "L2", "L3"];
const ALWAYS = ["iss", "vct", "iat", "nbf", "exp", "aud", "jti", "contract", "contract_name",
  "period", "total", "share_percent", "log", "nullifier"];
// Measures that add up, and over which groups one does not: a day may have two modes.
const OVERLAP = { distance_m: [], duration_s: [], night_distance_m: [], trips: ["mode"],
  days: ["mode", "purpose", "vehicle"] };
const TOTAL_ONLY = ["amount_cents"];
const MAY_LACK = ["driving_score", "night_percent", "measured_percent", "braking_rate",
  "acceleration_rate", "cornering_rate"];

class Refused extends Error {
  constructor(reason, status, values) {
    super(reason);
    Object.assign(this, { reason, status, values, check: "open" });
  }
}

function refuse(reason, status, when, values = {}) {
  if (when) throw new Refused(reason, status, values);
}

// --- spelling: base64url and JSON, each with one way to write it

function b64u(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function unb64u(text) {
  const shaped = typeof text === "string" && /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1;
  const plain = shaped ? atob(text.replaceAll("-", "+").replaceAll("_", "/")) : "";
  const bytes = Uint8Array.from(plain, (char) => char.charCodeAt(0));
  refuse("a part of it is not canonical base64url", MALFORMED, !shaped || b64u(bytes) !== text);
  return bytes;
}

const ascii = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function exact(value) {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "string") return !/[\uD800-\uDFFF]/u.test(value);
  if (value === null || typeof value === "boolean") return true;
  return Object.entries(value).every(([name, item]) => exact(name) && exact(item));
}

function readJson(text) {
  const data = unb64u(text);
  let value;
  let same = false;
  try {
    const json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    value = JSON.parse(json);
    same = JSON.stringify(value) === json && exact(value) && !/"[0-9]+":/.test(json);
  } catch {
    same = false;
  }
  refuse("a part of it is not strict JSON", MALFORMED, !same);
  return value;
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

const canonical = (value) => new TextEncoder().encode(JSON.stringify(sorted(value)));

// --- keys, seals, signatures

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function thumbprint(jwk) {
  const { crv, kty, x, y } = jwk;
  if ([crv, kty, x, y].some((part) => typeof part !== "string")) throw new TypeError("no key");
  return b64u(await sha256(canonical({ crv, kty, x, y })));
}

function point(jwk) {
  const { kty, crv, x, y } = jwk;
  if (unb64u(x).length !== 32 || unb64u(y).length !== 32) throw new TypeError("no point");
  return { kty, crv, x, y };
}

async function signs(jws, payload, jwk, typ) {
  try {
    const [head, text, ...more] = jws.split("..");
    const signature = unb64u(text);
    const header = { alg: "ES256", kid: await thumbprint(jwk), typ };
    const said = readJson(head);
    if (more.length || signature.length !== 64 || !same(sorted(said), header)) return false;
    const [kind, use] = [{ name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }, ["verify"]];
    const key = await crypto.subtle.importKey("jwk", point(jwk), kind, false, use);
    return await crypto.subtle.verify(kind, key, signature, ascii(`${head}.${payload}`));
  } catch {
    return false;
  }
}

// RFC 7518, section 4.6: one round of Concat KDF.
async function agreed(epk, reader) {
  const kind = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("jwk", point(epk), kind, false, []);
  const own = { ...point(reader), d: reader.d };
  const mine = await crypto.subtle.importKey("jwk", own, kind, false, ["deriveBits"]);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256);
  const info = [0, 0, 0, 7, ...ascii("A256GCM"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
  const digest = await sha256(Uint8Array.from([0, 0, 0, 1, ...new Uint8Array(secret), ...info]));
  return crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["decrypt"]);
}

function isSeal(header) {
  const { alg, enc, cty, epk } = Object(header);
  const { kty, crv, x, y } = Object(epk);
  return same([alg, enc, cty, kty, crv], ["ECDH-ES", "A256GCM", "dc+sd-jwt", "EC", "P-256"])
    && hasExactly(header, ["alg", "cty", "enc", "epk", "kid"])
    && hasExactly(epk, ["crv", "kty", "x", "y"])
    && [x, y].every((axis) => typeof axis === "string" && axis.length === 43);
}

async function opened(data, reader) {
  refuse("it is too long", MALFORMED, data.length > MAX_SEALED_BYTES);
  const text = Array.from(data, (byte) => String.fromCharCode(byte)).join("");
  const parts = text.replace(/[\r\n]+$/, "").split(".");
  const fit = parts.length === 5 && parts.every((part, n) => (n === 1) === (part === ""));
  refuse("it is not a sealed file in five parts", MALFORMED, !fit);
  const [iv, ciphertext, tag] = parts.slice(2).map(unb64u);
  const header = readJson(parts[0]);
  const good = iv.length === 12 && tag.length === 16 && isSeal(header);
  refuse("it is sealed by a method that geowallet does not accept", MALFORMED, !good);
  const other = header.kid !== (await thumbprint(reader));
  refuse("the file is sealed for another key", "wrong_recipient", other);
  try {
    const key = await agreed(header.epk, reader);
    const kind = { name: "AES-GCM", iv, additionalData: ascii(parts[0]), tagLength: 128 };
    const plain = await crypto.subtle.decrypt(kind, key, Uint8Array.from([...ciphertext, ...tag]));
    const inside = new Uint8Array(plain);
    if (inside.some((byte) => byte > 127)) throw new TypeError("not ASCII");
    return new TextDecoder().decode(inside);
  } catch {
    throw new Refused(BROKEN, "bad_signature", {});
  }
}

async function unpacked(text) {
  refuse("it is too long, or is not written in base64url", MALFORMED, text.length > MAX_BYTES);
  const [token, ...rows] = text.split("~");
  const parts = token.split(".");
  const odd = parts.length !== 3 || rows.at(-1) !== "" || rows.length > 6001;
  refuse("it is not a signed JWT with rows between tildes", MALFORMED, odd);
  const [header, claims] = parts.slice(0, 2).map(readJson);
  const objects = isObject(header) && isObject(claims);
  refuse("its header or payload is not a JSON object", MALFORMED, !objects);
  const values = rows.slice(0, -1).map(readJson);
  const salted = (value) => Array.isArray(value) && value.length === 2
    && typeof value[0] === "string" && unb64u(value[0]).length >= 16;
  refuse("a row is not a salt and a value", MALFORMED, !values.every(salted));
  const digests = [];
  for (const row of rows.slice(0, -1)) digests.push(b64u(await sha256(ascii(row))));
  return { token, header, claims, digests, rows: values.map((value) => value[1]) };
}

// --- small words

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const hasExactly = (value, names) => isObject(value) && same(Object.keys(value).sort(), names);
const has = (value, name) => Object.hasOwn(value, name);
const epochS = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;
const dayAt = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

function isText(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}

// --- periods: what an export may speak of

function monthEnd(year, month) {
  return dayAt(Date.UTC(year, month, 1) / 1000 - DAY_S);
}

function periodText(first, last) {
  if (first.slice(4) === "-01-01" && last === `${first.slice(0, 4)}-12-31`) return first.slice(0, 4);
  if (first === last) return first;
  const start = first.endsWith("-01") ? first.slice(0, 7) : first;
  const end = last === monthEnd(last.slice(0, 4), last.slice(5, 7)) ? last.slice(0, 7) : last;
  return start === end ? start : `${start}..${end}`;
}

function periods(terms) {
  let { first } = terms.covers;
  const { last } = terms.covers;
  if (terms.cadence === "once") return new Map([[periodText(first, last), [first, last]]]);
  const found = new Map();
  while (first <= last) {
    const whole = monthEnd(first.slice(0, 4), terms.cadence === "year" ? 12 : first.slice(5, 7));
    const end = whole < last ? whole : last;
    found.set(periodText(first, end), [first, end]);
    first = dayAt(epochS(whole) + DAY_S);
  }
  return found;
}

function daysOf(terms, period) {
  const [first, last] = periods(terms).get(period);
  const days = [];
  for (let at = epochS(first); at <= epochS(last); at += DAY_S) days.push(dayAt(at));
  return days;
}

function product(lists) {
  return lists.reduce((keys, list) => keys.flatMap((key) => list.map((one) => [...key, one])), [[]]);
}

// --- the checks, in their order; each may rely on those before it

const CHECKS = {
  async signature(e) {
    const other = e.header.kid !== (await thumbprint(e.holder));
    const reason = "the file is signed by a key that is not the one in the contract";
    refuse(reason, "unknown_holder", other);
    const [head, payload, signature] = e.token.split(".");
    const good = await signs(`${head}..${signature}`, payload, e.holder, "dc+sd-jwt");
    refuse(BROKEN, "bad_signature", !good);
  },

  async type(e) {
    const { vct, iss } = e.claims;
    const hash = has(e.claims, "_sd_alg") ? e.claims._sd_alg : "sha-256";
    const ours = ["urn:geowallet:export:1", `urn:geowallet:${await thumbprint(e.holder)}`, "sha-256"];
    const other = !same([vct, iss, hash], ours);
    refuse("it is not an export of a version that is known here", MALFORMED, other);
  },

  async audience(e) {
    const other = e.claims.aud !== (await thumbprint(e.terms.recipient.signing_jwk));
    refuse("the file was made for another recipient", MISMATCH, other);
  },

  async contract_digest(e) {
    const ours = [hex(await sha256(canonical(e.terms))), e.terms.name];
    const other = !same([e.claims.contract, e.claims.contract_name], ours);
    refuse("the file was made under another contract", MISMATCH, other);
  },

  async contract_signatures(e) {
    const { terms, contract } = e;
    const { grant } = contract;
    const [offered, granted] = [b64u(canonical(terms)), b64u(canonical(grant))];
    const recipient = terms.recipient.signing_jwk;
    const both = (await signs(contract.signature, offered, recipient, "geowallet-offer+jws"))
      && (await signs(contract.grant_signature, granted, e.holder, "geowallet-grant+jws"));
    const reason = "{file}: the signature does not fit what is written";
    refuse(reason, "contract_signature", !both, { file: terms.name });
    const days = terms.issued <= grant.accepted && grant.accepted <= terms.expires;
    const other = grant.terms_sha256 !== e.claims.contract || !days;
    refuse("its two signatures are not under the same terms, or not in the right order",
      "contract_malformed", other);
  },

  dates(e) {
    const { iat, nbf, exp } = e.claims;
    refuse("a date is missing", MALFORMED, ![iat, nbf, exp].every(isCount));
    const odd = Math.max(iat, nbf, exp) > LATEST_S || iat > nbf;
    refuse("its dates contradict each other", MALFORMED, odd);
    refuse("the file was valid until {date}", "expired", exp <= e.nowS, { date: dayAt(exp) });
    refuse("it is dated in the future", MALFORMED, nbf > e.nowS + SKEW_S);
    // A day begins first at UTC+14 and ends last at UTC-12.
    const begins = epochS(e.contract.grant.accepted) - 14 * HOUR_S;
    const ends = epochS(e.terms.expires) + DAY_S + 12 * HOUR_S;
    const out = iat < begins || iat >= ends;
    refuse("the file was made when the contract was not in force", MISMATCH, out);
  },

  period(e) {
    const said = e.claims.period;
    refuse("the period is not one that the contract covers", MISMATCH, !periods(e.terms).has(said));
    refuse("the file speaks of another period", MISMATCH, e.asked !== "" && e.asked !== said);
    e.days = daysOf(e.terms, said);
  },

  disclosures(e) {
    const listed = has(e.claims, "groups") ? e.claims.groups : [];
    const shaped = (item) => hasExactly(item, ["..."]) && typeof item["..."] === "string";
    const odd = !Array.isArray(listed) || !listed.every(shaped);
    refuse("its list of rows is not one of hashes", MALFORMED, odd);
    const signed = listed.map((item) => item["..."]);
    const twice = [signed, e.digests].some((list) => new Set(list).size < list.length);
    refuse("a row occurs twice", MALFORMED, twice);
    refuse("a row was not signed", MALFORMED, !e.digests.every((one) => signed.includes(one)));
    const other = !same(signed, e.digests);
    refuse("rows that the contract names are withheld or in disorder", MISMATCH, other);
  },

  named_claims(e) {
    const { claims, terms } = e;
    const figures = Object.keys(e.figures);
    const grouped = terms.group_by.length > 0;
    const named = [[grouped, ["groups", "_sd_alg"]], [figures.includes("distance_m"), ["share_m"]],
      [has(claims, "supersedes"), ["changes_after_close"]],
      [terms.commitments !== "none", ["commitments", "opening"]],
      [terms.commitments === "day_proved", ["range_proofs"]],
      [terms.audit.spot_checks > 0, ["track"]]];
    const must = [...ALWAYS, ...named.flatMap(([asked, names]) => (asked ? names : []))];
    const may = [...must, "supersedes",
      ...(terms.assurance.level === "L0" ? [] : ["evidence"])];
    members(claims, must, may, e);
    const shapes = { total: figures, share_m: LEVELS, share_percent: LEVELS,
      log: ["origin", "size", "root"], track: ["root", "size"] };
    for (const [name, names] of Object.entries(shapes)) {
      if (must.includes(name)) members(claims[name], names, names, e);
    }
    const row = [...terms.group_by, ...figures.filter((name) => !TOTAL_ONLY.includes(name))];
    for (const one of e.rows) members(one, row, row, e);
  },

  identifiers(e) {
    const { claims } = e;
    const size = 96 * (e.days.length + 2);
    const track = has(claims, "track") ? claims.track : { root: "0".repeat(64), size };
    const changes = has(claims, "changes_after_close") ? claims.changes_after_close : 0;
    const earlier = has(claims, "supersedes") ? claims.supersedes : "0".repeat(32);
    const good = [claims.jti, earlier].every((id) => isText(id, /^[0-9a-f]{32}$/))
      && [claims.nullifier, track.root].every((id) => isText(id, /^[0-9a-f]{64}$/))
      && track.size === size && isCount(changes) && changes <= 1000000;
    refuse("an id is not written as ids are", MALFORMED, !good);
  },

  groups(e) {
    const { select, group_by: names } = e.terms;
    const values = { day: e.days, month: [...new Set(e.days.map((day) => day.slice(0, 7)))],
      mode: select.modes, purpose: select.purposes, vehicle: select.vehicles };
    const keys = names.length ? product(names.map((name) => values[name])) : [];
    const other = !same(e.rows.map((row) => names.map((name) => row[name])), keys);
    refuse("the rows are not the groups that the contract names", MISMATCH, other);
  },

  ranges(e) {
    for (const [name, { minimum = 0, maximum, step = 1 }] of Object.entries(e.figures)) {
      const places = [e.claims.total, ...e.rows].filter((place) => has(place, name));
      const values = places.map((place) => place[name]);
      if (name === "distance_m") values.push(...Object.values(e.claims.share_m));
      const words = [...(e.terms.small_cells ? [null] : []),
        ...(MAY_LACK.includes(name) ? ["insufficient_data"] : [])];
      const allowed = (value) => (typeof value === "number"
        ? value >= minimum && value <= maximum && (value - minimum) % step === 0
        : words.includes(value));
      refuse("{measure} has a value that the contract does not allow", MISMATCH,
        !values.every(allowed), { measure: shown(name) });
    }
  },

  arithmetic(e) {
    const { total, share_percent: percent } = e.claims;
    const percents = Object.values(percent);
    let good = percents.every(isCount) && [0, 100].includes(sum(percents));
    const figuresOf = (row) => Object.keys(e.figures).filter((n) => has(row, n)).map((n) => row[n]);
    const shown = e.rows.filter((row) => !figuresOf(row).includes(null));
    const hidden = e.rows.length - shown.length;
    const shares = Object.values(has(e.claims, "share_m") ? e.claims.share_m : total);
    const places = [...e.rows.map(figuresOf), Object.values(total), shares];
    good &&= places.every((place) => new Set(place.map((v) => v === null)).size === 1);
    const kept = Object.values(total).includes(null);
    good &&= kept === shares.includes(null) && (hidden !== 1 || kept);
    if (has(e.claims, "share_m") && good && !kept) good = sum(shares) === total.distance_m;
    const grouped = e.terms.group_by.length > 0;
    for (const name of Object.keys(OVERLAP).filter((one) => has(e.figures, one))) {
      const parts = shown.map((row) => row[name]);
      const apart = !OVERLAP[name].some((one) => e.terms.group_by.includes(one));
      if (grouped && total[name] !== null) {
        const low = apart ? sum(parts) : Math.max(0, ...parts);
        good &&= low <= total[name] && (hidden > 0 || total[name] <= sum(parts));
      }
    }
    for (const place of has(total, "days") ? [total, ...e.rows] : []) {
      const within = place.day ?? place.month ?? "";
      good &&= (place.days ?? 0) <= e.days.filter((day) => day.startsWith(within)).length;
    }
    refuse("the figures in the file contradict each other", MISMATCH, !good);
  },

  commitments(e) {
    const { commitments = [], range_proofs: proofs = [], opening, total } = e.claims;
    if (e.terms.commitments === "none") return;
    const count = e.terms.commitments === "day_proved" ? e.days.length : 0;
    const lists = [commitments, proofs].every((list) => Array.isArray(list)
      && list.every((text) => typeof text === "string"));
    const good = lists && commitments.length === e.days.length && proofs.length === count
      && proofs.every((proof) => unb64u(proof).length === 2560) && typeof opening === "string"
      && addUp(commitments.map(unb64u), total.distance_m, unb64u(opening));
    refuse("the commitments of its days do not add up to its total", MISMATCH, !good);
  },

  // Its stamps are for a program that knows the authorities; here it is looked at from outside.
  evidence(e) {
    const { share_percent: percents, share_m: metres, evidence } = e.claims;
    const shares = [percents, has(e.claims, "share_m") ? metres : {}];
    const above = LEVELS.slice(1).filter((name) => shares.some((share) => share[name]));
    const most = { leaves: 4000, nodes: 200000, stamps: 400 };
    if (above.some((name) => name !== "L1")) most.devices = 400;
    if (above.includes("L3")) most.readings = 100;
    const named = [...Object.keys(most), ...(has(Object(evidence), "flags") ? ["flags"] : [])];
    const listed = (name) => Array.isArray(evidence[name])
      && evidence[name].length <= (most[name] ?? 32)
      && (["nodes", "flags"].includes(name) || evidence[name].length > 0);
    const shaped = () => hasExactly(evidence, named.sort()) && named.every(listed);
    const needed = above.length > 0;
    const good = needed === has(e.claims, "evidence") && (!needed || shaped())
      && (above.at(-1) ?? "L0") <= e.terms.assurance.level;
    refuse("its levels are not those that its evidence carries", MISMATCH, !good);
  },

  assurance(e) {
    const { level, share_percent: minimum } = e.terms.assurance;
    const shares = Object.entries(e.claims.share_percent);
    const found = sum(shares.filter(([name]) => name >= level).map(([, share]) => share));
    const weak = sum(shares.map(([, share]) => share)) > 0 && found < minimum;
    refuse("only {found} % has assurance {level} or better; the contract asks for {minimum} %",
      MISMATCH, weak, { found, level, minimum });
  },

  log_reference(e) {
    const { origin, root, size } = e.claims.log;
    const good = isText(origin, /^geowallet\/[0-9a-f]{32}$/) && isCount(size) && size > 0
      && isText(root, /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
    refuse("its reference to the evidence log is not well formed", MALFORMED, !good);
  },
};

function members(value, must, may, e) {
  refuse("a claim is missing or of another kind", MALFORMED, !isObject(value));
  for (const [reason, names] of [
    ["{member} is in the file, but contract {contract} does not name it",
      Object.keys(value).filter((name) => !may.includes(name))],
    ["{member} is missing, although contract {contract} names it",
      must.filter((name) => !has(value, name))],
  ]) {
    const member = shown(names.sort()[0] ?? "");
    refuse(reason, MISMATCH, names.length > 0, { member, contract: e.terms.name });
  }
}

// The name of a member, unless it could hide a value.
function shown(name) {
  return /^[A-Za-z_]{1,32}$/.test(name) ? `"${name}"` : "a member with an odd name";
}

// --- sums of commitments on edwards25519 (RFC 8032, section 5.1)

const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (number) => ((number % PRIME) + PRIME) % PRIME;

function power(base, exponent) {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const CURVE_D = mod(-121665n * power(121666n, PRIME - 2n));
const ZERO = [0n, 1n, 1n, 0n];
const BASE = decoded(Uint8Array.from([0x58, ...Array(31).fill(0x66)]));
// H follows from SHA-512 of a label, so that nobody knows its multiple of the base point.
const SECOND_BASE = decoded(Uint8Array.from(
  "c4dc65131a2c7d879d62dd2812cefa53d7cf7e3a148ca5c186012edfe71e129d".match(/../g),
  (byte) => parseInt(byte, 16)));

function numberOf(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse()) || "0"}`);
}

function decoded(bytes) {
  const [y, sign] = [numberOf(bytes) % 2n ** 255n, numberOf(bytes) >> 255n];
  const square = mod((y * y - 1n) * power(CURVE_D * y * y + 1n, PRIME - 2n));
  let x = power(square, (PRIME + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (PRIME - 1n) / 4n));
  const off = bytes.length !== 32 || y >= PRIME || mod(x * x) !== square;
  if (off || (x === 0n && sign === 1n)) return null;
  x = (x & 1n) === sign ? x : PRIME - x;
  return [x, y, 1n, mod(x * y)];
}

function plus(one, other) {
  const a = (one[1] - one[0]) * (other[1] - other[0]);
  const b = (one[1] + one[0]) * (other[1] + other[0]);
  const [c, d] = [2n * one[3] * other[3] * CURVE_D, 2n * one[2] * other[2]];
  const [e, f, g, h] = [mod(b - a), mod(d - c), mod(d + c), mod(b + a)];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(number, start) {
  let [result, added] = [ZERO, start];
  for (let left = number; left > 0n; left >>= 1n) {
    if (left & 1n) result = plus(result, added);
    added = plus(added, added);
  }
  return result;
}

const samePoint = (one, other) => [0, 1].every((n) => mod(one[n] * other[2] - other[n] * one[2]) === 0n);

function addUp(points, total, opening) {
  let all = ZERO;
  for (const one of points.map(decoded)) {
    if (!one || samePoint(one, ZERO) || !samePoint(times(ORDER, one), ZERO)) return false;
    all = plus(all, one);
  }
  const number = numberOf(opening);
  const expected = plus(times(BigInt(total), BASE), times(number, SECOND_BASE));
  return opening.length === 32 && number < ORDER && samePoint(all, expected);
}

// --- all of it

async function papers(contract) {
  let found = null;
  try {
    const { terms, grant } = contract;
    const outputs = terms.module ? terms.module.outputs : [];
    const figures = Object.fromEntries([...terms.measures, ...outputs].map((one) => [one.id, one]));
    const holder = grant.holder.signing_jwk;
    await Promise.all([holder, terms.recipient.signing_jwk].map(thumbprint));
    const whole = Object.values(figures).every(({ maximum, step = 1 }) => isCount(maximum) && step > 0);
    if (whole && terms.measures.length && periods(terms).size) found = { terms, holder, figures };
  } catch {
    found = null;
  }
  refuse("the contract is not one of this version", "contract_malformed", !found);
  return { contract, ...found };
}

// The export in `text` if it passes every check; else `Refused` says the first that failed.
async function judge(text, contract, nowS, asked = "") {
  let name = "papers";
  try {
    const by = await papers(contract);
    name = "format";
    const taken = { ...(await unpacked(text)), ...by, nowS, asked };
    for (const [check, look] of Object.entries(CHECKS)) {
      name = check;
      await look(taken);
    }
    return taken;
  } catch (error) {
    if (error instanceof Refused) error.check = name;
    throw error;
  }
}
