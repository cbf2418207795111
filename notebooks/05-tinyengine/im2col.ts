import { array, type Examiner, type NDArray, type Question, question, type Random } from 'tinylab';
import { allAnswers, onlyPart, whatCame } from './simplest.ts';

// A convolution as a product of matrices: the matrix of patches, in memory or worked out as it is read.

/** A square window that slides over an image. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

type Shape = readonly number[];

/** Where windows begin along an axis. */
const starts = (length: number, { kernel, stride, padding }: Window): number[] => {
  const all: number[] = [];
  for (let start = -padding; start + kernel <= length + padding; start += stride) all.push(start);
  return all;
};

/** Ways to walk over a patch that are not rows, columns, channels. */
type Walk = 'right' | 'channels outside' | 'columns outside';

const count = (n: number): number[] => [...Array(n).keys()];

/** The steps of a walk over a patch, each as row, column, channel. */
function stepsOf(kernel: number, channels: number, walk: Walk): (readonly [number, number, number])[] {
  const sides = count(kernel);
  const places = sides.flatMap(a => sides.map(b => (walk === 'columns outside' ? ([b, a] as const) : ([a, b] as const))));
  if (walk === 'channels outside') return count(channels).flatMap(c => places.map(([a, b]) => [a, b, c] as const));
  return places.flatMap(([a, b]) => count(channels).map(c => [a, b, c] as const));
}

/** For each patch the places of its values in the image; -1 stands for padding. */
export function patchPlaces([height = 0, width = 0, channels = 0]: Shape, window: Window, walk: Walk = 'right'): number[][] {
  const steps = stepsOf(window.kernel, channels, walk);
  return starts(height, window).flatMap(top =>
    starts(width, window).map(left =>
      steps.map(([a, b, c]) => {
        const outside = top + a < 0 || top + a >= height || left + b < 0 || left + b >= width;
        return outside ? -1 : channels * (width * (top + a) + left + b) + c;
      }),
    ),
  );
}

/** Values at places; `pad` where there are none. */
export const valuesAt = (x: NDArray, places: readonly number[][], pad: number): number[][] =>
  places.map(row => row.map(at => (at < 0 ? pad : (x.data[at] as number))));

interface Case {
  readonly x: NDArray;
  readonly window: Window;
  readonly zeroPoint: number;
}

function padded(rng: Random, i: number): Case {
  const [kernel, stride, padding] = [
    [3, 1, 1],
    [3, 2, 1],
    [2, 1, 0],
    [5, 1, 2],
    [3, 1, 1],
    [1, 2, 0],
  ][i % 6] as [number, number, number];
  const shape = [rng.int(5, 7), rng.int(8, 10), rng.int(2, 4)];
  const size = shape.reduce((a, b) => a * b);
  const x = array(
    shape,
    Int8Array.from({ length: size }, () => rng.int(1, 127)),
    'int8',
  );
  return { x, window: { kernel, stride, padding }, zeroPoint: -rng.int(3, 100) };
}

async function askMatrix(q: Examiner): Promise<void> {
  for (const { x, window, zeroPoint } of q.cases(8, padded)) {
    const got = await q.call('im2col', x, { ...window, zeroPoint });
    const of = (walk: Walk, pad = zeroPoint, w = window): number[][] => valuesAt(x, patchPlaces(x.shape, w, walk), pad);
    q.equal(got, of('right'), {
      known: [
        [of('right', 0), 'Padding holds 0, which stands for some real number. What stands for nothing is the zero point.'],
        [
          of('right', zeroPoint, { ...window, stride: 1 }),
          'The stride is missing: from one place to the next the window moves by `stride`.',
        ],
        [of('right', zeroPoint, { ...window, padding: 0 }), 'The padding is missing: the first window begins at row and column -padding.'],
        [
          of('channels outside'),
          'A row goes over kernel rows, kernel columns, then channels; yours has the channels outside. NHWC has them inside.',
        ],
        [of('columns outside'), 'A row goes over kernel rows first, then kernel columns; yours has them the other way round.'],
      ],
      hint: 'A row for each place of the output, row by row; in it kernel rows, kernel columns, channels.',
    });
  }
}

interface Place {
  readonly x: NDArray;
  readonly window: Window;
  readonly at: { readonly row: number; readonly column: number };
}

