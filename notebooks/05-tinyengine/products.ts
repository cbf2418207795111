import { type CountQuestion, type KnownLoopMistake, loops, type Question, question } from 'tinylab';

// A product of matrices in four ways: each must be right on odd sizes, and keep a bound on what it does.

type Call = Parameters<KnownLoopMistake[0]>[0];

/** What a product may add up, instead of all of a row times all of a column. */
interface Slips {
  readonly from?: number;
  readonly to?: (k: number) => number;
  /** Where element (p, j) of B is taken to lie. */
  readonly place?: (p: number, j: number, sides: { readonly n: number; readonly k: number }) => number;
}

/** One element of C, with mistakes. */
function element(call: Call, index: number, { from = 0, to = k => k, place = (p, j, { n }) => p * n + j }: Slips = {}): number {
  const [a, b] = call.args.flatMap(arg => (typeof arg === 'object' ? [arg.data] : [])) as [Float32Array, Float32Array];
  const [n, k] = call.args.slice(4) as [number, number];
  const [i, j] = [Math.floor(index / n), index % n];
  let total = 0;
  for (let p = from; p < to(k); p++) total += (a[k * i + p] as number) * (b[place(p, j, { n, k })] as number);
  return total;
}

const widthOf = (call: Call): number => call.args[4] as number;

/** What comes of one sum for a whole row. */
const ongoing = (call: Call, index: number): number =>
  Array.from({ length: 1 + (index % widthOf(call)) }, (_, back) => element(call, index - back)).reduce((a, b) => a + b, 0);

const depthOf = (call: Call): number => call.args[5] as number;

/** Sums of tiles of t along k, put together in order. */
const overTiles =
  (t: number, over: number, join: (before: number, tile: number) => number) =>
  (call: Call, index: number): number => {
    const k = depthOf(call);
    const tiles = Array.from({ length: Math.ceil(k / t) }, (_, i) =>
      element(call, index, { from: i * t, to: () => Math.min((i + 1) * t + over, k) }),
    );
    return tiles.reduce(join, 0);
  };

/** What comes of tiles that do not go together, for tiles of usual sizes. */
const tileMistakes: readonly KnownLoopMistake[] = [4, 8, 16, 32].flatMap((t): KnownLoopMistake[] => [
  [
    overTiles(t, 1, (a, b) => a + b),
    'Neighbouring tiles overlap: what stands on the border is added twice. A tile ends before the next one begins.',
  ],
  [overTiles(t, 0, (_, b) => b), 'Only the last tile along k is in the sum: set C to 0 once, before all tiles.'],
  [
    overTiles(t, 0, (a, b) => a + (a + b)),
    'The sum of a tile goes on into the next one, and is added again there: begin it anew for each tile.',
  ],
  [(call, index) => element(call, index, { to: k => Math.min(t, k) }), 'Only the first tile along k is in the sum.'],
]);

/** Products that are wrong in a way that we know, also for hidden sides. */
export const known: readonly KnownLoopMistake[] = [
  [(call, index) => element(call, index, { from: 1 }), 'The first product is missing: where does p begin?'],
  [(call, index) => element(call, index, { to: k => k - 1 }), 'The last product is missing: where does p end?'],
  [
    (call, index) => element(call, index, { to: k => k - (k % 4) }),
    'What is left when 4 do not divide k is missing: go on one by one after the last four.',
  ],
  [
    (call, index) => element(call, index, { place: (p, j, { k }) => j * k + p }),
    'B is read as if it were transposed: element (p, j) lies at p · n + j.',
  ],
  [
    (call, index) => element(call, index, { place: (p, j, { k }) => (p * k + j) % (widthOf(call) * k) }),
    'A row of B has n elements, not k.',
  ],
  [ongoing, 'The sum goes on from one element to the next: begin it anew for each.'],
  [
    (call, index) => (index % widthOf(call) < widthOf(call) - (widthOf(call) % 4) ? element(call, index) : 0),
    'What is left when 4 do not divide n is missing: go on one by one after the last vector.',
  ],
  ...tileMistakes,
  [() => Number.NaN, 'NaN stands where nothing was written, and comes of adding to it: set C to 0 before you add.'],
  [(call, index) => 2 * element(call, index), 'All is added twice.'],
];

const { matmul } = loops.problems;
const odd: readonly loops.LoopProblem[] = [matmul({ m: 3, n: 5, k: 7 }), matmul({ m: 18, n: 21, k: 34 }), matmul({ m: 5, n: 2, k: 3 })];

interface Way extends CountQuestion {
  readonly problem: loops.LoopProblem;
  /** Points of a right product, and of one within the bound. */
  readonly points: readonly [right: number, counted: number];
}

/** Asks for a right product, then for one that keeps a bound. */
const asked =
  (name: string, { problem, points: [right, within], ...bounds }: Way): Question['body'] =>
  async q => {
    await q.part('right', { points: right }, async () => {
      await q.loop(name, odd, { known, seeds: 1, hint: 'C[i, j] is the sum of A[i, p] · B[p, j] over all p, whatever the sides are.' });
    });
    await q.part('counted', { points: within }, async () => {
      await q.counts(name, problem, { ...bounds, known });
    });
  };

/** A first-level cache as large as that of many small processors. */
export const sixteen = { bytes: 16_384, lineBytes: 32, ways: 4 };
const square = matmul({ m: 64, n: 64, k: 64 });

export const productQuestions: readonly Question[] = [
  question(
    'reorder',
    { points: 6, title: 'The order of loops', uses: ['reordered'], withhold: ['ladder'] },
    asked('reordered', {
      problem: square,
      points: [3, 3],
      atMost: { misses: 40_000 },
      hint: 'In the innermost loop walk along rows: which of i, j and p moves along rows of both B and C?',
    }),
  ),
  question(
    'unroll',
    { points: 6, title: 'Fewer tests', uses: ['unrolled'], withhold: ['ladder'] },
    asked('unrolled', {
      problem: matmul({ m: 24, n: 24, k: 31 }),
      points: [3, 3],
      atMost: { branches: 9000 },
      hint: 'Four products for each test of the innermost loop, and a second loop for what is left.',
    }),
  ),
  question(
    'tile',
    { points: 6, title: 'Tiles that fit', uses: ['tiled'], withhold: ['ladder'] },
    asked('tiled', {
      problem: square,
      points: [3, 3],
      atMost: { misses: 4500 },
      caches: [sixteen],
      hint: 'Six loops: three over tiles of all three matrices, three inside them. Three tiles of 4 bytes an element should fit into 16 KB; small ones are read too often.',
    }),
  ),
  question(
    'vectors',
    { points: 6, title: 'Four at once', uses: ['vectors'], withhold: ['ladder'] },
    asked('vectors', {
      problem: square,
      points: [3, 3],
      atMost: { instructions: 3_500_000 },
      hint: 'Load, multiply, add and store four neighbours of a row of C at once, in the order i, p, j.',
    }),
  ),
];
