import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { int8Shape } from '../../../lib/tensor/native-int8.ts';
import { good as calls, conv, depthwise, pool } from './good-calls.ts';

type Call = (...values: unknown[]) => void;

// The module itself: whatever it is given, it must not touch foreign memory.
const compute = createRequire(import.meta.url)('@tinylab/compute') as Record<
  'int8Conv' | 'int8Matmul' | 'int8MatmulPack' | 'int8Depthwise' | 'int8Add' | 'int8Pool' | 'int8Quantize',
  Call
>;

const good = calls.int8;
const bytes = (length: number): Int8Array => new Int8Array(length);
const options = { threads: 2 };
type Name = keyof typeof good;
const names = Object.keys(good) as Name[];

const refused = (name: Name, values: readonly unknown[]): void =>
  expect(() => compute[name](...values), name).toThrow(expect.objectContaining({ code: expect.stringMatching(/^compute\//) }));

it.each(names)('%s takes good arguments, and arrays that are longer', name => {
  compute[name](...good[name]);
  compute[name](
    ...good[name].map(value =>
      ArrayBuffer.isView(value) && value !== good[name][0] && !(value instanceof Float32Array)
        ? new (value.constructor as Int8ArrayConstructor)(500)
        : value,
    ),
  );
});

it.each(names)('%s refuses each array that is missing, too short, of another type, detached or the output too', name => {
  const values = good[name];
  const arrays = values.flatMap((value, i) => (ArrayBuffer.isView(value) ? [i] : []));
  for (const i of arrays) {
    const array = values[i] as unknown as Int8Array;
    const detached = array.slice();
    structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] });
    for (const wrong of [undefined, null, 7, [], new Float64Array(500), array.subarray(1), new DataView(array.buffer), detached])
      refused(name, values.with(i as 0, wrong as never));
  }
  const output = arrays.at(-1) as number;
  refused(name, values.with(1, values[output] as never).with(output as 0, values[output] as never));
  const y = values[output] as unknown as Int8Array;
  const memory = bytes(600);
  const overlapping = values.with(1, memory.subarray(0, 120) as never).with(output as 0, memory.subarray(119, 119 + y.length) as never);
  refused(name, overlapping);
});

it.each(names)('%s refuses options that are none', name => {
  const most = good[name].length - 1;
  for (const wrong of [undefined, null, {}, { threads: -1 }, { threads: 'two' }, { ...(good[name][most] as object), rung: 'sse9' }])
    refused(name, good[name].with(most as 0, wrong as never));
});

it.each(['int8Conv', 'int8Depthwise', 'int8Pool'] as const)('%s takes the number of threads alone', name => {
  const call = (last: unknown): readonly number[] => {
    const values = good[name]
      .slice(0, -1)
      .map((value, i) => (ArrayBuffer.isView(value) && i > 0 ? (value as Int8Array).map((_, j) => j * 3) : value));
    compute[name](...values, last);
    return [...(values.at(-1) as Int8Array)];
  };
  expect(call(2)).toEqual(call(options));
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 32]) refused(name, good[name].with(-1, wrong as never));
});

it.each(names)('%s refuses or survives each field at its extremes', name => {
  const shape = good[name][0];
  for (let field = 0; field < shape.length; field++)
    for (const extreme of [-(2 ** 31), -129, -1, 0, 256, 2 ** 16, 2 ** 28, 2 ** 31 - 1]) {
      const other = shape.with(field, extreme);
      for (let second = field + 1; second < shape.length; second += 3)
        for (const value of [-1, 0, 2 ** 30])
          try {
            compute[name](other.with(second, value), ...good[name].slice(1));
          } catch (error) {
            expect((error as { code?: string }).code).toMatch(/^compute\//);
          }
    }
});

it('sizes whose products wrap around are refused', () => {
  const huge = { images: 2 ** 28, height: 2 ** 28, width: 2 ** 28, channels: 2 ** 28 };
  refused('int8Conv', [int8Shape.conv({ ...conv, ...huge }), ...good.int8Conv.slice(1)]);
  refused('int8Conv', [int8Shape.conv({ ...conv, kernelHeight: 2 ** 28, kernelWidth: 2 ** 28, depth: 2 }), ...good.int8Conv.slice(1)]);
  refused('int8Depthwise', [int8Shape.depthwise({ ...depthwise, ...huge }), ...good.int8Depthwise.slice(1)]);
  refused('int8Pool', [int8Shape.pool({ ...pool, ...huge }), ...good.int8Pool.slice(1)]);
});

it('a window outside the image, channels that are not there and sums in bytes are refused', () => {
  refused('int8Pool', [int8Shape.pool({ ...pool, top: 2 }), ...good.int8Pool.slice(1)]);
  refused('int8Pool', [int8Shape.pool({ ...pool, strideRight: 2 }), ...good.int8Pool.slice(1)]);
  refused('int8Conv', [int8Shape.conv({ ...conv, isSums: 1 }), ...good.int8Conv.slice(1)]);
  refused('int8Conv', [int8Shape.conv({ ...conv, isSums: 1, pool: 2 }), ...good.int8Conv.slice(1, -2), bytes(4 * 408), options]);
  refused('int8Conv', [int8Shape.conv({ ...conv, depth: 4 }), ...good.int8Conv.slice(1)]);
  refused('int8Conv', [int8Shape.conv({ ...conv, out: 18 }), ...good.int8Conv.slice(1)]);
});
