import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receptiveField } from '../../../lib/measure/receptive-field.ts';
import { network } from '../../../lib/model/build.ts';
import { predict } from '../../../lib/model/forward.ts';
import { firstInput, type Model } from '../../../lib/model/model.ts';
import { inferShapes } from '../../../lib/model/shapes.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { windowedNet } from '../model/arbitrary-windows.ts';

const net = (size = 16): ReturnType<typeof network> => network('n', [size, size, 1], { seed: 1 });

/** Rows and columns of the input that each value of a map or vector depends on: those through which NaN reaches it. */
function probed(model: Model): { readonly rows: number; readonly columns: number; readonly seen: (at: number) => [Span, Span] } {
  const [height, width, channels] = firstInput(model).shape as [number, number, number];
  const count = height + width;
  const data = Float32Array.from(normal(random(7), [count, height, width, channels]).data as Float32Array);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        if (i === n || j === n - height)
          data.fill(Number.NaN, ((n * height + i) * width + j) * channels, ((n * height + i) * width + j + 1) * channels);
  const y = predict(model, array([count, height, width, channels], data));
  const [, rows = 1, columns = 1, maps = 1] = y.shape.length === 4 ? y.shape : [0, 1, 1, y.shape[1] as number];
  const reached = (n: number, at: [number, number]): boolean => {
    const from = ((n * rows + at[0]) * columns + at[1]) * maps;
    return y.data.subarray(from, from + maps).some(Number.isNaN);
  };
  const seen = (place: number): [Span, Span] => {
    const at: [number, number] = [Math.min(place, rows - 1), Math.min(place, columns - 1)];
    const along = (from: number, length: number): Span => {
      const all = Array.from({ length }, (_, i) => i).filter(i => reached(from + i, at));
      return { first: all[0] ?? 0, last: all.at(-1) ?? -1, length };
    };
    return [along(0, height), along(height, width)];
  };
  return { rows, columns, seen };
}

interface Span {
  readonly first: number;
  readonly last: number;
  readonly length: number;
}
const inner = ({ first, last, length }: Span): boolean => first > 0 && last < length - 1;
const size = ({ first, last }: Span): number => last - first + 1;

/** The most that values see of each axis, among those whose field ends inside the image. */
function mostSeen(model: Model, counts = inner): [number, number] {
  const { rows, columns, seen } = probed(model);
  const most: [number, number] = [0, 0];
  for (let place = 0; place < Math.max(rows, columns); place++)
    for (const [axis, span] of seen(place).entries()) if (counts(span)) most[axis as 0 | 1] = Math.max(most[axis as 0 | 1], size(span));
  return most;
}

test.each([
  ['a transposed convolution and a kernel of two', () => net().conv2dTranspose(1, 2, { strides: 2 }).conv2d(1, 2), [2, 2]],
  ['a transposed convolution of three', () => net().conv2dTranspose(1, 3, { strides: 2 }), [2, 2]],
  ['a transposed convolution with stride 1', () => net().conv2dTranspose(1, 3, { strides: 1 }), [3, 3]],
  ['one whose kernel leaves holes', () => net().conv2dTranspose(1, [1, 2], { strides: [2, 3] }), [1, 1]],
  ['down and up again', () => net().conv2d(1, 3, { strides: 2 }).conv2dTranspose(1, 3, { strides: 2 }), [5, 5]],
  [
    'unequal axes',
    () =>
      net()
        .conv2dTranspose(1, [2, 5], { strides: [2, 1] })
        .conv2d(1, [3, 1]),
    [2, 5],
  ],
] as const)('%s', (_, write, expected) => {
  const model = write().model();
  expect(receptiveField(model)).toEqual(expected);
  expect(mostSeen(model)).toEqual(expected);
});

describe('branches', () => {
  test('that look to different sides see what both see', () => {
    const both = net();
    const up = both.conv2d(1, [3, 1], { padding: [2, 0, 0, 0] }).at;
    both
      .from('input')
      .conv2d(1, [3, 1], { padding: [0, 2, 0, 0] })
      .add(up);
    expect(receptiveField(both.graph())).toEqual([5, 1]);
    expect(mostSeen(both.model())).toEqual([5, 1]);
  });

  test('of which one goes down and up again (U-Net)', () => {
    const both = net(24);
    const fine = both.conv2d(2, 3).at;
    both.maxPool(2).conv2d(2, 3).conv2dTranspose(2, 2, { strides: 2 }).concat(fine).conv2d(1, 3);
    expect(mostSeen(both.model())).toEqual(receptiveField(both.graph()));
  });

  test('with a border in between, and rows joined', () => {
    const both = net();
    const shifted = both.pad([3, 0, 0, 1]).conv2d(1, [4, 2], { padding: 'valid' }).at;
    both.from('input').add(shifted).concat('input', { axis: 0 }).conv2d(1, 3);
    // where the rows meet, the end of one and the beginning of the other
    expect(receptiveField(both.graph())).toEqual([16, 4]);
    expect(mostSeen(both.model(), () => true)).toEqual([16, 4]);
  });

  test('a gate sees the whole image', () => {
    const gated = net(6);
    const entry = gated.conv2d(2, 3).at;
    const gate = gated.globalAveragePool().dense(2).reshape([1, 1, 2]).at;
    gated.from(entry).mul(gate);
    expect(receptiveField(gated.graph())).toEqual([8, 8]);
  });
});

test('any net of windows: NaN reaches a value from exactly the rows and columns that are counted', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), seed => {
      const model = windowedNet(seed, { size: 40 });
      const shape = inferShapes(model).get(model.output) as readonly number[];
      if (Math.min(shape[0] as number, shape[1] as number) < 8) return;
      const most = mostSeen(model);
      // values at the border see less than others; of a field as large as the image none lies inside
      if (most.some(span => span === 0 || span > 20)) return;
      compared++;
      expect(receptiveField(model)).toEqual(most);
    }),
    { seed: 5, numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(30);
});

test('a node in the middle, an input that is no image, and a node of another input', () => {
  const two = network('two', [8, 8, 1]).conv2d(1, 3, { id: 'left' });
  two.input([8, 8, 1], { id: 'other' }).conv2d(1, 5).add('left');
  expect(receptiveField(two.graph(), 'left')).toEqual([3, 3]);
  expect(receptiveField(two.graph())).toEqual([5, 5]);
  expect(receptiveField(network('v', [7]).dense(3).graph())).toEqual([1, 1]);
  expect(receptiveField(network('f', [5, 6, 1]).flatten().dense(3).graph())).toEqual([5, 6]);
  expect(() => receptiveField(two.graph(), 'none')).toThrow(expect.objectContaining({ name: 'LabError' }));
});
