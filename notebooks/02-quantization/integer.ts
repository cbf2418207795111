import { array, type NDArray, type Question, question, type Random } from 'tinylab';
import { askAddition } from './addition.ts';
import { placeMistakes, placesSeen } from './conv-slips.ts';
import { type IntegerConv, type IntegerDense, integerConv2d, integerDense, type LayerSlips, unrounded } from './integer-reference.ts';
import { layerMistakes, seenInLayer } from './integer-slips.ts';
import { where, wrongOnlyAt } from './seen.ts';

// Layers that compute with integers alone, and what comes into them.

const ints = (rng: Random, n: number, reach: number): number[] => Array.from({ length: n }, () => rng.int(-reach, reach));

/** A dense layer and an input whose outputs are no halves; some of them reach beyond 8 bits. */
function denseLayer(rng: Random, i: number): { x: number[]; layer: IntegerDense } {
  for (;;) {
    const [inputs, out] = [rng.int(5, 12), rng.int(3, 6)];
    const weight = Array.from({ length: out }, () => ints(rng, inputs, 127));
    const x = ints(rng, inputs, 127);
    const layer: IntegerDense = {
      weight,
      bias: ints(rng, out, 20_000),
      inputZeroPoint: rng.int(-100, -20) * (i % 2 === 0 ? 1 : -1),
      outputZeroPoint: rng.int(5, 60) * (i % 3 === 0 ? -1 : 1),
      multiplier: Array.from({ length: out }, () => rng.uniform(0.0012, 0.0045)),
    };
    const sums = weight.map((_, o) => unrounded(x, layer, o));
    const clear = sums.every(s => Math.abs(s - Math.floor(s) - 0.5) > 0.02);
    if (clear && (i % 2 === 1 || sums.some(s => s > 140 || s < -200)) && sums.some(s => Math.abs(s) < 100)) return { x, layer };
  }
}

const integerLayer = question(
  'integer-dense',
  { points: 7, title: 'A dense layer of integers', uses: ['integerDense', 'integerAdd'], withhold: ['runProgram', 'lowerModel'] },
  async q => {
    await q.part('layer', { points: 5 }, async () => {
      for (const { x, layer } of q.cases(8, denseLayer)) {
        const [got, right] = [q.asList(await q.call('integerDense', x, layer)), integerDense(x, layer)];
        q.equal(got, right, {
          known: [...layerMistakes(layer, (slips, other) => integerDense(x, other, slips)), ...seenInLayer(got, right, layer)],
          hint: 'For each output: the sum of (x - Z_x) · w, plus the bias, times the multiplier, rounded, plus Z_y, clamped to -128 … 127.',
        });
      }
    });
    await q.part('addition', { points: 2 }, () => askAddition(q));
  },
);

/** For each output whether its kernel lies inside of the image. */
function innerPlaces(
  { shape: [height = 0, width = 0] }: NDArray,
  { kernel, stride, padding }: IntegerConv,
  { shape, data }: NDArray,
): boolean[] {
  const [tall = 0, wide = 0] = kernel.shape;
  const [, columns = 0, outputs = 0] = shape;
  return Array.from(data, (_, i) => {
    const place = Math.floor(i / outputs);
    const [top, left] = [Math.floor(place / columns) * stride - padding, (place % columns) * stride - padding];
    return top >= 0 && left >= 0 && top + tall <= height && left + wide <= width;
  });
}

/** A convolution and an image; kernels are neither square nor as deep as they are wide. */
function convLayer(rng: Random, i: number): { x: NDArray; layer: IntegerConv } {
  const [tall, wide] = [
    [3, 3],
    [1, 1],
    [3, 2],
    [2, 3],
    [3, 3],
  ][i % 5] as [number, number];
  for (;;) {
    // with a stride of 2 the last step of the kernel does not reach the border, so that rounding up shows
    const [height, width] =
      i % 5 === 2 ? [rng.pick([4, 6]), 7] : i % 5 === 4 ? [rng.pick([4, 6]), rng.pick([6, 8])] : [rng.int(4, 6), rng.int(6, 8)];
    const [channels, out] = [rng.int(2, 3), rng.int(2, 4)];
    const x = array([height, width, channels], Int8Array.from(ints(rng, height * width * channels, 127)), 'int8');
    const kernel = array([tall, wide, channels, out], Int8Array.from(ints(rng, tall * wide * channels * out, 127)), 'int8');
    const layer: IntegerConv = {
      kernel,
      bias: ints(rng, out, 20_000),
      inputZeroPoint: rng.int(20, 100) * (i % 2 === 0 ? -1 : 1),
      outputZeroPoint: rng.int(5, 60) * (i % 3 === 0 ? 1 : -1),
      multiplier: Array.from({ length: out }, () => rng.uniform(0.001, 0.003)),
      stride: [1, 1, 2, 1, 2][i % 5] as number,
      padding: [1, 0, 0, 1, 1][i % 5] as number,
    };
    // nothing is half-way between two integers
    const [lower, upper] = [-0.01, 0.01].map(by => integerConv2d(x, layer, { whole: v => Math.round(v + by) }));
    if (lower?.data.every((v, at) => v === upper?.data[at])) return { x, layer };
  }
}

