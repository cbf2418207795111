import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { predict } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import type { Model } from '../../../lib/model/model.ts';
import { loadModel, saveModel } from '../../../lib/model/save.ts';
import { checkedModel, decodeModel, encodeModel } from '../../../lib/model/serialize.ts';
import type { NDArray } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { arbitraryModel, sample } from './arbitrary-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** NaN payloads and negative zeros are compared as bytes. */
function bytesOf(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [value.constructor.name, ...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bytesOf(item)]));
}

test('a round trip is bit-exact, masks and quantization included, and its bytes are always the same', () => {
  fc.assert(
    fc.property(arbitraryModel, model => {
      const encoded = encodeModel(model);
      const copy = decodeModel(encoded);
      expect(bytesOf(copy)).toEqual(bytesOf(model));
      expect(Buffer.compare(encodeModel(copy).values, encoded.values)).toBe(0);
      expect(Buffer.compare(encodeModel(copy).graph, encoded.graph)).toBe(0);
      expect(bytesOf(checkedModel(model))).toEqual(bytesOf(model));
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('every such model runs, and its copy gives the same output', () => {
  fc.assert(
    fc.property(arbitraryModel, model => {
      const input = model.nodes[0]?.attributes.shape as number[];
      const x = normal(random(5), [2, ...input]);
      expect(predict(decodeModel(encodeModel(model)), x)).toEqual(predict(model, x));
    }),
    { numRuns: 30, seed: 4 },
  );
});

test('two files appear, whole, and load again; nothing else is left', () => {
  const model = sample();
  saveModel(model, join(folder, 'deep', 'sample'));
  saveModel(model, join(folder, 'deep', 'sample'));
  expect(readdirSync(join(folder, 'deep')).sort()).toEqual(['sample.json', 'sample.safetensors']);
  expect(bytesOf(loadModel(join(folder, 'deep', 'sample')))).toEqual(bytesOf(model));
  expect(() => loadModel(join(folder, 'none'))).toThrowError(expect.objectContaining({ code: 'model/missing' }));
  expect(() => loadModel(join(folder, 'deep', 'sample'), { bytes: 10 })).toThrowError(expect.objectContaining({ code: 'model/limit' }));
});

test('the file with the values keeps to the safetensors format, read here from its specification alone', () => {
  const model = mlp({ input: [3], hidden: [2], classes: 2, seed: 9 });
  saveModel(model, join(folder, 'plain'));
  const file = readFileSync(join(folder, 'plain.safetensors'));
  const length = Number(file.readBigUInt64LE(0));
  expect((8 + length) % 8).toBe(0);
  const text = file.toString('utf8', 8, 8 + length);
  expect(text).toMatch(/^\{.*\} *$/);
  const header = JSON.parse(text) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  const { dtype, shape, data_offsets: offsets } = header['dense-1.kernel'] as (typeof header)[string];
  expect({ dtype, shape }).toEqual({ dtype: 'F32', shape: [3, 2] });
  const first = file.readFloatLE(8 + length + (offsets[0] as number));
  expect(first).toBe((model as Model).parameters['dense-1.kernel']?.value.data[0]);
  expect(Math.max(...Object.entries(header).map(([name, entry]) => (name === '__metadata__' ? 0 : entry.data_offsets[1])))).toBe(
    file.length - 8 - length,
  );
});

test('a loaded model computes as one that was never saved', () => {
  const model = sample();
  const x: NDArray = normal(random(1), [3, 4, 4, 1]);
  expect(predict(decodeModel(encodeModel(model)), x).data).toEqual(predict(model, x).data);
});
