// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (TinyLab)
//     language: typescript
//     name: tinylab
// ---

// %% [markdown]
// # Lab 05 · TinyEngine
//
// A microcontroller has a quarter of a megabyte of memory and no operating system. In this
// lab you make a network's layers run on it: in less memory, with fewer instructions, and
// with every integer as before. Nothing is trained, and no board is needed.
//
// - Go from top to bottom: answer, run, check. Checks tell what usually causes a wrong
//   answer.
// - An *example* shows what a task wants, on numbers small enough to follow by hand.
// - *Predict* means: put your guess in place of `'?'` and run that cell before you go on.
//   The first guess is kept, shown beside what comes, and costs no points.
// - Counters are graded (misses, bytes, products); milliseconds are shown and never are.
// - Stuck? `const smlad = await staff('smlad');` takes the lab's version of an earlier
//   answer, so you can go on.
//
// {{questions}}, {{total}}.

// %%
import { cacheSimulator, check, checkAll, plot, predict, reveal, staff } from 'tinylab';

// %% [markdown]
// ## Far and near memory
//
// A processor fetches memory in **lines** of 32 or 64 bytes and keeps the last ones in its
// caches. This cell adds up the same 8 million numbers twice: neighbour after neighbour,
// and with a step of 16 numbers, so that each access is on another line. The work is the
// same.
//
// **Predict:** how many times as long does the walk in steps take?

// %%
await predict('strided-walk', '?'); // a number, such as 1.5

// %%
const numbers = new Float32Array(2 ** 23).fill(1);

/** Milliseconds of the best of three walks over all numbers, `step` apart. */
function walk(step: number): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    let sum = 0;
    for (let first = 0; first < step; first++)
      for (let i = first; i < numbers.length; i += step) sum += numbers[i]!;
    if (sum !== numbers.length) throw new Error(`the sum is ${sum}`);
    return performance.now() - start;
  });
  return Math.min(...times);
}
walk(1); // once, so that it is compiled
const steps = [1, 2, 4, 8, 16, 32, 64];
const walks = steps.map(walk);
reveal('strided-walk', walks[4]! / walks[0]!);

// %%
plot.line(
  { 'all numbers once': walks },
  {
    at: steps,
    markers: true,
    title: 'The same sum, in steps',
    x: 'Numbers from one access to the next',
    y: { title: 'Time', unit: 'ms' },
  },
);

// %% [markdown]
// Your times are yours alone: another machine, or a busy one, has others. So from here on
// **misses** are counted, in a simulated cache that is the same everywhere: 8 KB in lines
// of 32 bytes, four of which can stand in each set.
//
// ## 1 · {{title}} ({{points}})
//
// An image stack has four axes: image n, row h, column w, channel c. Memory has one. A
// **layout** names the axes from the slowest to the fastest: in NHWC the channels of a
// place are neighbours, in NCHW the columns of a row are, in CHWN the images.
//
// **Example.** 2 images of 3 × 3 with 10 channels, and the element n = 1, h = 0, w = 2, c
// = 5:
//
// | layout | place |
// | --- | --- |
// | NHWC | 115 |
// | NCHW | 137 |
// | CHWN | 95 |
//
// For NHWC: ((1 · 3 + 0) · 3 + 2) · 10 + 5 = 115.
//
// **Write** `offset`: the place of an element, counted in elements from 0.

// %% given="axes"
type Layout = 'NHWC' | 'NCHW' | 'CHWN';

/** A number for each axis: a length, or an index. */
interface Axes {
  n: number;
  h: number;
  w: number;
  c: number;
}

// %% [markdown]
// And **answer** with a letter, for **one** image on a small device: `pointwise`: which
// layout has fewer misses in a 1×1 convolution, which adds up all channels of a place?
// `depthwise`: and in a depthwise one, whose filters see one channel each?
//
// - **a** NHWC
// - **b** NCHW
// - **c** CHWN, and NCHW is worse

