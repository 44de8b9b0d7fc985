// Runs exported models in ONNX Runtime and compares what they give with what was expected.
//
// usage: node onnx_runtime.mjs MANIFEST.json
//
// The manifest is a list of {name, model, runs: [{inputs: [tensor], outputs: [tensor]}]}, a tensor being
// {name, type, dims, file} with its little-endian elements in the file. Prints one line of JSON per model:
// {name, difference} with the largest absolute difference of a finite element relative to max(1, |expected|), or {name, error}.
// ORT_NODE_MODULES names the folder that holds the package onnxruntime-node, where it is not installed beside this file.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.ORT_NODE_MODULES;
const require = createRequire(folder ? join(folder, "..", "x.js") : import.meta.url);
const ort = require("onnxruntime-node");
if (!process.argv[2]) process.exit(0); // Only asked whether the package is there.

const arrays = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, int32: Int32Array,
  int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
};

function read({ type, dims, file }) {
  const bytes = readFileSync(file);
  const data = new arrays[type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return new ort.Tensor(type, data, dims);
}

function compare(got, expected) {
  if (got.type !== expected.type) throw new Error(`type ${got.type}, expected ${expected.type}`);
  if (got.dims.join() !== expected.dims.join()) throw new Error(`shape (${got.dims}), expected (${expected.dims})`);
  const want = read(expected).data;
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [Number(got.data[i]), Number(want[i])];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  return worst;
}

for (const { name, model, runs } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    let difference = 0;
    for (const { inputs, outputs } of runs) {
      const feeds = Object.fromEntries(inputs.map(x => [x.name, read(x)]));
      const results = await session.run(feeds);
      for (const output of outputs) difference = Math.max(difference, compare(results[output.name], output));
    }
    console.log(JSON.stringify({ name, difference }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: String(error.message ?? error) }));
  }
}
