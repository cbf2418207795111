import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

type Call = (...values: unknown[]) => void;

// The module itself, without the library's checks before it: whatever it is given, it must not touch foreign memory.
const { matmul } = createRequire(import.meta.url)('@tinylab/compute') as { matmul: Call };

const floats = (length: number): Float32Array<ArrayBuffer> => new Float32Array(length).fill(1);
const sizes = { m: 2, k: 3, n: 4 };
const good = (): Float32Array<ArrayBuffer>[] => [floats(6), floats(12), floats(8)];

const detached = (values: Float32Array<ArrayBuffer>): Float32Array => {
  structuredClone(values.buffer, { transfer: [values.buffer] });
  return values;
};

const shrunk = (length: number): Float32Array => {
  const buffer = new ArrayBuffer(length * 4, { maxByteLength: length * 4 });
  const values = new Float32Array(buffer);
  buffer.resize(4);
  return values;
};

const [a, b, c] = good() as [Float32Array, Float32Array, Float32Array];
const wrong: readonly (readonly [what: string, code: string, values: readonly unknown[]])[] = [
  ['nothing at all', 'compute/options', []],
  ['null for the sizes', 'compute/options', [a, b, c, null]],
  ['no sizes', 'compute/size', [a, b, c, {}]],
  ...[-1, 1.5, Number.NaN, Infinity, 2 ** 32, '2', 2n, null].map(
    m => [`m = ${typeof m} ${m}`, 'compute/size', [a, b, c, { ...sizes, m }]] as const,
  ),
  ...['threads', 'transposeA', 'transposeB'].flatMap(name =>
    [-1, 'two', null].map(x => [`${name} = ${x}`, 'compute/size', [a, b, c, { ...sizes, [name]: x }]] as const),
  ),
  ['sizes whose product would wrap around', 'compute/length', [a, b, c, { m: 2 ** 32 - 1, k: 2 ** 32 - 1, n: 2 ** 32 - 1 }]],
  ['a too short', 'compute/length', [floats(5), b, c, sizes]],
  ['a too long', 'compute/length', [floats(7), b, c, sizes]],
  ['b too short', 'compute/length', [a, floats(11), c, sizes]],
  ['an output too short', 'compute/length', [a, b, floats(7), sizes]],
  ['a detached input', 'compute/length', [detached(floats(6)), b, c, sizes]],
  ['an input whose buffer has shrunk', 'compute/length', [shrunk(6), b, c, sizes]],
  ...[new Float64Array(6), new Int32Array(6), [1, 2, 3, 4, 5, 6], a.buffer, new DataView(a.buffer), { length: 6 }, undefined, 7].map(
    x => [`a is ${Object.prototype.toString.call(x)}`, 'compute/dtype', [x, b, c, sizes]] as const,
  ),
  ['an output that is an input', 'compute/overlap', [floats(4), c, c, { m: 2, k: 2, n: 4 }]],
  ['an unknown rung', 'compute/rung', [a, b, c, { ...sizes, rung: 'sse9' }]],
  ['a very long name of a rung', 'compute/rung', [a, b, c, { ...sizes, rung: 'x'.repeat(1e6) }]],
  ['a rung that is a number', 'compute/rung', [a, b, c, { ...sizes, rung: 2 }]],
];

it.each(wrong)('refuses %s by name: %s', (_, code, values) => {
  expect(() => matmul(...values)).toThrow(expect.objectContaining({ code }));
});

it('refuses an output that overlaps an input in part, and takes neighbours in one buffer', () => {
  const whole = floats(26);
  const at = (start: number, length: number): Float32Array => whole.subarray(start, start + length);
  expect(() => matmul(at(0, 6), at(6, 12), at(17, 8), sizes)).toThrow(expect.objectContaining({ code: 'compute/overlap' }));
  expect(() => matmul(at(7, 6), at(13, 12), at(0, 8), sizes)).toThrow(expect.objectContaining({ code: 'compute/overlap' }));
  matmul(at(0, 6), at(6, 12), at(18, 8), sizes);
  expect([...at(18, 8)]).toEqual(Array(8).fill(3));
});

it('looks at arrays after the last property is read: a getter may take their memory away', () => {
  for (const taken of [0, 1, 2]) {
    const arrays = good();
    const options = {
      ...sizes,
      get rung(): undefined {
        detached(arrays[taken] as Float32Array<ArrayBuffer>);
        return undefined;
      },
    };
    expect(() => matmul(...arrays, options)).toThrow(expect.objectContaining({ code: 'compute/length' }));
  }
});

it('passes on what a getter throws', () => {
  const options = {
    m: 2,
    get k(): number {
      throw new RangeError('mine');
    },
    n: 4,
  };
  expect(() => matmul(...good(), options)).toThrow(new RangeError('mine'));
});

it('takes arrays over shared memory', () => {
  const shared = new Float32Array(new SharedArrayBuffer(24)).fill(2);
  const out = floats(8);
  matmul(shared, floats(12), out, sizes);
  expect([...out]).toEqual(Array(8).fill(6));
});