// %% answer="layouts"
// const pointwise = '?'; // a letter
// const depthwise = '?'; // a letter
function offset(layout: Layout, size: Axes, at: Axes): number {
  // ### BEGIN SOLUTION
  if (layout === 'NHWC')
    return ((at.n * size.h + at.h) * size.w + at.w) * size.c + at.c;
  if (layout === 'NCHW')
    return ((at.n * size.c + at.c) * size.h + at.h) * size.w + at.w;
  return ((at.c * size.h + at.h) * size.w + at.w) * size.n + at.n;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const pointwise = 'a';
const depthwise = 'b';
// ### END SOLUTION

// %% check="layouts"

// %% [markdown]
// Count it: the reads of both layers over one image of 24 × 24 with 32 channels, in both
// layouts, through the cache.

// %%
const picture: Axes = { n: 1, h: 24, w: 24, c: 32 };

/** Misses of a walk that reads `read(place)` for each place in turn, 4 bytes each. */
function missesOf(
  accesses: (read: (at: Axes) => void) => void,
  layout: Layout,
): number {
  const cache = cacheSimulator();
  accesses(at => cache.access(4 * offset(layout, picture, at)));
  return cache.misses;
}
const readPointwise = (read: (at: Axes) => void) => {
  for (let h = 0; h < picture.h; h++)
    for (let w = 0; w < picture.w; w++)
      for (let c = 0; c < picture.c; c++) read({ n: 0, h, w, c });
};
const readDepthwise = (read: (at: Axes) => void) => {
  for (let c = 0; c < picture.c; c++)
    for (let h = 1; h < picture.h - 1; h++)
      for (let w = 1; w < picture.w - 1; w++)
        for (const i of [-1, 0, 1])
          for (const j of [-1, 0, 1]) read({ n: 0, h: h + i, w: w + j, c });
};
plot.bar(
  {
    '1×1, NHWC': missesOf(readPointwise, 'NHWC'),
    '1×1, NCHW': missesOf(readPointwise, 'NCHW'),
    'depthwise, NHWC': missesOf(readDepthwise, 'NHWC'),
    'depthwise, NCHW': missesOf(readDepthwise, 'NCHW'),
  },
  { title: 'Misses of one pass over the input', y: { title: 'Misses' } },
);

// %% [markdown]
// ## 2 · {{title}} ({{points}})
//
// A Cortex-M4 has no vectors of 128 bits, but its registers of 32 bits can be read as two
// **lanes** of 16 bits with a sign each: bits 0 to 15 are the low lane, bits 16 to 31 the
// high one. Three of its
// [instructions](https://developer.arm.com/documentation/ddi0403/latest) do most of the
// work of a layer of integers:
//
// - `smlad(x, y, sum)` = sum + low(x) · low(y) + high(x) · high(y). What does not fit into
//   32 bits **wraps around**.
// - `ror(x, 8)` turns a word to the right by 8 bits; what falls out comes in on the left.
// - `sxtb16(x, turn)` turns x to the right by `turn` bits (0 or 8), then takes **bytes 0
//   and 2** and gives each, with its sign, a lane of its own: byte 0 the low one.
//
// **Example.** Written in hexadecimal, the lowest byte on the right:
//
// | call | result |
// | --- | --- |
// | smlad(0x00030002, 0x00050004, 1) | 1 + 2 · 4 + 3 · 5 = 24 |
// | smlad(0xffff0002, 0x00050004, 0) | 2 · 4 − 1 · 5 = 3 |
// | sxtb16(0x04fe0201, 0) | low 1, high −2: 0xfffe0001 |
// | sxtb16(0x04fe0201, 8) | low 2, high 4: 0x00040002 |
//
// **Write** both, with numbers as JavaScript's bit operators give them: whole, from −2^31
// to 2^31 − 1. (`x << 16 >> 16` is the low lane with its sign.) Then **write** `dot`: the
// sum of all products of 4 bytes times 4 bytes, word by word, with your two functions.

// %% answer="simd-words"
function smlad(x: number, y: number, sum: number): number {
  // ### BEGIN SOLUTION
  const low = ((x << 16) >> 16) * ((y << 16) >> 16);
  const high = (x >> 16) * (y >> 16);
  return (sum + low + high) | 0;
  // ### END SOLUTION
}
function sxtb16(x: number, turn: number): number {
  // ### BEGIN SOLUTION
  const word = turn === 0 ? x : (x >>> turn) | (x << (32 - turn));
  const low = (word << 24) >> 24;
  const high = (word << 8) >> 24;
  return (high << 16) | (low & 0xffff);
  // ### END SOLUTION
}
function dot(a: number[], b: number[]): number {
  // ### BEGIN SOLUTION
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum = smlad(sxtb16(a[i]!, 0), sxtb16(b[i]!, 0), sum);
    sum = smlad(sxtb16(a[i]!, 8), sxtb16(b[i]!, 8), sum);
  }
  return sum;
  // ### END SOLUTION
}

// %% check="simd-words"

