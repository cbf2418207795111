import { type KnownLoopMistake, loops } from 'tinylab';

// What comes of mistakes in loops over integers: what a right loop gives for arguments that are changed as the mistake would have them.

type Call = Parameters<KnownLoopMistake[0]>[0];
type Change = (value: number, index: number) => number;

/** The call with one of its arrays changed, element by element. */
const changed = (call: Call, name: string, change: Change): Call => ({
  ...call,
  args: call.args.map(arg =>
    typeof arg === 'object' && arg.name === name ? { ...arg, data: arg.data.map(change) as typeof arg.data } : arg,
  ),
});

/** The call with the number at this place changed. */
const numbered = (call: Call, place: number, value: number): Call => ({ ...call, args: call.args.with(place, value) });

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
}

const [xZeroAt, yZeroAt] = [10, 11];

/** The image with a border of one place all around that holds `value`, as a call of a larger problem. */
function bordered(call: Call, { height, width, channels }: Sizes, value: number): Call {
  const args = call.args.map(arg => {
    if (typeof arg !== 'object' || arg.name !== 'x') return arg;
    const data = new Int32Array((height + 2) * (width + 2) * channels).fill(value);
    for (let row = 0; row < height; row++)
      data.set(arg.data.subarray(row * width * channels, (row + 1) * width * channels), ((row + 1) * (width + 2) + 1) * channels);
    return { ...arg, data };
  });
  return { ...call, args };
}

/** What comes where places outside of the image hold a value that x − xZero is not 0 for. */
function outside(sizes: Sizes, of: (zero: number) => number): KnownLoopMistake[0] {
  const { height, width, filters } = sizes;
  const { element } = loops.problems.int8Conv({ ...sizes, height: height + 2, width: width + 2 });
  return (call, index) => {
    const place = Math.floor(index / filters);
    const [row, column] = [1 + Math.floor(place / width), 1 + (place % width)];
    const at = (row * (width + 2) + column) * filters + (index % filters);
    return element(bordered(call, sizes, of(call.args[xZeroAt] as number)), at);
  };
}

/** Known mistakes of a layer of these sizes. */
export function convMistakes(sizes: Sizes): readonly KnownLoopMistake[] {
  const { channels } = sizes;
  const { element } = loops.problems.int8Conv(sizes);
  const taps = channels * 9;
  /** What comes of windows whose end is left out. */
  const upTo =
    (end: number): KnownLoopMistake[0] =>
    (call, index) =>
      element(
        changed(call, 'w', (v, i) => (i % taps < end ? v : 0)),
        index,
      );
  return [
    [(call, index) => element(numbered(call, xZeroAt, 0), index), 'You multiply x itself: its zero point is taken away first, x − xZero.'],
    [
      outside(sizes, zero => 2 * zero),
      'A place outside of the image counts as if something were there: it adds nothing, so x − xZero is 0 there.',
    ],
    [outside(sizes, () => 0), 'A place outside of the image counts as if x were 0 there, which is some real number: x − xZero is 0 there.'],
    ...[8, 16].map(
      (lanes): KnownLoopMistake => [
        upTo(taps - (taps % lanes)),
        `Products at the end of a window are skipped: what is left when ${lanes} do not divide them.`,
      ],
    ),
    [upTo(taps - 1), 'The last product of each window is missing.'],
    [
      (call, index) =>
        element(
          changed(call, 'bias', () => 0),
          index,
        ),
      'The bias is missing.',
    ],
    [(call, index) => element(numbered(call, yZeroAt, 0), index), 'The output is not shifted: + yZero, before it is clamped.'],
  ];
}

/** Known mistakes of a product of 4-bit weights and a vector. */
export function gemvMistakes({ element }: loops.LoopProblem): readonly KnownLoopMistake[] {
  const of =
    (name: string, change: Change): KnownLoopMistake[0] =>
    (call, index) =>
      element(changed(call, name, change), index);
  /** Right sums without those of bytes that are all this one. */
  const without =
    (byte: number): KnownLoopMistake[0] =>
    (call, index) =>
      element(call, index) -
      element(
        changed(call, 'w', () => byte),
        index,
      );
  return [
    [without(0x00), 'Each weight is 8 too large: take 8 away.'],
    [without(0x80), 'Each weight is 8 too large in the lower halves: take 8 away there too.'],
    [without(0x08), 'Each weight is 8 too large in the upper halves: take 8 away there too.'],
    ...[1, 2, 3, 4, 5, 6, 7].map((n): KnownLoopMistake => [without(0x11 * n), `You take ${n} away from each weight, in place of 8.`]),
    [of('w', byte => (byte >> 4) + 16 * (byte & 15)), 'The halves of a byte have changed places: byte i holds weight i in its lower half.'],
    [of('w', byte => (byte & 15) + 128), 'The upper halves of the bytes count as 0: weights 16 to 31 of each group are missing.'],
    [of('w', byte => (byte & 240) + 8), 'The lower halves of the bytes count as 0: weights 0 to 15 of each group are missing.'],
    [of('wScale', () => 1), 'The scales of the weights are missing.'],
    [of('xScale', () => 1), 'The scales of x are missing.'],
    [of('xScale', v => 1 / v), 'You divide by the scale of x: multiply.'],
    [of('w', byte => 8 - (byte & 15) + 8 + 16 * (16 - (byte >> 4))), 'Weights have the wrong sign: weight − 8, not 8 − weight.'],
    ...lastLanes(of),
  ];
}

/** What comes where some products of each group are not added up. */
function lastLanes(of: (name: string, change: Change) => KnownLoopMistake[0]): KnownLoopMistake[] {
  const groups: readonly (readonly [(i: number) => boolean, string])[] = [
    [i => i % 32 < 16, 'Only the first 16 products of each group count.'],
    [i => i % 32 >= 16, 'Only the last 16 products of each group count.'],
    [i => i < 32, 'Only the first group of each row counts: add up the others too.'],
    [i => i >= 32, 'The first group of each row is missing.'],
    ...[0, 1, 2, 3].map((lane): readonly [(i: number) => boolean, string] => [
      i => Math.floor((i % 8) / 2) !== lane,
      `Lane ${lane} of the sums is left out: there are four, 0 to 3.`,
    ]),
  ];
  return groups.map(([counts, hint]): KnownLoopMistake => [of('x', (v, i) => (counts(i) ? v : 0)), hint]);
}
