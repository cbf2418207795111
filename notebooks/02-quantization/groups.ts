import { array, type Examiner, type KnownMistakes, type NDArray, normal, type Question, question, type Random } from 'tinylab';
import { ends, gridOf, linear } from './reference.ts';
import { holdsNaN, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// The question about groups: a scale and a zero point for each few neighbours of a row, and what a look at twenty images tells.

interface Grouped {
  /** [outputs, inputs]. */
  readonly weight: NDArray;
  readonly bits: number;
  readonly size: number;
}

/** Which weights share a grid: groups of a row's neighbours, of a column's, of all weights in a line, whole rows, or all. */
export type Cut = 'row' | 'column' | 'line' | 'whole rows' | 'all';

interface OwnGrid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Mistakes of rounding by groups. */
export interface GroupSlips {
  readonly cut?: Cut;
  readonly grid?: (values: readonly number[], bits: number) => OwnGrid;
  /** What an integer is worth. */
  readonly back?: (q: number, grid: OwnGrid) => number;
}

/** Places of the weights of each group. */
export function groupsOf({ shape: [rows = 0, columns = 0] }: NDArray, size: number, cut: Cut = 'row'): number[][] {
  const [lines, length, at] = (
    {
      row: [rows, columns, (line: number, i: number) => line * columns + i],
      column: [columns, rows, (line: number, i: number) => i * columns + line],
      line: [1, rows * columns, (_: number, i: number) => i],
      'whole rows': [rows, columns, (line: number, i: number) => line * columns + i],
      all: [1, rows * columns, (_: number, i: number) => i],
    } as const
  )[cut];
  const most = cut === 'whole rows' || cut === 'all' ? length : size;
  return Array.from({ length: lines }, (_, line) =>
    Array.from({ length: Math.ceil(length / most) }, (__, k) =>
      Array.from({ length: Math.min(most, length - k * most) }, (___, i) => at(line, k * most + i)),
    ),
  ).flat();
}

/** What the weights become, each group on a grid of its own: S · (q - Z). */
export function groupRounded({ weight, bits, size }: Grouped, slips: GroupSlips = {}): number[] {
  const { cut = 'row', grid = (values, b) => gridOf(values, b), back = (q, { scale, zeroPoint }) => scale * (q - zeroPoint) } = slips;
  const found = new Array<number>(weight.data.length).fill(0);
  for (const places of groupsOf(weight, size, cut)) {
    const values = places.map(place => weight.data[place] as number);
    const own = grid(values, bits);
    const integers = linear(values, { bits, ...own });
    for (const [i, place] of places.entries()) found[place] = back(integers[i] as number, own);
  }
  return found;
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

const groupMistakes: readonly (readonly [slips: GroupSlips, hint: string])[] = [
  [{ cut: 'column' }, 'Your groups run down the columns. A row is one output: a group is neighbours within a row.'],
  [{ cut: 'line' }, 'Your groups run on from one row into the next. Each row is cut by itself, and its last group may be shorter.'],
  [{ cut: 'whole rows' }, 'That is one scale for each row. Each `size` neighbours of a row have their own.'],
  [{ cut: 'all' }, 'That is one scale for the whole weight. Each `size` neighbours of a row have their own.'],
  [{ back: (q, { scale, zeroPoint }) => scale * scale * (q - zeroPoint) }, 'The scale counts twice: an integer q is worth S · (q - Z).'],
  [{ back: q => q }, 'Those are the integers. What they are worth is S · (q - Z).'],
  [{ back: (q, { scale }) => scale * q }, 'The zero point is missing: an integer q is worth S · (q - Z).'],
  [{ back: (q, { scale, zeroPoint }) => scale * (q + zeroPoint) }, 'The zero point has the wrong sign: an integer q is worth S · (q - Z).'],
  [{ back: (q, { zeroPoint }) => q - zeroPoint }, 'The scale is missing: an integer q is worth S · (q - Z).'],
  ...[largest, (values: readonly number[]) => Math.max(...values)].map(
    most =>
      [
        { grid: (values: readonly number[], b: number) => ({ ...gridOf(values, b), scale: most(values) / (2 ** b - 1) }) },
        'Your scale goes by the largest weight of a group alone. It goes by the range, from the smallest (or 0) to the largest (or 0).',
      ] as const,
  ),
  [
    { grid: (values: readonly number[], b: number) => ({ scale: largest(values) / ends(b)[1], zeroPoint: 0 }) },
    'That grid is symmetric. Here each group has the scale and the zero point that scaleAndZeroPoint gives.',
  ],
];

/** What is seen of a wrong answer. */
function roundedSeen(got: readonly unknown[], asked: Grouped): KnownMistakes {
  const { weight, bits, size } = asked;
  const [, columns = 1] = weight.shape;
  const right = groupRounded(asked);
  const whole = groupsOf(weight, size).filter(places => places.length === size);
  const inWhole = new Set(whole.flat());
  const dropped = (fill: (place: number) => number): number[] => right.map((value, place) => (inWhole.has(place) ? value : fill(place)));
  const shorter = 'The last group of a row is left out where it is shorter than the others. It has a scale of its own too.';
  const only = (may: (place: number) => boolean): unknown => where(wrongOnlyAt(got, right, may), got);
  const most = Math.max(
    ...groupsOf(weight, size).map(places => new Set(places.map(place => Number(got[place]).toPrecision(9))).size - 2 ** bits),
  );
  return [
    [right.filter((_, place) => inWhole.has(place)), shorter],
    [dropped(() => 0), shorter],
    [dropped(place => weight.data[place] as number), shorter],
    [Array.from(weight.data), 'They are as they were: nothing is rounded.'],
    [where(ofOtherLength(got, right), got), 'There is one number for each weight, all rows one after another.'],
    [where(holdsNaN(got), got), 'Something is no finite number: is a group empty, or something read beyond the end of a row?'],
    [only(place => !inWhole.has(place)), 'The last group of a row, where it is shorter, is not right; all others are.'],
    [only(place => place % columns >= size), 'The first group of each row is right, others are not: where does group k begin and end?'],
    [only(place => place >= columns), 'The first row is right, others are not: where does row r begin in data, and where does it end?'],
    [where(most > 0, got), 'Some group holds more than 2^b different numbers: all of its weights go onto one grid of b bits.'],
  ];
}

/** Weights whose groups differ in size and place, with no value half-way between two integers. */
function grouped(rng: Random, i: number): Grouped {
  const bits = [2, 3, 4, 2, 3, 2][i % 6] as number;
  const size = [3, 4, 5, 4, 3, 20][i % 6] as number;
  const rows = rng.int(2, 4);
  const columns = i % 6 === 5 ? rng.int(7, 11) : 2 * size + ([1, 3, 2, 0, 2] as const)[(i % 6) as 0 | 1 | 2 | 3 | 4];
  for (;;) {
    const factor = Array.from({ length: rows * columns }, () => 2 ** rng.uniform(-3, 2));
    const shift = Array.from({ length: rows * columns }, () => rng.uniform(-0.8, 0.8));
    const groupOf = (place: number): number => Math.floor(place / columns) * 3 + Math.floor((place % columns) / size);
    const weight = array(
      [rows, columns],
      Float32Array.from(
        normal(rng, [rows, columns]).data,
        (v, at) => (v + (shift[groupOf(at)] as number)) * (factor[groupOf(at)] as number),
      ),
    );
    if (clear({ weight, bits, size })) return { weight, bits, size };
  }
}

/** Whether nothing lies half-way between two integers, and zero points are not all the same. */
function clear({ weight, bits, size }: Grouped): boolean {
  const [first] = ends(bits);
  const zeros = new Set<number>();
  const apart = groupsOf(weight, size).every(places => {
    const values = places.map(place => weight.data[place] as number);
    const { scale, zeroPoint } = gridOf(values, bits);
    zeros.add(zeroPoint);
    const exact = [first - Math.min(0, ...values) / scale, ...values.map(v => v / scale)];
    return exact.every(x => Math.abs(x - Math.floor(x) - 0.5) > 0.01);
  });
  return apart && zeros.size > 1;
}

async function askRounded(q: Examiner): Promise<void> {
  for (const asked of q.cases(6, grouped)) {
    const got = q.asList(await q.call('groupRound', asked.weight, asked.bits, asked.size));
    q.close(got, groupRounded(asked), {
      asked: 'groupRound(weight, bits, size)',
      known: [...groupMistakes.map(([slips, hint]) => [groupRounded(asked, slips), hint] as const), ...roundedSeen(got, asked)],
      hint: 'Cut each row into groups of `size`, the last one may be shorter. Each has its own S and Z, and each weight becomes S · (q - Z).',
    });
  }
}

export const groupQuestion: Question = question(
  'group-scales',
  {
    points: 3,
    title: 'Groups, and a smoke test',
    uses: ['groupRound', 'smokeTest'],
    needs: ['linearQuantize', 'scaleAndZeroPoint'],
    withhold: ['quantizeValue', 'quantizeWeights', 'affineFormat'],
  },
  async q => {
    await q.part('rounded', { points: 2 }, () => askRounded(q));
    await q.part('smoke', { points: 1 }, async () => {
      await q.choice('smokeTest', 'b', {
        a: 'They make one on 2,000 images. On 20 it is about as large as one image.',
        c: 'A network that guesses is right for 2 of 20, not for 17: that shows.',
        d: 'In many random draws of 20 the worse one is not behind: look at the table.',
      });
    });
  },
);
