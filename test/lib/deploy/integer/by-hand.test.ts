import { describe, expect, it } from 'vitest';
import type { Elements, ElementType, Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';

// Small cases whose results are worked out on paper. A multiplier of 2^30 with a shift of 1 is a factor of 1.

const one = { multiplier: [2 ** 30], shift: [1], outputZeroPoint: 0, low: -128, high: 127 };
const half = { ...one, shift: [0] };

interface Given {
  readonly shape: readonly number[];
  readonly data: Elements;
  readonly type?: ElementType;
  readonly constant?: boolean;
}

const typeOf = (data: Elements): ElementType =>
  ({ Int8Array: 'int8', Uint8Array: 'uint8', Int16Array: 'int16', Int32Array: 'int32', BigInt64Array: 'int64', Float32Array: 'float32' })[
    data.constructor.name
  ] as ElementType;

/** The output of one step. */
function step(
  op: string,
  given: readonly (Given | undefined)[],
  { shape, type = 'int8', ...attributes }: Record<string, unknown> & { shape: number[]; type?: ElementType },
): number[] {
  const present = given.filter(item => item !== undefined);
  const tensors: ProgramTensor[] = present.map(({ shape, data, type = typeOf(data), constant }, i) => ({
    name: `in ${i}`,
    shape,
    type,
    ...(constant ? { data } : {}),
  }));
  const indices = given.map(item => (item ? present.indexOf(item) : -1));
  const program: Program = {
    name: op,
    tensors: [...tensors, { name: 'out', shape, type }],
    steps: [{ op, inputs: indices, outputs: [tensors.length], attributes: attributes as never }],
    inputs: present.flatMap(({ constant }, i) => (constant ? [] : [i])),
    outputs: [tensors.length],
  };
  const inputs = present.filter(({ constant }) => !constant).map(({ data }) => data);
  const [reference, fast] = (['reference', 'fast'] as const).map(interpreter =>
    Array.from(runProgram(program, inputs, { interpreter }).outputs[0] as Int8Array, Number),
  );
  expect(fast).toEqual(reference);
  return reference as number[];
}

const int8 = (shape: number[], ...data: number[]): Given => ({ shape, data: Int8Array.from(data) });
const fixed = (item: Given): Given => ({ ...item, constant: true });
const sums = { inputZeroPoint: 0, weightZeroPoint: [0] };
const sliding = { ...sums, strides: [1, 1], dilations: [1, 1], padding: [0, 0] };

describe('layers by hand', () => {
  const x = int8([1, 2, 3, 1], 1, 2, 3, 4, 5, 6);
  const w = fixed(int8([1, 2, 2, 1], 1, 0, 0, 1));

  it('a convolution, its bias, its zero points and its clamp', () => {
    expect(step('conv2d', [x, w, undefined], { shape: [1, 1, 2, 1], ...sliding, ...one })).toEqual([6, 8]);
    const bias = fixed({ shape: [1], data: Int32Array.of(-7) });
    expect(step('conv2d', [x, w, bias], { shape: [1, 1, 2, 1], ...sliding, ...one })).toEqual([-1, 1]);
    // (1-1)(1-2) + (2-1)(0-2) + (4-1)(0-2) + (5-1)(1-2) = -12; (2-1)(-1) + (3-1)(-2) + (5-1)(-2) + (6-1)(-1) = -18
    const zeros = { inputZeroPoint: 1, weightZeroPoint: [2] };
    expect(step('conv2d', [x, w, undefined], { shape: [1, 1, 2, 1], ...sliding, ...zeros, ...one, outputZeroPoint: 5 })).toEqual([-7, -13]);
    expect(step('conv2d', [x, w, undefined], { shape: [1, 1, 2, 1], ...sliding, ...one, low: 7, high: 7 })).toEqual([7, 7]);
  });

  it('padding is worth the zero point, so it adds nothing', () => {
    const padded = { ...sliding, padding: [1, 1], strides: [2, 2], inputZeroPoint: 1 };
    // only the corner that lies in the image counts: w[1][1] · (x - 1)
    expect(step('conv2d', [x, w, undefined], { shape: [1, 1, 2, 1], ...padded, ...one })).toEqual([0, 2]);
  });

  it('accumulators of 32 bits wrap; those of 64 do not', () => {
    const big = fixed({ shape: [1], data: Int32Array.of(2 ** 31 - 1) });
    const narrow = { shape: [1, 1], type: 'int32' as const, ...sums, ...one, low: -(2 ** 31), high: 2 ** 31 - 1 };
    // 2^31 - 1 + 1 is -2^31, times a half: the factor is 2^30 with a shift of 0
    expect(step('dense', [int8([1, 1], 1), fixed(int8([1, 1], 1)), big], { ...narrow, shift: [0] })).toEqual([-(2 ** 30)]);
    const wide = fixed({ shape: [1], data: BigInt64Array.of(2n ** 31n - 1n) });
    const words = { shape: [1, 1], data: Int16Array.of(1) };
    expect(step('dense', [words, fixed(int8([1, 1], 1)), wide], { ...narrow, shift: [0] })).toEqual([2 ** 30]);
  });

  it('a depthwise convolution with two outputs a channel', () => {
    const image = int8([1, 1, 2, 2], 1, 10, 2, 20);
    const kernel = fixed(int8([1, 1, 2, 4], 1, 2, 3, 4, 1, 0, 1, 0));
    // channel 0: 1·1 + 2·1, 1·2; channel 1: 10·3 + 20·1, 10·4
    expect(step('depthwise-conv2d', [image, kernel, undefined], { shape: [1, 1, 1, 4], ...sliding, ...one })).toEqual([3, 2, 50, 40]);
  });

  it('a transposed convolution', () => {
    const row = int8([1, 1, 2, 1], 1, 10);
    const kernel = fixed(int8([1, 1, 3, 1], 1, 2, 3));
    expect(step('conv2d-transpose', [row, kernel, undefined], { shape: [1, 1, 5, 1], ...sliding, strides: [1, 2], ...one })).toEqual([
      1, 2, 13, 20, 30,
    ]);
    expect(
      step('conv2d-transpose', [row, kernel, undefined], { shape: [1, 1, 3, 1], ...sliding, strides: [1, 2], padding: [0, 1], ...one }),
    ).toEqual([2, 13, 20]);
  });

  it('a product of matrices, either turned', () => {
    const a = int8([2, 2], 1, 2, 3, 4);
    const b = int8([2, 2], 5, 6, 7, 8);
    const product = { shape: [2, 2], aZeroPoint: 0, bZeroPoint: 0, ...one };
    expect(step('matmul', [a, b], { ...product, transposeA: false, transposeB: false })).toEqual([19, 22, 43, 50]);
    expect(step('matmul', [a, b], { ...product, transposeA: true, transposeB: false })).toEqual([26, 30, 38, 44]);
    expect(step('matmul', [a, b], { ...product, transposeA: false, transposeB: true })).toEqual([17, 23, 39, 53]);
  });
});

describe('values by hand', () => {
  it('rounding: half up in the product, away from zero in the shift', () => {
    const requantized = (factor: object) =>
      step('requantize', [int8([6], 1, -1, 3, -3, 127, -128)], { shape: [6], inputZeroPoint: 0, ...factor });
    expect(requantized(half)).toEqual([1, 0, 2, -1, 64, -64]);
    expect(requantized({ ...one, multiplier: [2 ** 30], shift: [-1] })).toEqual([1, 0, 1, -1, 32, -32]);
  });

  it('the mean of a window leaves the border out, halves away from zero', () => {
    const x = int8([1, 2, 2, 1], 1, 2, -2, -3);
    const pool = { window: [2, 2], strides: [2, 2], padding: [0, 0], low: -128, high: 127 };
    expect(step('average-pool', [x], { shape: [1, 1, 1, 1], ...pool })).toEqual([-1]);
    expect(step('average-pool', [x], { shape: [1, 2, 2, 1], ...pool, padding: [1, 1] })).toEqual([1, 2, -2, -3]);
    expect(step('average-pool', [x], { shape: [1, 2, 1, 1], ...pool, window: [1, 2], strides: [1, 1] })).toEqual([2, -3]);
    expect(step('max-pool', [x], { shape: [1, 1, 1, 1], ...pool })).toEqual([2]);
    expect(step('max-pool', [x], { shape: [1, 1, 1, 1], ...pool, high: 1 })).toEqual([1]);
  });

  it('sums of two scales, and of shapes that stretch', () => {
    const scales = { leftShift: 20, aZeroPoint: 1, bZeroPoint: 0, aMultiplier: 2 ** 30, aShift: 1, bMultiplier: 2 ** 30, bShift: 0 };
    const back = { ...one, shift: [1 - 20] };
    // (a - 1) + b / 2
    expect(step('add', [int8([2, 2], 1, 2, 3, 4), int8([2], 10, 20)], { shape: [2, 2], ...scales, ...back })).toEqual([5, 11, 7, 13]);
    expect(step('subtract', [int8([2, 1], 1, 11), int8([2], 10, 20)], { shape: [2, 2], ...scales, ...back })).toEqual([-5, -10, 5, 0]);
  });

  it('real numbers at the borders: halves away from zero, NaN, infinities, -0', () => {
    const reals = {
      shape: [8],
      data: Float32Array.of(0.5, -0.5, 1.49, 1e9, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -0),
    };
    const grid = { scale: 1, outputZeroPoint: 3, low: -128, high: 127 };
    expect(step('quantize', [reals], { shape: [8], ...grid })).toEqual([4, 2, 4, 127, -128, 127, 3, 3]);
    expect(
      step('dequantize', [int8([3], 0, 1, -128)], { shape: [3], type: 'float32', scale: 0.1, inputZeroPoint: 1 }).map(Math.fround),
    ).toEqual([-0.1, 0, -12.9].map(Math.fround));
  });

  it('values that are moved', () => {
    const x = int8([2, 3], 1, 2, 3, 4, 5, 6);
    expect(step('transpose', [x], { shape: [3, 2], permutation: [1, 0] })).toEqual([1, 4, 2, 5, 3, 6]);
    expect(step('slice', [x], { shape: [1, 2], begin: [1, 0], strides: [1, 2] })).toEqual([4, 6]);
    expect(step('slice', [x], { shape: [2, 0], begin: [0, 3], strides: [1, 1] })).toEqual([]);
    expect(step('slice', [x], { shape: [2, 1], begin: [0, 2], strides: [1, 9] })).toEqual([3, 6]);
    expect(step('concat', [x, int8([2, 1], 7, 8), x], { shape: [2, 7], axis: 1 })).toEqual([1, 2, 3, 7, 1, 2, 3, 4, 5, 6, 8, 4, 5, 6]);
    expect(step('pad', [x], { shape: [3, 5], paddings: [0, 1, 1, 1], value: 9 })).toEqual([9, 1, 2, 3, 9, 9, 4, 5, 6, 9, 9, 9, 9, 9, 9]);
    expect(step('reshape', [x], { shape: [6] })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(step('maximum', [x, int8([1], 3)], { shape: [2, 3] })).toEqual([3, 3, 3, 4, 5, 6]);
    const table = fixed({ shape: [256], data: Int8Array.from({ length: 256 }, (_, i) => 127 - i) });
    expect(step('lookup', [x, table], { shape: [2, 3] })).toEqual([-2, -3, -4, -5, -6, -7]);
    const mean = { inputZeroPoint: 0, ...one };
    expect(step('mean', [x], { shape: [2], axes: [1], ...mean })).toEqual([2, 5]);
    expect(step('mean', [x], { shape: [1, 1], axes: [0, 1], ...mean })).toEqual([4]);
    expect(step('mean', [x], { shape: [3], axes: [0], ...mean })).toEqual([3, 4, 5]);
  });
});
