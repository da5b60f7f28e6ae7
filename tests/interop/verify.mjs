// Opens and verifies an export with node's `jose` alone: sealed file, reader's key, holder's key.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { compactDecrypt, compactVerify, importJWK } from "jose";

const text = (bytes) => new TextDecoder().decode(bytes);

export async function verify(sealed, readerKey, holderKey, audience, now = Date.now() / 1000) {
  const { plaintext } = await compactDecrypt(sealed, await importJWK(readerKey, "ECDH-ES"),
    { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] });
  const [token, ...rows] = text(plaintext).split("~").slice(0, -1);
  const { payload, protectedHeader } = await compactVerify(token,
    await importJWK(holderKey, "ES256"), { algorithms: ["ES256"] });
  const claims = JSON.parse(text(payload));
  if (protectedHeader.typ !== "dc+sd-jwt" || claims.aud !== audience) throw new Error("not for us");
  if (!(claims.nbf <= now + 300 && claims.exp > now)) throw new Error("not valid today");
  const hashes = rows.map((row) => createHash("sha256").update(row).digest("base64url"));
  const signed = (claims.groups ?? []).map((row) => row["..."]);
  if (hashes.join() !== signed.join()) throw new Error("rows were added or withheld");
  return { claims, rows: rows.map((row) => JSON.parse(Buffer.from(row, "base64url"))[1]) };
}

const [script, ...names] = process.argv.slice(1);
if (script === import.meta.filename) {
  const [sealed, reader, holder] = names.slice(0, 3).map((name) => readFileSync(name, "utf8"));
  console.log(JSON.stringify(await verify(sealed, JSON.parse(reader), JSON.parse(holder), names[3])));
}
