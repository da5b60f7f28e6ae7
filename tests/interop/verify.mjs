// Opens and verifies an export with node's `jose` alone: sealed file, reader's key, holder's key.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { compactDecrypt, compactVerify, importJWK } from "jose";

const [file, readerKey, holderKey, audience] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const text = (bytes) => new TextDecoder().decode(bytes);

const { plaintext } = await compactDecrypt(readFileSync(file, "utf8"),
  await importJWK(json(readerKey), "ECDH-ES"),
  { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] });

const [token, ...rows] = text(plaintext).split("~").slice(0, -1);
const { payload, protectedHeader } = await compactVerify(token,
  await importJWK(json(holderKey), "ES256"), { algorithms: ["ES256"] });
const claims = JSON.parse(text(payload));
const now = Date.now() / 1000;
if (protectedHeader.typ !== "dc+sd-jwt" || claims.aud !== audience) throw new Error("not for us");
if (claims.nbf > now + 300 || claims.exp <= now) throw new Error("not valid today");

const open = new Set((claims.groups ?? []).map((row) => row["..."]));
const opened = rows.map((row) => {
  const hash = createHash("sha256").update(row).digest("base64url");
  if (!open.delete(hash)) throw new Error("a row that was not signed");
  return JSON.parse(Buffer.from(row, "base64url").toString())[1];
});
if (open.size) throw new Error("a signed row is withheld");
console.log(JSON.stringify({ claims, rows: opened }));