// %% [markdown]
// Four products take 2 `smlad` and 4 `sxtb16`: widening costs more than multiplying.
// Weights do not change, so they are widened and put in that order (bytes 0, 2, 1, 3)
// **before** the program is built: 2 + 2 instructions are left. And an activation that is
// widened once is used for several outputs: with a block of two outputs and two places
// each word serves twice. **Look:** what a product costs, loads left out.

// %%
plot.bar(
  {
    'one by one': 1,
    'smlad, both widened': 6 / 4,
    'weights widened before': 4 / 4,
    '2 outputs at once': (2 * 2 + 2) / 8,
    '4 outputs at once': (4 * 2 + 2) / 16,
    'nothing to widen': 2 / 4,
  },
  {
    title: 'Instructions of arithmetic for each product of 8 bits',
    y: { title: 'Instructions' },
  },
);

// %% [markdown]
// ## 3 · {{title}} ({{points}})
//
// Four neighbouring outputs (2 × 2) of a 3×3 convolution share most of their 4 × 4 inputs
// d. Worked out one by one they take 36 products. Winograd's way takes 16 ([Lavin and Gray
// 2016](https://arxiv.org/abs/1509.09308)): transform the filter g once, ahead,
//
// U = G · g · Gᵀ (4 × 4)
//
// and for each tile of inputs
//
// Y = Aᵀ · [U ⊙ (Bᵀ · d · B)] · A (2 × 2)
//
// where ⊙ multiplies element by element. The transforms themselves only add, take away,
// and halve.
//
// **Example.** One axis of it: filter 1, 2, 3 becomes G · g = 1, 3, 1, 3. Inputs 1, 2, 3,
// 4 become Bᵀ · d = −2, 5, 1, −2. Element by element −2, 15, 1, −6, and Aᵀ makes it 14,
// 20: just 1·1 + 2·2 + 3·3 and 1·2 + 2·3 + 3·4, with 4 products in place of 6.

// %% given="winograd-matrices"
const G = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const Bt = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const At = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];
/** Places of the outputs, and channels on both sides. */
interface Outputs {
  rows: number;
  columns: number;
  inputs: number;
  outputs: number;
}
const product = (a: number[][], b: number[][]): number[][] =>
  a.map(row => b[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
const transpose = (m: number[][]): number[][] =>
  m[0]!.map((_, j) => m.map(row => row[j]!));

// %% [markdown]
// **Write** `transformFilter` (U of a 3 × 3 filter), `convolveTile` (Y of a 4 × 4 tile of
// inputs and a U), and `products`: how many products a layer takes whose outputs have
// `rows` × `columns` places, for all input and output channels. A tile that reaches over
// the end of the image costs as much as any other.
//
// **Example.** Inputs 0, 1, 2 … 15, filter 1, 2 … 9: Y is 303, 348 in the first row and
// 483, 528 in the second. 5 × 6 places, 2 input and 3 output channels: 3 · 3 tiles · 16 ·
// 6 = 864.

// %% answer="winograd"
function transformFilter(g: number[][]): number[][] {
  // ### BEGIN SOLUTION
  return product(product(G, g), transpose(G));
  // ### END SOLUTION
}
function convolveTile(d: number[][], u: number[][]): number[][] {
  // ### BEGIN SOLUTION
  const v = product(product(Bt, d), transpose(Bt));
  const m = v.map((row, i) => row.map((value, j) => value * u[i]![j]!));
  return product(product(At, m), transpose(At));
  // ### END SOLUTION
}
function products({ rows, columns, inputs, outputs }: Outputs): number {
  // ### BEGIN SOLUTION
  return Math.ceil(rows / 2) * Math.ceil(columns / 2) * 16 * inputs * outputs;
  // ### END SOLUTION
}

// %% check="winograd"

// %%
const squares = [4, 5, 6, 7, 8, 9, 16, 17, 32, 33];
plot.line(
  {
    'times fewer products': squares.map(
      n => (9 * n * n) / products({ rows: n, columns: n, inputs: 1, outputs: 1 }),
    ),
  },
  {
    at: squares,
    markers: true,
    title: 'Winograd on images of n × n places',
    x: 'n',
    y: 'direct / Winograd',
  },
);

// %% [markdown]
// 2.25 times fewer, wherever n is even. Two things speak against it on a microcontroller:
// U has 16 numbers where the filter had 9, and Bᵀ · d · B of bytes needs 10 bits, so that
// nothing fits into 8 any more. In float32 it rounds differently from the direct sum;
// larger tiles do so more and more.

// %%
await checkAll();