/** Entries of matrices: some at random, the first and the last one. */
const entries = (q: Examiner): Place[] =>
  q.cases(8, padded).flatMap(({ x, window }) => {
    const right = patchPlaces(x.shape, window);
    const [rows, columns] = [right.length, (right[0] as number[]).length];
    const drawn = [0, 0, 0, 0, 0].map(() => ({ row: q.rng.int(0, rows - 1), column: q.rng.int(0, columns - 1) }));
    return [...drawn, { row: 0, column: 0 }, { row: rows - 1, column: columns - 1 }].map(at => ({ x, window, at }));
  });

const sourceIn = ({ x, window, at }: Place, walk: Walk = 'right', w = window): number | undefined =>
  patchPlaces(x.shape, w, walk)[at.row]?.[at.column];

/** Row, column and channel of a place; undefined for padding. */
const coordinates = ([, width = 1, channels = 1]: Shape, place: number): readonly number[] | undefined =>
  place < 0 ? undefined : [Math.floor(place / channels / width), Math.floor(place / channels) % width, place % channels];

/** Which part of the places is wrong, if it is one alone: padding, or one coordinate. */
function wrongCoordinate(asked: readonly Place[], answers: readonly number[]): string | undefined {
  const pairs = asked.map(
    (one, i) => [coordinates(one.x.shape, answers[i] as number), coordinates(one.x.shape, sourceIn(one) as number)] as const,
  );
  const wrong = (axis: number): boolean => pairs.some(([got, right]) => got && right && got[axis] !== right[axis]);
  return onlyPart(
    {
      padding: pairs.some(([got, right]) => (got === undefined) !== (right === undefined)),
      row: wrong(0),
      column: wrong(1),
      channel: wrong(2),
    },
    {
      padding:
        'What lies inside of the image is right. Padding is not: -1 wherever the row or the column lies outside, on any of the four sides.',
      row: 'Column and channel are right wherever both lie inside of the image, the image row is not: stride · output row + kernel row - padding.',
      column:
        'Row and channel are right wherever both lie inside of the image, the image column is not: stride · output column + kernel column - padding.',
      channel: 'Row and column are right wherever both lie inside of the image, the channel is not.',
    },
  );
}

async function askSource(q: Examiner): Promise<void> {
  const asked = entries(q);
  const ask = ({ x, window, at }: Place): Promise<unknown> => q.call('sourceOf', at, [...x.shape], { ...window, zeroPoint: -5 });
  const says = wrongCoordinate(asked, await allAnswers(q, asked, ask));
  for (const one of asked) {
    const [got, right] = [q.asNumber(await ask(one)), sourceIn(one) as number];
    q.equal(got, right, {
      known: [
        [sourceIn(one, 'channels outside'), 'That goes over the channels outermost; in NHWC they are innermost: c = column % channels.'],
        [sourceIn(one, 'columns outside'), 'Kernel rows and kernel columns have changed places.'],
        [sourceIn(one, 'right', { ...one.window, stride: 1 }), 'The stride is missing.'],
        ...whatCame(got, got === right, says),
      ],
      hint: 'Column → channel, kernel column, kernel row; row → place of the output. Then image row = place · stride + kernel row - padding; -1 outside of the image.',
    });
  }
}

export const im2colQuestion: Question = question(
  'im2col',
  { points: 6, title: 'A convolution as a product of matrices', uses: ['im2col', 'sourceOf', 'wholeBytes', 'pairBytes'] },
  async q => {
    await q.part('matrix', { points: 2 }, () => askMatrix(q));
    await q.part('implicit', { points: 2 }, () => askSource(q));
    await q.part('bytes', { points: 2 }, async () => {
      await q.number('wholeBytes', 24 * 24 * 288, {
        known: [
          [24 * 24 * 32, 'That is the image itself. The matrix has 3 · 3 values where the image has one.'],
          [4 * 24 * 24 * 288, 'These are integers of 8 bits: a byte each.'],
          [22 * 22 * 288, 'With a padding of 1 there are as many places as in the image.'],
        ],
        hint: 'Places of the output times values of a patch.',
      });
      await q.number('pairBytes', 2 * 2 * 288, {
        known: [
          [2 * 288, 'These are integers of 16 bits: two bytes each.'],
          [288, 'Two places at a time, 2 bytes a value.'],
        ],
        hint: '2 places · 3 · 3 · 32 values · 2 bytes.',
      });
    });
  },
);
