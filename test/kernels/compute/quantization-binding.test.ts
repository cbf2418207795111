import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { binning, good as calls, floats, sizes } from './good-calls.ts';

type Call = (...values: unknown[]) => unknown;

// The module itself: whatever it is given, it must not touch foreign memory.
const compute = createRequire(import.meta.url)('@tinylab/compute') as Record<Name, Call>;

const good = calls.quantization;
/** The first array that is written. */
const firstOutput = { extremes: 1, histogram: 1, fakeQuantize: 3, dequantize: 3 } as const;
type Name = keyof typeof good;
const names = Object.keys(good) as Name[];

const refused = (name: Name, values: readonly unknown[]): void =>
  expect(() => compute[name](...values), name).toThrow(expect.objectContaining({ code: expect.stringMatching(/^compute\//) }));
const optionsOf = (name: Name): Record<string, unknown> => ({ ...(good[name].at(-1) as object) });
const changed = (name: Name, position: number, value: unknown): unknown[] => (good[name] as readonly unknown[]).with(position, value);

it.each(names)('%s takes good arguments', name => {
  compute[name](...good[name]);
});

it.each(names)('%s refuses each array that is missing, of another length or type, or detached', name => {
  for (let i = 0; i < good[name].length - 1; i++) {
    const array = good[name][i] as Float32Array;
    const detached = array.slice();
    structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] });
    for (const wrong of [null, 7, [], new Float64Array(24), array.subarray(1), new DataView(array.buffer), detached, new BigInt64Array(24)])
      refused(name, changed(name, i, wrong));
    // codes and real numbers may be left out, nothing else
    if (name !== 'fakeQuantize' || i < 3) refused(name, changed(name, i, undefined));
  }
});

it.each(names)('%s refuses an output that shares memory with another array', name => {
  const memory = new ArrayBuffer(800);
  const first = firstOutput[name];
  for (let i = first; i < good[name].length - 1; i++)
    for (let j = 0; j < i; j++) {
      const [one, other] = [good[name][i], good[name][j]] as [Float32Array, Float32Array];
      const over = (array: Float32Array, at: number): Float32Array =>
        new (array.constructor as Float32ArrayConstructor)(memory, at, array.length);
      refused(name, (good[name] as readonly unknown[]).with(i, over(one, 4)).with(j, over(other, 0)));
    }
});

it.each(names)('%s refuses sizes that are none, do not fit the arrays, or whose product wraps around', name => {
  const options = optionsOf(name);
  const last = good[name].length - 1;
  for (const key of Object.keys(options).filter(key => !['absolute', 'signed', 'threads', 'low', 'high', 'perUnit'].includes(key)))
    for (const wrong of [-1, 1.5, Number.NaN, Infinity, 2 ** 32, 'two', undefined, 1e9, 2 ** 32 - 1])
      refused(name, changed(name, last, { ...options, [key]: wrong }));
  for (const wrong of [undefined, null, {}, { ...options, threads: -1 }, { ...options, rung: 'sse9' }])
    refused(name, changed(name, last, wrong));
  const huge = { outer: 2 ** 32 - 1, channels: 2 ** 32 - 1, inner: 2 ** 32 - 1 };
  if (name !== 'histogram') refused(name, changed(name, last, { ...options, ...huge }));
});

it('refuses numbers that are not finite, and ends that are no codes of a byte', () => {
  for (const key of ['low', 'perUnit'])
    for (const wrong of [Number.NaN, Infinity, undefined, '1']) refused('histogram', changed('histogram', 2, { ...binning, [key]: wrong }));
  refused('histogram', changed('histogram', 2, { ...binning, bins: 0 }));
  const options = optionsOf('fakeQuantize');
  for (const ends of [
    { low: 1, high: 0 },
    { low: -129, high: 0 },
    { low: 0, high: 256 },
    { low: -1, high: 128 },
    { low: 0.5, high: 7 },
    { low: Number.NaN },
  ])
    refused('fakeQuantize', changed('fakeQuantize', 5, { ...options, ...ends }));
  compute.fakeQuantize(floats(24), floats(3), new Int32Array(3), undefined, undefined, { ...options, low: -(2 ** 15), high: 2 ** 15 - 1 });
});
