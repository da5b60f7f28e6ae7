// Runs a scoring module in another engine: V8. One line of JSON in, one line out.
import { readFileSync } from "node:fs";

const { wasm, outputs, groups } = JSON.parse(readFileSync(0, "utf8"));
const module = new WebAssembly.Module(Buffer.from(wasm, "base64"));
const said = groups.map((group) =>
  outputs.map((output) => {
    const rows = Buffer.from(group.rows, "base64");
    const { exports } = new WebAssembly.Instance(module, {});
    const address = exports.reserve(rows.length) >>> 0;
    new Uint8Array(exports.memory.buffer).set(rows, address);
    return exports[output](address, group.count).toString();
  }),
);
process.stdout.write(JSON.stringify(said));