/** What may be wrong with the values of a convolution, where its shape is right. */
function convMistakes({ x, layer }: { readonly x: NDArray; readonly layer: IntegerConv }, got: readonly number[]): [unknown, string][] {
  const of = (slips: LayerSlips): number[] => Array.from(integerConv2d(x, layer, slips).data);
  const right = integerConv2d(x, layer);
  const inner = innerPlaces(x, layer, right);
  const [, columns = 0, outputs = 0] = right.shape;
  const only = (may: (i: number) => boolean): unknown => where(wrongOnlyAt(got, Array.from(right.data), may), got);
  return [
    [
      of({ border: () => 0 }),
      'The border holds 0, which stands for a number. A place outside the image is worth 0: store Z_x there, or leave it out.',
    ],
    ...layerMistakes(layer, (slips, other) => Array.from(integerConv2d(x, other, slips).data)),
    [
      only(i => inner[i] === false),
      'Places inside of the image are right, those whose kernel reaches over the border are not: leave out what lies before row or column 0, and from height or width on.',
    ],
    [
      only(i => inner[i] === true),
      'Places at the border are right, those inside are not: only what lies outside of the image is left out.',
    ],
    [
      only(i => i % outputs > 0),
      'The first output channel is right, others are not: which weights, bias, multiplier and place in the result belong to output o?',
    ],
    [only(i => i >= columns * outputs), 'The first row is right, others are not: which rows of the image does the kernel see there?'],
    [
      only(i => i % (columns * outputs) >= outputs),
      'The first column is right, others are not: which columns of the image does the kernel see there?',
    ],
    ...placeMistakes(x, layer),
    ...seenInLayer(got, Array.from(right.data), layer),
    ...placesSeen(got, right),
  ];
}

const convolution = question(
  'integer-conv',
  { points: 7, title: 'A convolution of integers', uses: ['integerConv2d'], withhold: ['runProgram', 'lowerModel'] },
  async q => {
    for (const one of q.cases(8, convLayer)) {
      const right = integerConv2d(one.x, one.layer);
      const given = q.asArray(await q.call('integerConv2d', one.x, one.layer));
      const shape = [...given.shape];
      const fits = q.equal(shape, [...right.shape], {
        asked: 'the shape of integerConv2d(x, layer)',
        known: [
          [
            shape,
            'floor((height + 2 · padding - kernel height) / stride) + 1 rows, columns likewise, and as many channels as the kernel has outputs.',
          ],
        ],
      });
      if (!fits) continue;
      const got = Array.from(given.data);
      q.equal(got, Array.from(right.data), {
        asked: 'integerConv2d(x, layer)',
        known: convMistakes(one, got),
        hint: 'As in the dense layer, with a sum over the kernel’s places and the channels. Places outside the image add nothing.',
      });
    }
  },
);

const input = question('input-grid', { points: 2, title: 'What comes in', uses: ['toInteger'] }, async q => {
  const pixels = [0, 1, 77, 128, 200, 254, 255];
  for (const pixel of pixels) {
    q.equal(await q.call('toInteger', pixel), pixel - 128, {
      known: [
        [Math.trunc((pixel / 255) * 255 - 128 + (pixel === 255 ? 0 : 0)) + 128, 'The zero point is missing: real 0 is stored as -128.'],
        [
          Math.trunc((pixel / 255) * 256 - 128),
          'That multiplies by 256: a step is worth 1/255, and 255 becomes 128, which 8 bits do not hold.',
        ],
        [Math.min(127, Math.trunc((pixel / 255) * 256 - 128)), 'That multiplies by 256: a step is worth 1/255.'],
        [Math.round((pixel / 255) * 127), 'That uses the positive half of the integers only. The grid goes from -128 to 127.'],
        [(pixel / 255) * 255 - 128 + 0.5, 'Take the nearest integer.'],
      ],
      hint: 'Real x = pixel / 255; S = 1/255 and Z = -128.',
    });
  }
});

export const integerQuestions: readonly Question[] = [integerLayer, convolution, input];
