import { array, type NDArray } from 'tinylab';
import { type IntegerConv, integerConv2d } from './integer-reference.ts';
import { where } from './seen.ts';

// Convolutions of integers that read or write at other places.

type Place = (at: readonly number[], shape: readonly number[]) => number;

/** The coordinates of each value, in order. */
const placesOf = ({ shape, data }: NDArray): number[][] =>
  Array.from(data, (_, i) => {
    let rest = i;
    const at = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = rest % (shape[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
    }
    return at;
  });

/** An array with the value of another place at each place. */
const reread = (from: NDArray, place: Place): NDArray =>
  array(
    [...from.shape],
    Float32Array.from(placesOf(from), at => from.data[place(at, from.shape)] ?? Number.NaN),
  );

/** The values, each written to another place; what is beyond the end is lost. */
function written(from: NDArray, place: Place): number[] {
  const y = new Int8Array(from.data.length);
  for (const [i, at] of placesOf(from).entries()) y[place(at, from.shape)] = from.data[i] as number;
  return Array.from(y);
}

const images: readonly Place[] = [
  ([r = 0, k = 0, c = 0], [height = 0, width = 0]) => (c * height + r) * width + k,
  ([r = 0, k = 0, c = 0], [, width = 0, inputs = 0]) => c * inputs + r * width + k,
  ([r = 0, k = 0, c = 0], [, width = 0, inputs = 0]) => r * width + k + inputs + c,
  ([r = 0, k = 0, c = 0], [, width = 0, inputs = 0]) => r * width * k * inputs + c,
  ([r = 0, k = 0, c = 0], [height = 0, , inputs = 0]) => (r * height + k) * inputs + c,
  ([r = 0, k = 0, c = 0], [height = 0, , inputs = 0]) => (k * height + r) * inputs + c,
  ([r = 0, k = 0, c = 0], [, width = 0, inputs = 0]) => (k * width + r) * inputs + c,
  ([r = 0, k = 0], [, width = 0, inputs = 0]) => (r * width + k) * inputs,
  ([r = 0, k = 0], [, width = 0]) => r * width + k,
  ([r = 0, k = 0, c = 0], [, width = 0]) => r * width + k + c,
  ([r = 0, k = 0, c = 0], [, width = 0, inputs = 0]) => (r + width + k) * inputs + c,
];

const weights: readonly Place[] = [
  ([i = 0, j = 0, c = 0, o = 0], [tall = 0, wide = 0, inputs = 0]) => ((o * tall + i) * wide + j) * inputs + c,
  ([i = 0, j = 0, c = 0, o = 0], [, wide = 0, inputs = 0, outputs = 0]) => o * outputs + (i * wide + j) * inputs + c,
  ([i = 0, j = 0, c = 0, o = 0], [, wide = 0, inputs = 0, outputs = 0]) => (i * wide + j) * inputs + c + outputs + o,
  ([i = 0, j = 0, c = 0, o = 0], [tall = 0, , inputs = 0, outputs = 0]) => ((i * tall + j) * inputs + c) * outputs + o,
  ([i = 0, j = 0, c = 0, o = 0], [, wide = 0, inputs = 0, outputs = 0]) => ((j * wide + i) * inputs + c) * outputs + o,
  ([i = 0, j = 0, c = 0, o = 0], [tall = 0, , inputs = 0, outputs = 0]) => ((j * tall + i) * inputs + c) * outputs + o,
  ([i = 0, j = 0, c = 0, o = 0], [, wide = 0, inputs = 0]) => (i * wide + j) * inputs + c + o,
  ([i = 0, j = 0, , o = 0], [, wide = 0, inputs = 0, outputs = 0]) => (i * wide + j) * inputs * outputs + o,
  ([i = 0, j = 0, c = 0], [, wide = 0, inputs = 0, outputs = 0]) => ((i * wide + j) * inputs + c) * outputs,
  ([, , , o = 0]) => o,
];

const outcomes: readonly Place[] = [
  ([r = 0, k = 0, o = 0], [rows = 0, columns = 0]) => (o * rows + r) * columns + k,
  ([r = 0, k = 0, o = 0], [, columns = 0, outputs = 0]) => o * outputs + r * columns + k,
  ([r = 0, k = 0, o = 0], [rows = 0, , outputs = 0]) => (k * rows + r) * outputs + o,
  ([r = 0, k = 0], [, columns = 0, outputs = 0]) => (r * columns + k) * outputs,
  ([r = 0, k = 0, o = 0], [, columns = 0]) => r * columns + k + o,
];

/** What values come out where the image, the kernel or the result is taken to lie in another order. */
export function placeMistakes(x: NDArray, layer: IntegerConv): [unknown, string][] {
  const of = (image: NDArray, kernel: NDArray): number[] => Array.from(integerConv2d(image, { ...layer, kernel }).data);
  const right = integerConv2d(x, layer);
  return [
    ...images.map((place): [unknown, string] => [
      of(reread(x, place), layer.kernel),
      'The image is read at other places: rows are outermost, then columns, and the channels of a place stand side by side.',
    ]),
    ...weights.map((place): [unknown, string] => [
      of(x, reread(layer.kernel, place)),
      'The kernel is read at other places: its rows are outermost, then columns, then inputs, and the outputs stand side by side.',
    ]),
    ...outcomes.map((place): [unknown, string] => [
      written(right, place),
      'The right values are written to other places: rows are outermost, then columns, and the outputs of a place stand side by side.',
    ]),
  ];
}

/** What is seen of the places of wrong values. */
export function placesSeen(got: readonly number[], right: NDArray): [unknown, string][] {
  const [, columns = 0, outputs = 0] = right.shape;
  const row = columns * outputs;
  const [wrong, rightly] = [got.filter((value, i) => value !== right.data[i]), Array.from(right.data)];
  const told = (holds: boolean): unknown => where(holds, got);
  return [
    [told(got.slice(0, -row).every((value, i) => value === rightly[i + row])), 'Each row is what the next one should be.'],
    [told(got.slice(row).every((value, i) => value === rightly[i])), 'Each row is what the one before it should be.'],
    [
      told(got.length > row && got.every((value, i) => value === got[i % row])),
      'All rows of your result are alike: does the row of the image go along with that of the result?',
    ],
    [
      told(columns > 1 && got.every((value, i) => value === got[i - (i % row) + (i % outputs)])),
      'All columns of your result are alike: does the column of the image go along with that of the result?',
    ],
    [
      told(wrong.every(value => value === 0)),
      'All that is wrong is 0. So is what is never written, and a sum that is no number: is anything read beside its list?',
    ],
    [
      told(wrong.includes(0)),
      'Some of what is wrong is 0. So is what is never written, and a sum that is no number: is anything read beside its list?',
    ],
    [told(wrong.length === got.length), 'No value is right: which place of the image, and which weight, do you read for the first one?'],
    [told(got[0] === rightly[0]), 'The first value is right, others are not: what changes from one place and output to the next?'],
    [told(got[0] !== rightly[0]), 'The first value is wrong already: work it out by hand, product by product.'],
  ];
}
