import { int8, type LayerSlips, type Requantization } from './integer-reference.ts';
import { holdsNaN, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// Mistakes of layers that compute with integers, dense ones and convolutions.

type LayerMistakes = readonly (readonly [LayerSlips, string])[];

const inputPoint = 'The input’s zero point';
const outputPoint = 'The output’s zero point';

/** What may be wrong with the sum. */
const sumMistakes: LayerMistakes = [
  [{ zero: z => -z }, `${inputPoint} has the wrong sign: the real input is S · (x - Z).`],
  [{ zero: () => 0 }, `${inputPoint} is missing: the real input is S · (x - Z), so each product is (x - Z) · w.`],
  [{ bias: () => 0 }, 'The bias is missing.'],
  [{ bias: b => -b }, 'The bias and the products have opposite signs: add both.'],
  [{ late: true }, 'The bias has the scale of the products: add it before you multiply.'],
  [{ accumulator: s => ((((s + 32768) % 65536) + 65536) % 65536) - 32768 }, 'Your sums wrapped at 16 bits. They take 32.'],
  [{ accumulator: s => -s }, 'The sum is taken with the wrong sign: the multiplier is above 0, and products and bias are added.'],
  [{ term: (v, w) => -v * w }, 'The products count with the wrong sign: add (x - Z_x) · w to the bias.'],
  [{ term: (v, w) => v + w }, 'Value and weight are multiplied, not added.'],
  [{ term: (v, w) => v - w }, 'Value and weight are multiplied; you took the weight away.'],
  [{ term: v => v }, 'The weight is missing from the products: (x - Z_x) · w.'],
  [{ term: (_, w) => w }, 'The input is missing from the products: (x - Z_x) · w.'],
  [{ term: (v, _, { i }) => v * i }, 'You multiplied by the place of the weight, not by the weight.'],
  [{ term: (_, w, { i }) => w * i }, 'You multiplied by the place of the value, not by the value.'],
  [{ term: () => 0 }, 'The products are missing: only the bias is in the sum.'],
  [{ term: (v, w, { i }) => (i === 0 ? v * w : 0) }, 'Only the first product is added: go on to the last one.'],
  [{ term: (v, w, { i }) => (i > 0 ? v * w : 0) }, 'The first product is left out.'],
  [{ term: (v, w, { i, n }) => (i < n - 1 ? v * w : 0) }, 'The last product is left out.'],
  [{ term: (v, w, { i, n }) => (i === n - 1 ? v * w : 0) }, 'Only the last product is added.'],
  [
    { term: (v, w, { i, n }) => (i === n - 1 ? v * w : 0), bias: () => 0 },
    'Each product takes the place of the one before it: add them up, bias too.',
  ],
];

/** What may be wrong with the way from the sum to an integer of 8 bits. */
const storeMistakes: LayerMistakes = [
  [{ outputZero: () => 0 }, `${outputPoint} is missing: add Z_y after the multiplier.`],
  [{ outputZero: z => -z }, `${outputPoint} has the wrong sign: add it.`],
  [{ outputZero: z => 2 * z }, `${outputPoint} is added twice.`],
  [{ whole: Math.trunc }, 'You cut off: take the nearest integer.'],
  [{ whole: Math.floor }, 'You rounded down: take the nearest integer.'],
  [{ whole: Math.ceil }, 'You rounded up: take the nearest integer.'],
  [{ whole: x => x }, 'These are not whole numbers: round after the multiplier.'],
  [{ clamp: v => v }, 'Some results do not fit into 8 bits: clamp to -128 … 127.'],
  [{ clamp: v => ((((v + 128) % 256) + 256) % 256) - 128 }, 'Results beyond 8 bits wrapped around: clamp them to -128 … 127.'],
  [{ clamp: v => Math.min(127, Math.max(0, v)) }, 'You clamped at 0, which stands for Z, not for 0: clamp to -128 … 127.'],
  [{ clamp: v => Math.min(127, Math.max(-127, v)) }, 'The smallest integer of 8 bits is -128.'],
  [{ clamp: v => Math.min(127, Math.max(-129, v)) }, 'The smallest integer of 8 bits is -128.'],
  [{ clamp: v => Math.min(126, Math.max(-128, v)) }, 'The largest integer of 8 bits is 127.'],
  [{ clamp: v => Math.min(128, Math.max(-128, v)) }, 'The largest integer of 8 bits is 127.'],
  [{ clamp: v => Math.max(-128, v) }, 'Results above 127 do not fit into 8 bits: clamp on both sides.'],
  [{ clamp: v => Math.min(127, v) }, 'Results below -128 do not fit into 8 bits: clamp on both sides.'],
  [{ multiplier: all => all[0] as number }, 'You used the first multiplier for all. Each output channel has its own.'],
  [{ multiplier: () => 1 }, 'The multiplier is missing: the sum has the scale S_x · S_w, the output S_y.'],
];

/** A layer, mistakes of which are told. */
export type AnyLayer = Requantization & { readonly bias: readonly number[] };

/** What wrong values of a layer come from; `run` computes it with a mistake, or another layer in its place. */
export function layerMistakes<L extends AnyLayer>(layer: L, run: (slips: LayerSlips, layer: L) => number[]): [unknown, string][] {
  const { inputZeroPoint, outputZeroPoint, bias } = layer;
  return [
    ...[...sumMistakes, ...storeMistakes].map(([slips, hint]): [unknown, string] => [run(slips, layer), hint]),
    [run({}, { ...layer, inputZeroPoint: outputZeroPoint }), 'You took the output’s zero point from the input.'],
    [run({}, { ...layer, outputZeroPoint: inputZeroPoint }), 'You added the input’s zero point to the output.'],
    [run({}, { ...layer, bias: bias.map(() => bias[0]) }), 'You used the first bias for all. Each output channel has its own.'],
  ];
}

/** What is seen of wrong values of a layer. */
export function seenInLayer(
  got: readonly unknown[],
  right: readonly number[],
  { outputZeroPoint }: Pick<Requantization, 'outputZeroPoint'>,
): [unknown, string][] {
  const list = got.map(Number);
  const each = (holds: (value: number) => boolean): unknown => where(list.every(holds), got);
  return [
    [where(ofOtherLength(got, right), got), 'There is one integer for each output, in the same order.'],
    [where(holdsNaN(got), got), 'Something is no number: is a value read beside its list, or under another name?'],
    [each(value => value >= 127), 'No output is below 127: clamp with a minimum above and a maximum below, -128 … 127.'],
    [each(value => value <= -128), 'No output is above -128: clamp with a minimum above and a maximum below, -128 … 127.'],
    [each(value => value === int8(outputZeroPoint)), 'All outputs are Z_y: what the sum and its multiplier give becomes 0.'],
    ...besideRight(got, right),
    [
      each(value => value === 127 || value === -128),
      'All outputs lie at an end of the 8 bits: your sums are far too large. What is multiplied, and what is added?',
    ],
    [where(new Set(got).size === 1, got), 'All outputs are alike: what belongs to output o?'],
  ];
}

/** What is seen of values that lie beside the right ones. */
function besideRight(got: readonly unknown[], right: readonly number[]): [unknown, string][] {
  const off = right.map((value, i) => Number(got[i]) - value);
  const atEnd = (i: number): boolean => Math.abs((right[i] as number) + 0.5) === 127.5;
  const each = (holds: (by: number, i: number) => boolean): unknown => where(off.every(holds), got);
  return [
    [where(wrongOnlyAt(got, right, atEnd), got), 'What fits into 8 bits is right, the rest is not: clamp to -128 … 127.'],
    [each((by, i) => by === 1 || atEnd(i)), 'All outputs are one too large, but for those at the ends.'],
    [each((by, i) => by === -1 || atEnd(i)), 'All outputs are one too small, but for those at the ends.'],
    [each(by => Math.abs(by) <= 1), 'No output is off by more than 1: what is rounded, how, and when?'],
  ];
}
