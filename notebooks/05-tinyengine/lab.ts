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
import {
  array,
  cacheSimulator,
  check,
  checkAll,
  deliver,
  deploy,
  facets,
  loadDataset,
  loops,
  loopTable,
  type NDArray,
  plot,
  predict,
  pretrained,
  quantize,
  reveal,
  staff,
  table,
  take,
} from 'tinylab';

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
// Your times are yours alone: another machine, or a busy one, has others. What can be read
// off them is the same everywhere.
//
// ## 1 · {{title}} ({{points}})
//
// Walk in steps of 4, 8, 16 … bytes over far memory, and a line is soon used up: the longer
// the step, the fewer accesses share one. From a step of a whole line on, each access
// fetches a line of its own, and the time of an access stays as it is.
//
// Walk again and again over the same bytes, a line at a time: as long as they fit into the
// first cache, each access is quick. When they do not, the first ones are gone when the
// walk comes back, and times jump.
//
// **Example.** Times of one access on one machine, in nanoseconds. Its lines have 32 bytes:
//
// | step in bytes | 4 | 8 | 16 | 32 | 64 | 128 |
// | --- | --- | --- | --- | --- | --- | --- |
// | ns | 2.21 | 3.38 | 5.90 | 10.95 | 11.10 | 10.88 |
//
// and its first cache has 16 KB, the second one 64 KB:
//
// | bytes walked over | 4096 | 8192 | 16384 | 32768 | 65536 | 131072 | 262144 |
// | --- | --- | --- | --- | --- | --- | --- | --- |
// | ns | 1.01 | 0.99 | 1.00 | 4.05 | 4.11 | 17.9 | 18.2 |
//
// **Write** `lineBytes`, which takes the first kind of list (`bytes` is the step), and
// `nearBytes`, which takes the second one and returns the bytes of the first cache. Lists
// go from few bytes to many, double each time, and are noisy by two hundredths. In the
// second kind each jump is to three times as much or more.
//
// And **answer** in `farWhy`: why do times stay the same for steps longer than a line?
//
// - **a** The numbers are in the first cache by then.
// - **b** From then on only the numbers that are asked for are fetched, not whole lines.
// - **c** No two accesses that follow each other share a line, so all of them wait for one.
// - **d** A walk in longer steps has fewer accesses.

// %% given="timed-walk"
/** A walk as it was timed. */
interface TimedWalk {
  bytes: number; // of a step, or those walked over
  ns: number; // of one access
}

// %% answer="hierarchy"
// const farWhy = '?'; // a letter
function lineBytes(walks: TimedWalk[]): number {
  // ### BEGIN SOLUTION
  const whole = walks.at(-1)!.ns;
  return walks.find(({ ns }) => ns > 0.8 * whole)!.bytes;
  // ### END SOLUTION
}
function nearBytes(walks: TimedWalk[]): number {
  // ### BEGIN SOLUTION
  const jump = walks.findIndex(({ ns }) => ns > 2 * walks[0]!.ns);
  return walks[jump - 1]!.bytes;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const farWhy = 'c';
// ### END SOLUTION

// %% check="hierarchy"

// %% [markdown]
// And your machine? The first list is that of `walks` above.

// %%
({ line: lineBytes(steps.map((s, i) => ({ bytes: 4 * s, ns: walks[i]! }))) });

// %% [markdown]
// That is a guess, as long as other programs run beside yours. (Processors also fetch the
// next lines ahead of time where they see a pattern, and many lines come in pairs.) So from
// here on **misses** are counted, in a simulated cache that is the same everywhere: 8 KB in
// lines of 32 bytes, four of which can stand in each set.
//
// ## 2 · {{title}} ({{points}})
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
// ## Loops whose instructions are counted
//
// JavaScript's engines rewrite loops as they see fit, so the next questions ask for loops
// as **text**. They are written in [AssemblyScript](https://www.assemblyscript.org), which
// looks like TypeScript and becomes the instructions of
// [WebAssembly](https://webassembly.org), one by one. Those are counted, and the numbers
// are the same on every machine.
//
// - `a: F32s` is an array of float32 in memory: `a[i]`, `a[i] = 1`. It has no length and
//   no bounds: pass lengths along. `I8s`, `I16s`, `I32s` hold integers of 8, 16, 32 bits.
// - `i32` and `f32` are the types of numbers. Write `let sum: f32 = 0;`
// - An output begins with NaN in all its places, not with 0: write before you add.

// %%
const naive = `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];
}`;

/** Sums of products of two 64 × 64 matrices are added to a C that is there. */
const call64 = (): loops.LoopCall => ({
  function: 'matmul',
  args: [
    { name: 'a', data: new Float32Array(4096).fill(1), use: 'in' },
    { name: 'b', data: new Float32Array(4096).fill(1), use: 'in' },
    { name: 'c', data: new Float32Array(4096), use: 'inout' },
    ...[64, 64, 64],
  ],
});

// %% [markdown]
// This product walks over A, B and C: 64 · 64 · 64 = 262,144 times it reads one element of
// each and writes one of C, 1,048,576 accesses in all. **Predict:** how many of them miss a
// cache of 8 KB with lines of 8 numbers? (A matrix takes 16 KB.)

// %%
await predict('naive-misses', '?'); // a number, such as 20000

// %%
const naiveCounts = await loops.count(await loops.compile(naive), call64());
reveal('naive-misses', naiveCounts.misses[0]!);

// %%
table(
  [naiveCounts].map(({ instructions, loads, stores, multiplies, branches }) => ({
    instructions,
    loads,
    stores,
    products: multiplies,
    tests: branches,
  })),
);

// %%
plot.bar(
  Object.fromEntries(
    ['a', 'b', 'c'].map(name => [name, naiveCounts.byArray[name]!.misses[0]!]),
  ),
  { title: 'Whose misses they are', y: { title: 'Misses' } },
);

// %% [markdown]
// ## 3 · {{title}} ({{points}})
//
// It is B: the innermost loop walks down a column, and each step is on another line. Lines
// of a column are thrown out before the next column comes.
//
// **Example.** What a 2 × 2 product reads of B for i = 0, with lines of 2 numbers:
//
// | innermost loop | reads of B |
// | --- | --- |
// | p | b[0], b[2], b[1], b[3]: a new line each time |
// | j | b[0], b[1], b[2], b[3]: a new line every second time |
//
// **Write** `reordered`: the same sums with the loops in another order, at most 40,000
// misses for 64 × 64. C holds NaN at first: set it to 0 before you add.

// %% answer="reorder"
const reordered = `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  // ### BEGIN SOLUTION
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) c[i * n + j] = 0;
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }
  }
  // ### END SOLUTION
}`;

// %% check="reorder"

// %% [markdown]
// ## 4 · {{title}} ({{points}})
//
// Each turn of a loop costs a test and a step of its counter. **Unrolled** by 4, a loop
// does four products a turn. What is left when 4 does not divide k, up to three products,
// needs a loop of its own.
//
// **Example.** k = 7: one turn of four, then three single products; 2 + 4 tests in place
// of 8.
//
// **Write** `unrolled`: any order of loops, the innermost one unrolled by 4 or more; at
// most 9,000 tests for 24 × 31 · 31 × 24, where the plain one has 19,000.

// %% answer="unroll"
const unrolled = `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  // ### BEGIN SOLUTION
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      let p = 0;
      for (; p + 4 <= k; p += 4) {
        sum += a[i * k + p] * b[p * n + j];
        sum += a[i * k + p + 1] * b[(p + 1) * n + j];
        sum += a[i * k + p + 2] * b[(p + 2) * n + j];
        sum += a[i * k + p + 3] * b[(p + 3) * n + j];
      }
      for (; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
  // ### END SOLUTION
}`;

// %% check="unroll"

// %% [markdown]
// ## 5 · {{title}} ({{points}})
//
// Reordered, all of B is still read once for each row of A. **Tiles** end that: cut all
// three matrices into squares of t × t, and finish a tile of C += A · B while its tiles
// are in the cache. For 8 KB and 64 × 64 matrices, loops over tiles in the order i, p, j
// and i, p, j within them miss so often:
//
// | t | 4 | 8 | 16 | 32 | 64 |
// | --- | --- | --- | --- | --- | --- |
// | misses | 9,216 | 5,120 | 5,196 | 10,922 | 33,792 |
//
// **Write** `tiled` for a cache of **16 KB**, with a tile that you choose: at most 4,500
// misses. A tile at the end of a matrix may be cut: `min(i0 + t, m)` ends it.

// %% answer="tile"
const tiled = `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  // ### BEGIN SOLUTION
  const t = 16;
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let i0 = 0; i0 < m; i0 += t)
    for (let p0 = 0; p0 < k; p0 += t)
      for (let j0 = 0; j0 < n; j0 += t)
        for (let i = i0; i < min(i0 + t, m); i++)
          for (let p = p0; p < min(p0 + t, k); p++) {
            const x = a[i * k + p];
            for (let j = j0; j < min(j0 + t, n); j++) c[i * n + j] += x * b[p * n + j];
          }
  // ### END SOLUTION
}`;

// %% check="tile"

// %% [markdown]
// ## 6 · {{title}} ({{points}})
//
// A vector of 128 bits holds four float32. `b.vector(i)` loads b[i] … b[i + 3],
// `c.setVector(i, v)` stores four; `f32x4.splat(x)` is x four times, `f32x4.mul(u, v)` and
// `f32x4.add(u, v)` compute lane by lane.
//
// **Example.** y += s · x for n numbers, four at once, and one by one at the end:
//
//     export function add(y: F32s, x: F32s, s: f32, n: i32): void {
//       const factor = f32x4.splat(s);
//       let i = 0;
//       for (; i + 4 <= n; i += 4)
//         y.setVector(i, f32x4.add(y.vector(i), f32x4.mul(factor, x.vector(i))));
//       for (; i < n; i++) y[i] += s * x[i];
//     }
//
// **Write** `vectors`: the product with vectors, at most 3,500,000 instructions for 64 ×
// 64 (`naive` takes 11.6 million). No side needs to be a multiple of 4.

// %% answer="vectors"
const vectors = `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  // ### BEGIN SOLUTION
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) c[i * n + j] = 0;
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      const factor = f32x4.splat(x);
      let j = 0;
      for (; j + 4 <= n; j += 4) {
        const more = f32x4.mul(factor, b.vector(p * n + j));
        c.setVector(i * n + j, f32x4.add(c.vector(i * n + j), more));
      }
      for (; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }
  }
  // ### END SOLUTION
}`;

// %% check="vectors"

// %%
const ways = { naive, reordered, unrolled, tiled, vectors };
const compared: { way: string; misses: number; instructions: number }[] = [];
for (const [way, text] of Object.entries(ways)) {
  try {
    const loop = await loops.compile(text);
    const { misses, instructions } = await loops.count(loop, call64());
    compared.push({ way, misses: misses[0]!, instructions });
  } catch (error) {
    console.log(`${way} is left out: ${(error as Error).message}`);
  }
}
facets(
  [
    plot.bar(
      compared.map(({ way, misses }) => [way, misses] as const),
      { title: 'Misses, 64 × 64, 8 KB' },
    ),
    plot.bar(
      compared.map(({ way, instructions }) => [way, instructions] as const),
      { title: 'Instructions' },
    ),
  ],
  { columns: 2, height: 280 },
);

// %% [markdown]
// And milliseconds, on your machine, which are not graded: the fastest call of each, ± the
// spread of all, 10^9 operations a second (G/s), and which share that is of what WebAssembly
// and native code reach here at best. **Look:** what do tiles win for 192 × 192 matrices,
// and what do vectors?

// %%
const square = loops.problems.matmul({ m: 192, n: 192, k: 192 });
const right: Record<string, loops.Loop> = {};
for (const [way, text] of Object.entries({ reordered, unrolled, tiled, vectors })) {
  try {
    const loop = await loops.compile(text);
    const verdict = await loops.verify(loop, square, { seeds: [1] });
    if (verdict.right) right[way] = loop; // only right ones are timed
  } catch (error) {
    console.log(`${way} is left out: ${(error as Error).message}`);
  }
}
Object.keys(right).length === 0
  ? 'None of them is right yet.'
  : loopTable(await loops.measure(right, square));

// %% [markdown]
// ## 7 · {{title}} ({{points}})
//
// Each output of a convolution is a product of two rows of numbers: what the window sees,
// and a filter. **Im2col** writes what all windows see into a matrix, a row for each place
// of the output (row by row), in it kernel rows, kernel columns, channels. The rest is a
// matrix product, and those are well understood.
//
// A window that reaches over the border sees **padding**. In a layer of integers real 0 is
// stored as the zero point Z, so padding holds Z.
//
// **Example.** An image of 2 × 3 with 1 channel, Z = −9, a window of 2 × 2, stride 1,
// padding 0 and, on the right, the first rows with a padding of 1:
//
// | image | rows | with padding |
// | --- | --- | --- |
// | 1 2 3 | 1 2 4 5 | −9 −9 −9 1 |
// | 4 5 6 | 2 3 5 6 | −9 −9 1 2 |
//
// **Write** `im2col`.
//
// The matrix is large. An **implicit** product never stores it: whoever needs the value at
// (row, column) works out where it lies in the image. **Write** `sourceOf`: its place in
// `x.data`, or −1 for padding.
//
// **Answer** for an image of 24 × 24 with 32 channels, a 3 × 3 kernel, stride 1, padding
// 1: `wholeBytes`, what the matrix of integers of 8 bits takes, and `pairBytes`, what two
// of its rows take that are already widened to 16 bits. (That buffer is all that CMSIS-NN
// and TinyEngine keep.)

// %% given="window"
interface Window {
  kernel: number; // rows and columns of the window
  stride: number;
  padding: number; // places on each side
  zeroPoint: number;
}
interface Entry {
  row: number;
  column: number;
}

// %% answer="im2col"
// const wholeBytes = …;
// const pairBytes = …;
function im2col(x: NDArray, window: Window): number[][] {
  // ### BEGIN SOLUTION
  const [height, width, channels] = x.shape as [number, number, number];
  const { kernel, stride, padding, zeroPoint } = window;
  const rows: number[][] = [];
  for (let top = -padding; top + kernel <= height + padding; top += stride)
    for (let left = -padding; left + kernel <= width + padding; left += stride) {
      const row: number[] = [];
      for (let h = top; h < top + kernel; h++)
        for (let w = left; w < left + kernel; w++)
          for (let c = 0; c < channels; c++) {
            const inside = h >= 0 && h < height && w >= 0 && w < width;
            row.push(inside ? x.data[(h * width + w) * channels + c]! : zeroPoint);
          }
      rows.push(row);
    }
  return rows;
  // ### END SOLUTION
}
function sourceOf({ row, column }: Entry, shape: number[], window: Window): number {
  // ### BEGIN SOLUTION
  const [height, width, channels] = shape as [number, number, number];
  const { kernel, stride, padding } = window;
  const across = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const c = column % channels;
  const place = Math.floor(column / channels);
  const h = Math.floor(row / across) * stride + Math.floor(place / kernel) - padding;
  const w = (row % across) * stride + (place % kernel) - padding;
  if (h < 0 || h >= height || w < 0 || w >= width) return -1;
  return (h * width + w) * channels + c;
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const wholeBytes = 24 * 24 * 3 * 3 * 32;
const pairBytes = 2 * (3 * 3 * 32) * 2;
// ### END SOLUTION

// %% check="im2col"

// %%
const small = array(
  [4, 5, 1],
  [...Array(20).keys()].map(v => v + 1),
  'int8',
);
const seen = { kernel: 3, stride: 1, padding: 1, zeroPoint: 0 };
plot.heatmap(im2col(small, seen), {
  title: 'What each window of a 4 × 5 image sees (dark: padding)',
  x: 'Place in the window',
  y: 'Place of the output',
});

// %% [markdown]
// ## 8 · {{title}} ({{points}})
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
    x: { title: 'Instructions' },
    horizontal: true,
  },
);

// %% [markdown]
// ## 9 · {{title}} ({{points}})
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

// %% [markdown]
// ## 10 · {{title}} ({{points}})
//
// While a layer runs, its input and its output are both in memory: 2 · H · W · C bytes
// where they have the same shape. A **depthwise** layer can do with less. Output channel c
// needs input channel c alone, so once it is worked out, that input may be overwritten.
//
// Memory has C + 1 **slots** of H · W bytes. Slots 0 … C − 1 hold the input's channels,
// slot C is free. Two moves are there:
//
// - `{ op: 'filter', channel: c, from, to }` reads input channel c in slot `from` and
//   writes its output into slot `to`. Not into the same one: a 3 × 3 filter reads
//   neighbours that would be overwritten.
// - `{ op: 'copy', channel: c, from, to }` copies what slot `from` holds, something of
//   channel c, into slot `to`.
//
// **Example.** A layer of 1 channel: filter it from slot 0 into slot 1, then copy slot 1
// into slot 0.
//
// **Write** `inPlaceMoves` for any number of channels, at most 2 · C moves. At the end
// slot c holds output c. And **write** `peakBytes`: the bytes of an ordinary layer's input
// and output, and those of a layer in place.
//
// **Answer** in `notInPlace`: why does this not work for an ordinary 3 × 3 convolution?
//
// - **a** Its sums have 32 bits and do not fit into a slot.
// - **b** Its places must be worked out all at once.
// - **c** Each of its output channels reads all input channels.
// - **d** Its weights would be overwritten.

// %% given="in-place-types"
interface Move {
  op: 'filter' | 'copy';
  channel: number;
  from: number;
  to: number;
}
interface Picture {
  height: number;
  width: number;
  channels: number;
}

// %% answer="in-place"
// const notInPlace = '?'; // a letter
function inPlaceMoves(channels: number): Move[] {
  // ### BEGIN SOLUTION
  const moves: Move[] = [];
  for (let channel = 0; channel < channels; channel++) {
    moves.push({ op: 'filter', channel, from: channel, to: channels });
    moves.push({ op: 'copy', channel, from: channels, to: channel });
  }
  return moves;
  // ### END SOLUTION
}
function peakBytes({ height, width, channels }: Picture, inPlace: boolean): number {
  // ### BEGIN SOLUTION
  return height * width * (inPlace ? channels + 1 : channels + channels);
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
const notInPlace = 'c';
// ### END SOLUTION

// %% check="in-place"

// %%
const states = [[1, 1, 1, 1, 1, 1, 0]];
for (const { op, from, to } of inPlaceMoves(6)) {
  const next = [...states.at(-1)!];
  next[to] = op === 'filter' ? 2 : next[from]!;
  states.push(next);
}
plot.heatmap(
  [0, 1, 2, 3, 4, 5, 6].map(slot => states.map(state => state[slot]!)),
  {
    title: 'What the slots hold: nothing (0), input (1), output (2)',
    x: 'Moves done',
    y: 'Slot',
  },
);

// %% [markdown]
// ## 11 · {{title}} ({{points}})
//
// A tensor takes memory from the step that writes it to the last step that reads it; what
// nobody reads is a result and stays to the end. While a step runs, its inputs and its
// output are all there. The largest sum of bytes at one time is the **peak**.
//
// **Example.** Step 0 is the input (4 bytes). Step 1 reads it (9 bytes), step 2 reads step
// 1 (2 bytes), step 3 adds 0 and 2, a **residual** (4 bytes):
//
// | running | in memory | bytes |
// | --- | --- | --- |
// | 0 | 0 | 4 |
// | 1 | 0, 1 | 13 |
// | 2 | 0, 1, 2: step 3 will read 0 | 15 |
// | 3 | 0, 2, 3 | 10 |
//
// The peak is 15.
//
// **Write** `peakMemory(steps, order)`. Then **write** `bestOrder`: where a graph has
// branches, more than one order runs ([Liberis and Lane
// 2019](https://arxiv.org/abs/1910.05110)); return one with the smallest peak. Graphs have
// at most nine steps, so you can try all.

// %% given="step"
interface Step {
  inputs: number[]; // the steps whose tensors it reads
  bytes: number; // of the tensor that it writes
}

// %% answer="planner"
function peakMemory(steps: Step[], order: number[]): number {
  // ### BEGIN SOLUTION
  let peak = 0;
  order.forEach((running, now) => {
    const later = order.slice(now);
    const needed = (tensor: number) =>
      tensor === running ||
      later.some(step => steps[step]!.inputs.includes(tensor)) ||
      !steps.some(({ inputs }) => inputs.includes(tensor));
    const live = order.slice(0, now + 1).filter(needed);
    peak = Math.max(
      peak,
      live.reduce((sum, tensor) => sum + steps[tensor]!.bytes, 0),
    );
  });
  return peak;
  // ### END SOLUTION
}
function bestOrder(steps: Step[]): number[] {
  // ### BEGIN SOLUTION
  let best: number[] = [];
  const extend = (order: number[]) => {
    if (order.length === steps.length) {
      if (best.length === 0 || peakMemory(steps, order) < peakMemory(steps, best))
        best = order;
      return;
    }
    for (const [step, { inputs }] of steps.entries())
      if (!order.includes(step) && inputs.every(input => order.includes(input)))
        extend([...order, step]);
  };
  extend([]);
  return best;
  // ### END SOLUTION
}

// %% check="planner"

// %% [markdown]
// Two branches of a block: one grows before it shrinks, one is small from the start.
// **Predict:** which is better first, the large one or the small one?

// %%
await predict('first-branch', '?'); // 'large' or 'small'

// %%
const block: Step[] = [
  { inputs: [], bytes: 8 },
  { inputs: [0], bytes: 12 }, // the small branch
  { inputs: [0], bytes: 48 }, // the large one
  { inputs: [2], bytes: 4 },
  { inputs: [1, 3], bytes: 12 },
];
/** Bytes in memory while each step of an order runs. */
const bytesBy = (order: number[]) =>
  order.map((_, now) => {
    const so = order.slice(0, now + 1);
    const alive = so.filter(
      tensor =>
        tensor === order[now] ||
        order.slice(now).some(step => block[step]!.inputs.includes(tensor)),
    );
    return alive.reduce((sum, tensor) => sum + block[tensor]!.bytes, 0);
  });
reveal('first-branch', bestOrder(block)[1] === 2 ? 'large' : 'small');

// %%
plot.line(
  { 'small first': bytesBy([0, 1, 2, 3, 4]), 'large first': bytesBy([0, 2, 3, 1, 4]) },
  {
    markers: true,
    title: 'Memory while the block runs',
    x: 'Step',
    y: { title: 'In memory', unit: 'bytes' },
  },
);

// %% [markdown]
// ## 12 · {{title}} ({{points}})
//
// A convolution, its batch norm, its activation: three layers, each of which reads
// everything that the one before it wrote. Worked out value by value in **one pass**, a
// sum never leaves its register until it is normalised and clamped.
//
// **Example.** An input of 1,000 bytes, an output of 2,000, weights of 300, and 2 layers
// after the convolution. Apart: 1,000 + 300 + 2,000 for the convolution, and 2,000 read
// and 2,000 written by each of the two, 11,300 bytes together. Fused: 3,300.
//
// **Write** `fusedPass`: a 1 × 1 convolution of all places (x[place][input]), its batch
// norm γ · (sum − mean) / √(variance + ε) + β, and an activation that clamps to 0 …
// `most`. And **write** `traffic`: the bytes that are read and written, apart or fused.

// %% given="fusion-types"
interface FusedLayer {
  weight: number[][]; // [inputs][outputs]
  gamma: number[];
  beta: number[];
  mean: number[];
  variance: number[];
  epsilon: number;
  most: number; // upper end of the activation
}
interface Traffic {
  input: number; // bytes
  output: number;
  weights: number;
  after: number; // how many layers follow, each as large as the output
}

// %% answer="fusion"
function fusedPass(x: number[][], layer: FusedLayer): number[][] {
  // ### BEGIN SOLUTION
  const { weight, gamma, beta, mean, variance, epsilon, most } = layer;
  const out: number[][] = [];
  for (const place of x) {
    const row: number[] = [];
    for (let o = 0; o < gamma.length; o++) {
      let sum = 0;
      for (let c = 0; c < place.length; c++) sum += place[c]! * weight[c]![o]!;
      const scaled = (gamma[o]! * (sum - mean[o]!)) / Math.sqrt(variance[o]! + epsilon);
      row.push(Math.min(most, Math.max(0, scaled + beta[o]!)));
    }
    out.push(row);
  }
  return out;
  // ### END SOLUTION
}
function traffic({ input, output, weights, after }: Traffic, fused: boolean): number {
  // ### BEGIN SOLUTION
  const moved = input + weights + output;
  return fused ? moved : moved + after * (output + output);
  // ### END SOLUTION
}

// %% check="fusion"

// %%
const blocks = [0, 1, 2, 3].map(after => ({
  input: 18_432,
  output: 36_864,
  weights: 2048,
  after,
}));
const moved = (fused: boolean) =>
  Object.fromEntries(blocks.map(one => [`${one.after} more`, traffic(one, fused)]));
plot.bar(
  { apart: moved(false), fused: moved(true) },
  {
    title: 'A 1×1 convolution 32 → 64 on 24 × 24, and what follows it',
    y: { title: 'Read and written', unit: 'bytes' },
  },
);

// %% [markdown]
// ## 13 · {{title}} ({{points}})
//
// The first layers of a network see large images, and their activations are what does not
// fit. [MCUNetV2](https://arxiv.org/abs/2110.15352) runs them **patch by patch**: it cuts
// the output of that stage into parts, and works out for each part only what it needs of
// the layers before.
//
// Neighbouring patches need some rows of the layers before twice: a **halo**. Output rows
// first … last of a layer read its input rows
//
// first · stride − padding … last · stride − padding + kernel − 1
//
// and what lies outside of the image (0 … size − 1) is padding and is not worked out.
//
// **Example.** Two 3 × 3 layers with stride 1 and padding 1 on 16 × 16. Rows 0 … 7 of the
// last output read rows 0 … 8 of the layer before (−1 is padding), and those read rows 0 …
// 9 of the image.
//
// **Write** `rowsNeeded`: which rows of the image the given rows of the last output need.

// %% given="patch-layer"
interface Layer {
  kernel: number;
  stride: number;
  padding: number;
  size: number; // rows and columns of its input
  inputs: number; // channels
  outputs: number;
}
/** First and last row, both included. */
type Rows = [number, number];

/** How many rows these are. */
const length = ([first, last]: Rows): number => last - first + 1;

/** Rows (and columns) of a layer's output. */
const outputSize = ({ kernel, stride, padding, size }: Layer): number =>
  Math.floor((size + 2 * padding - kernel) / stride) + 1;

/** Part i of n rows in `patches` parts. */
const part = (i: number, n: number, patches: number): Rows => [
  Math.floor((i * n) / patches),
  Math.floor(((i + 1) * n) / patches) - 1,
];

// %% [markdown]
// Then **write** `overhead(layers, patches)`: all layers run by patches × patches parts of
// the last output. How many MACs is that, over the MACs without patches?
//
// **Example.** Three 3 × 3 layers, stride 1, padding 1, equal channels, on 16 × 16, with 2
// × 2 patches: 8 · 8 + 9 · 9 + 10 · 10 places for each patch, 980 for all four in place of
// 768: 1.27604.

// %% answer="patches"
function rowsNeeded(rows: Rows, layers: Layer[]): Rows {
  // ### BEGIN SOLUTION
  let [first, last] = rows;
  for (const { kernel, stride, padding, size } of [...layers].reverse()) {
    first = Math.max(0, first * stride - padding);
    last = Math.min(size - 1, last * stride - padding + kernel - 1);
  }
  return [first, last];
  // ### END SOLUTION
}
function overhead(layers: Layer[], patches: number): number {
  // ### BEGIN SOLUTION
  const rows = outputSize(layers.at(-1)!);
  let [whole, cut] = [0, 0];
  for (const [at, layer] of layers.entries()) {
    const cost = layer.kernel ** 2 * layer.inputs * layer.outputs;
    whole += cost * outputSize(layer) ** 2;
    let side = 0;
    for (let i = 0; i < patches; i++)
      side += length(rowsNeeded(part(i, rows, patches), layers.slice(at + 1)));
    cut += cost * side * side;
  }
  return cut / whole;
  // ### END SOLUTION
}

// %% check="patches"

// %% [markdown]
// ## 14 · {{title}} ({{points}})
//
// Such a stage needs its whole result and, while a patch runs, the widest layer of that
// patch. The layers behind it run as ever. `patchPeak(layers, after, patches)` tells the
// bytes; it calls your `rowsNeeded`.

// %% given="patch-peak"
const six: Layer[] = [
  { kernel: 3, stride: 2, padding: 1, size: 96, inputs: 3, outputs: 16 },
  { kernel: 3, stride: 1, padding: 1, size: 48, inputs: 16, outputs: 24 },
  { kernel: 3, stride: 2, padding: 1, size: 48, inputs: 24, outputs: 24 },
  { kernel: 3, stride: 1, padding: 1, size: 24, inputs: 24, outputs: 32 },
  { kernel: 3, stride: 2, padding: 1, size: 24, inputs: 32, outputs: 48 },
  { kernel: 3, stride: 1, padding: 1, size: 12, inputs: 48, outputs: 64 },
];
/** Bytes of the stage: its whole result, and the widest layer of the largest patch. */
function stageBytes(stage: Layer[], patches: number): number {
  const end = stage.at(-1)!;
  const size = outputSize(end);
  const widest = Array.from({ length: patches }, (_, i) => {
    const rows = part(i, size, patches);
    return stage.map((layer, at) => {
      const read = length(rowsNeeded(rows, stage.slice(at)));
      // the last layer writes into the whole result
      const written =
        at + 1 < stage.length ? length(rowsNeeded(rows, stage.slice(at + 1))) : 0;
      return read ** 2 * layer.inputs + written ** 2 * layer.outputs;
    });
  });
  return size ** 2 * end.outputs + Math.max(...widest.flat());
}
/** Bytes that a network takes whose first `after` layers run by patches. */
function patchPeak(layers: Layer[], after: number, patches: number): number {
  const rest = layers
    .slice(after)
    .map(
      layer => layer.size ** 2 * layer.inputs + outputSize(layer) ** 2 * layer.outputs,
    );
  const stage = after > 0 ? stageBytes(layers.slice(0, after), patches) : 0;
  return Math.max(stage, ...rest);
}

// %% [markdown]
// **Example.** Without patches `six` takes 92,160 bytes, for the input and the output of
// its second layer. With its first three layers in 2 × 2 parts: 39,640.
//
// **Predict:** and with its first **two** layers in 2 × 2 parts: fewer bytes than 39,640,
// or more?

// %%
await predict('two-layers', '?'); // 'fewer' or 'more'

// %%
reveal('two-layers', patchPeak(six, 2, 2) < 39_640 ? 'fewer' : 'more');

// %% [markdown]
// **Answer** in `splitAfter` and `patches`: how many layers of `six` should run by
// patches, and in how many parts on a side (1 … 6), so that it takes at most 36,000 bytes
// with as few MACs as possible? There are 36 choices: go through all of them with
// `patchPeak` and `overhead`.

// %% answer="where-to-split"
// const splitAfter = …; // work both out with code
// const patches = …;
// ### BEGIN SOLUTION
const macsOf = (layers: Layer[]) =>
  layers.reduce(
    (sum, one) =>
      sum + one.kernel ** 2 * one.inputs * one.outputs * outputSize(one) ** 2,
    0,
  );
const choices = [1, 2, 3, 4, 5, 6]
  .flatMap(after => [1, 2, 3, 4, 5, 6].map(n => ({ after, n })))
  .filter(({ after, n }) => patchPeak(six, after, n) <= 36_000)
  .map(({ after, n }) => {
    const stage = six.slice(0, after);
    return { after, n, more: macsOf(stage) * (overhead(stage, n) - 1) };
  });
const cheapest = choices.reduce((a, b) => (b.more < a.more ? b : a));
const splitAfter = cheapest.after;
const patches = cheapest.n;
// ### END SOLUTION

// %% check="where-to-split"

// %%
const sides = [1, 2, 3, 4, 5, 6];
facets(
  [
    plot.heatmap(
      sides.map(after => sides.map(n => patchPeak(six, after, n))),
      {
        title: 'Bytes',
        rows: sides.map(String),
        columns: sides.map(String),
        x: 'Parts on a side',
        y: 'Layers by patches',
        values: true,
      },
    ),
    plot.heatmap(
      sides.map(after => sides.map(n => overhead(six.slice(0, after), n))),
      {
        title: 'MACs of the stage, times',
        rows: sides.map(String),
        columns: sides.map(String),
        x: 'Parts on a side',
        y: 'Layers by patches',
        values: true,
      },
    ),
  ],
  { columns: 2, height: 340 },
);

// %% [markdown]
// **Look:** with few layers by patches the rest is what does not fit; with many, halos
// cost more than they save. The best place lies between, and it moves with every network.

// %% [markdown]
// ## 15 · {{title}} ({{points}})
//
// TinyEngine does not interpret a network: it writes C for each layer, with all sizes as
// literals, and a compiler does the rest. `deploy.runOnMcu` does so here: the C is
// compiled for a Cortex-M4 and runs in an emulator, which counts instructions. (It knows
// no cycles, so nobody should call these a time.) How the loops of a layer are written, a
// **schedule** says:
//
// | field | values | what it does |
// | --- | --- | --- |
// | loops | 'naive', 'reordered' | outputs outermost, or innermost |
// | unroll | 1, 2, 4 | products written out in a row |
// | im2col | false, true | windows are copied side by side first |
// | simd | false, true | `smlad`: two products an instruction |
// | interleaved | false, true | weights lie in the order in which `sxtb16` leaves bytes |
// | block | [outputs, places] | outputs · places sums at the same time |
//
// Not everything goes together: where a schedule cannot be applied, plain C is written.
//
// This needs a compiler and an emulator. Where your machine lacks them, `npx tinylab doctor`
// says how to get them; without them cells of this task say so, its check counts neither
// for nor against you, and all others work.

// %% given="on-chip"
const factors = Array.from({ length: 8 }, (_, f) =>
  deploy.fixedPoint(0.001 + 0.0001 * f),
);
const chip: deploy.Program = {
  name: 'layer',
  tensors: [
    { name: 'x', shape: [1, 12, 12, 16], type: 'int8' },
    {
      name: 'w',
      shape: [8, 3, 3, 16],
      type: 'int8',
      data: Int8Array.from({ length: 8 * 9 * 16 }, (_, i) => ((i * 37) % 255) - 127),
    },
    { name: 'b', shape: [8], type: 'int32', data: new Int32Array(8) },
    { name: 'y', shape: [1, 12, 12, 8], type: 'int8' },
  ],
  steps: [
    {
      op: 'conv2d',
      inputs: [0, 1, 2],
      outputs: [3],
      attributes: {
        strides: [1, 1],
        dilations: [1, 1],
        padding: [1, 1],
        inputZeroPoint: 3,
        weightZeroPoint: [0],
        outputZeroPoint: -5,
        multiplier: factors.map(({ multiplier }) => multiplier),
        shift: factors.map(({ shift }) => shift),
        low: -128,
        high: 127,
      },
    },
  ],
  inputs: [0],
  outputs: [3],
};
/** Instructions for each product on a Cortex-M4; NaN where the tools are missing. */
async function onChip(schedules: deploy.ConvSchedule): Promise<number> {
  try {
    const { layers } = await deploy.runOnMcu(chip, { device: 'STM32F412', schedules });
    return layers[0]!.perMac;
  } catch (error) {
    console.log((error as Error).message);
    return Number.NaN;
  }
}

// %% [markdown]
// **Predict:** the plain loops take 6.7 instructions a product. How many does `simd` with
// `im2col`, `unroll: 4` and one sum at a time take?

// %%
await predict('with-smlad', '?'); // a number, such as 5

// %%
reveal(
  'with-smlad',
  await onChip({
    loops: 'naive',
    unroll: 4,
    simd: true,
    im2col: true,
    interleaved: false,
    block: [1, 1],
  }),
);

// %% [markdown]
// **Answer** with a `schedule` that has all six fields, for at most 3.3 instructions a
// product (2 points) or 1.5 (all). Change one field at a time, and look with `await
// onChip(schedule)`.
//
// And in `interleavedWhy`: why do interleaved weights take fewer instructions?
//
// - **a** Weights that are 0 can be left out.
// - **b** Words of weights are there as `smlad` needs them beside what `sxtb16` makes of
//   activations, so nothing puts their bytes in order while the layer runs.
// - **c** They take less flash.
// - **d** The sums need fewer bits.

// %% answer="schedule"
// const interleavedWhy = '?'; // a letter
// const schedule: deploy.ConvSchedule = { … }; // all six fields
// ### BEGIN SOLUTION
const schedule: deploy.ConvSchedule = {
  loops: 'reordered',
  unroll: 4,
  simd: true,
  im2col: true,
  interleaved: true,
  block: [2, 4],
};
const interleavedWhy = 'b';
// ### END SOLUTION

// %% check="schedule"

// %%
const oneByOne: Record<string, deploy.ConvSchedule> = {
  'plain loops': { loops: 'naive', unroll: 1, simd: false, im2col: false },
  reordered: { loops: 'reordered', unroll: 1, simd: false, im2col: false },
  'im2col, 2 × 2 sums': { unroll: 4, simd: false, im2col: true, block: [2, 2] },
  yours: schedule,
};
const perMacs: [string, number][] = [];
for (const [name, one] of Object.entries(oneByOne))
  perMacs.push([name, await onChip(one)]);
const known = perMacs.filter(([, value]) => Number.isFinite(value));
known.length === 0
  ? 'Nothing was counted here.'
  : plot.bar(known, {
      title: 'Instructions for each product on a Cortex-M4',
      y: { title: 'Instructions' },
    });

// %% [markdown]
// ## 16 · {{title}} ({{points}})
//
// Everything together: a 3 × 3 convolution of integers (stride 1, padding 1), as Lab 02
// defines it. The loop below is right and slow. Its output y[place][f] is
//
// clamp(yZero + scaled(bias[f] + Σ (x − xZero) · w, multiplier[f], shift[f]), −128, 127)
//
// with x in NHWC and w as [filters, 3, 3, channels]; outside of the image lies xZero,
// which adds nothing. `rescale` holds `scaled`, bit for bit as TensorFlow Lite has it, and
// stands behind your text.

// %% given="rescale"
const rescale = `
function scaled(x: i32, multiplier: i32, shift: i32): i32 {
  const high = <i32>((<i64>x * multiplier + (1 << 30)) >> 31);
  const mask = (1 << -shift) - 1;
  const up = (high & mask) > (mask >> 1) + (high < 0 ? 1 : 0) ? 1 : 0;
  return (high >> -shift) + up;
}`;
const convParameters = `x: I8s, w: I8s, bias: I32s, multiplier: I32s, shift: I32s,
  y: I8s, height: i32, width: i32, channels: i32, filters: i32,
  xZero: i32, yZero: i32, scratch: I16s`;
const slowConv = `
export function conv(${convParameters}): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let f = 0; f < filters; f++) {
        let sum = bias[f];
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++) {
            const r = row + i - 1;
            const s = column + j - 1;
            if (r < 0 || r >= height || s < 0 || s >= width) continue;
            for (let c = 0; c < channels; c++) {
              const value = x[(r * width + s) * channels + c] - xZero;
              sum += value * w[((f * 3 + i) * 3 + j) * channels + c];
            }
          }
        const q = yZero + scaled(sum, multiplier[f], shift[f]);
        y[(row * width + column) * filters + f] = max(-128, min(127, q));
      }
}${rescale}`;

// %%
const layer = loops.problems.int8Conv({
  height: 12,
  width: 13,
  channels: 16,
  filters: 16,
});
/** Instructions for each product. */
const perProduct = async (text: string) =>
  (await loops.count(await loops.compile(text), layer.call(1))).instructions /
  layer.macs;
({ 'instructions a product': Number((await perProduct(slowConv)).toFixed(1)) });

// %% [markdown]
// **Write** `fastConv`, right for all sizes, with at most 12 instructions a product (3
// points) or at most 5.5 (all). The layer is 12 × 13 with 16 channels and 16 filters.
//
// What helps: the window of a place, (x − xZero) as numbers of 16 bits, is the same for
// all filters. Write it into `scratch` once: im2col, a row at a time. (`scratch` has room
// for the windows of a row of the image; 0 stands for what lies outside.) And eight
// products are one instruction:
//
// `i32x4.dot_i16x8_s(u, v)` of two vectors of eight 16-bit numbers adds up neighbouring
// products, four sums of two. `i16x8.extend_low_i8x16_s(v)` and
// `i16x8.extend_high_i8x16_s(v)` widen the lower and the upper 8 bytes of a vector;
// `i32x4.extract_lane(sums, 0)` takes out a lane.

// %% answer="fast-convolution"
const fastConv = `
export function conv(${convParameters}): void {
  // ### BEGIN SOLUTION
  const depth = 9 * channels;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      gather(x, scratch, row, column, height, width, channels, xZero);
      for (let f = 0; f < filters; f++) {
        const sum = bias[f] + product(scratch, w.from(f * depth), depth);
        const stored = scaled(sum, multiplier[f], shift[f]) + yZero;
        y[(row * width + column) * filters + f] = min(127, max(stored, -128));
      }
    }
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
function gather(
  x: I8s, to: I16s, row: i32, column: i32,
  height: i32, width: i32, channels: i32, xZero: i32,
): void {
  let at = 0;
  for (let r = row - 1; r <= row + 1; r++)
    for (let s = column - 1; s <= column + 1; s++) {
      const inside = r >= 0 && r < height && s >= 0 && s < width;
      const from = x.from((r * width + s) * channels);
      for (let c = 0; c < channels; c++) to[at++] = inside ? from[c] - xZero : 0;
    }
}
function product(x: I16s, w: I8s, depth: i32): i32 {
  let sums = i32x4.splat(0);
  let p = 0;
  for (; p + 16 <= depth; p += 16) {
    const v = w.vector(p);
    const low = i16x8.extend_low_i8x16_s(v);
    const high = i16x8.extend_high_i8x16_s(v);
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(x.vector(p), low));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(x.vector(p + 8), high));
  }
  let sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  for (; p < depth; p++) sum += x[p] * w[p];
  return sum;
}
// ### END SOLUTION
${rescale}`;

// %% check="fast-convolution"

// %%
plot.bar(
  { 'as it is defined': await perProduct(slowConv), yours: await perProduct(fastConv) },
  { title: 'Instructions for each product', y: { title: 'Instructions' } },
);

// %% [markdown]
// ## 17 · {{title}} ({{points}})
//
// The last question is the whole of it: a network for a sensor. The chip is an STM32F412,
// with 262,144 bytes of SRAM and 1,048,576 of flash, and most of it is taken:
//
// | what | SRAM | flash |
// | --- | --- | --- |
// | three frames of the camera, 320 × 240 | 230,400 | |
// | system, radio, stack | 24,576 | |
// | firmware, twice: the next one arrives by radio | | 983,040 |
// | left for a network | 7,168 | 65,536 |
//
// There is a family to choose from, trained on Fashion-MNIST: `'28-12'` sees 28 × 28
// places and begins with 12 channels; `'14-24'` sees the means of 2 × 2 places, 14 × 14 of
// them, and begins with 24. `integersOf(name)` makes one a program of integers. (Batch norms
// and ReLUs are worked into the convolutions, as in question 12.)

// %% given="family"
const family = ['14-2', '14-16', '14-24', '28-2', '28-12'] as const;
const { train, test } = await loadDataset('fashion-mnist');
const symmetric = quantize.affineFormat({ bits: 8, symmetric: true });

/** A network of the family as a program of integers of 8 bits. */
function integersOf(name: (typeof family)[number]): deploy.Program {
  const net = quantize.foldBatchNorm(pretrained(`fashion-mnist-tiny-${name}`));
  const weights = { format: symmetric, granularity: quantize.axis(-1) };
  const rounded = quantize.quantizeWeights(net, weights);
  const intervals = quantize.calibrate(rounded, take(train, 100));
  const all = { intervals, format: { bits: 8 } };
  return deploy.lowerModel(quantize.quantizeActivations(rounded, all));
}
/** What the firmware takes. */
const room = { reservedSram: 254_976, codeBytes: 983_040 };
/** Whether a program fits beside the firmware: { fits, sram, flash, reasons … }. */
const fitOf = (program: deploy.Program) => deploy.fits(program, 'STM32F412', room);
/** Instructions for one image. */
const workOf = (program: deploy.Program) =>
  deploy.estimateInstructions(program).instructions;
/** Share of the first 1,000 test images that a program gets right. */
function rightOf(program: deploy.Program): number {
  const { images, labels } = take(test, 1000);
  const input = deploy.quantizeInput(program, images);
  const [stored] = deploy.prepareProgram(program).run([input]).outputs;
  const scores = deploy.dequantizeOutput(program, stored!).data;
  const hits = Array.from(labels.data).filter((label, n) => {
    const row = Array.from(scores.slice(10 * n, 10 * n + 10));
    return row.indexOf(Math.max(...row)) === label;
  });
  return hits.length / labels.data.length;
}

// %% [markdown]
// **Predict:** `'28-12'` has four times the places of `'14-16'`, and three quarters of the
// channels. How many times the instructions does it take?

// %%
await predict('four-times-the-places', '?'); // a number, such as 3

// %%
const members = await deliver('family', () =>
  family.map(name => {
    const program = integersOf(name);
    const { sram, flash, fits } = fitOf(program);
    return {
      network: name,
      accuracy: rightOf(program),
      instructions: Math.round(workOf(program)),
      'SRAM for it': sram - room.reservedSram,
      'flash for it': flash - room.codeBytes,
      fits,
    };
  }),
);
const workBy = (name: string) =>
  members.find(({ network }) => network === name)!.instructions;
reveal('four-times-the-places', workBy('28-12') / workBy('14-16'));

// %%
table(members);

// %% [markdown]
// Instructions are worked out from what each step does: products, values that are written,
// values that are copied. The rates come from a thousand steps that ran on the emulated
// Cortex-M4, so they are the same on every machine. Where compiler and emulator are
// installed, the next cell compares.

// %%
const tiny = integersOf('14-2');
try {
  const { layers } = await deploy.runOnMcu(tiny, { device: 'STM32F412' });
  const modelled = deploy.estimateInstructions(tiny).steps;
  table(
    layers.map(({ op, instructions }, i) => ({
      step: op,
      counted: instructions,
      modelled: Math.round(modelled[i]!.instructions),
    })),
  );
} catch (error) {
  console.log((error as Error).message);
}

// %% [markdown]
// **Example.** Cutting works on the program: `deploy.patchProgram(program, { steps, rows,
// columns })` is the same program with its first steps done by patches, and
// `deploy.searchPatches(program)` tries all ways to cut and lists them in `trials`. For
// `'14-2'`, the ways that take the least memory:

// %%
const { trials } = await deploy.searchPatches(tiny, { patches: 2 });
table(
  trials.slice(0, 5).map(({ steps, rows, columns, bytes, overhead }) => ({
    steps,
    patches: `${rows} × ${columns}`,
    bytes,
    'MACs, times': overhead,
  })),
);

// %%
plot.memory(tiny, deploy.planMemory(tiny, { inPlaceDepthwise: true }));

// %% [markdown]
// **Write** the work inside `deliver`: a network for the sensor that fits (3 points, if it
// is right for at least **0.86** of 1,000 test images, and of others that nobody has seen),
// with as few instructions as you can (at most **1,139,000**: 3 points more). Any program
// counts that takes an image [1, 28, 28, 1] and gives ten numbers. What takes the least
// memory is not what takes the fewest instructions: go through all ways to cut, drop those
// that do not fit, and keep the best.
//
// Then, for **your** `fitted`: **answer** in `claimed` what `fitOf` says of it, and in
// `heaviest` the name of the value whose step takes the most instructions (a `name` in the
// `steps` of `deploy.estimateInstructions(fitted)`).

// %% answer="network"
const fitted = await deliver('network', async () => {
  // ### BEGIN SOLUTION
  const start = integersOf('14-16');
  const ways = await deploy.searchPatches(start);
  const cut = ways.trials
    .filter(({ steps }) => steps > 0)
    .map(way => deploy.patchProgram(start, way))
    .filter(one => fitOf(one).fits);
  return cut.reduce((a, b) => (workOf(b) < workOf(a) ? b : a));
  // ### END SOLUTION
});
// const claimed = { sram: …, flash: … }; // bytes, as fitOf says
// const heaviest = '…'; // a name
// ### BEGIN SOLUTION
const claimed = { sram: fitOf(fitted).sram, flash: fitOf(fitted).flash };
const costs = deploy.estimateInstructions(fitted).steps;
const top = costs.reduce((a, b) => (b.instructions > a.instructions ? b : a));
const heaviest = top.name;
// ### END SOLUTION

// %% check="network"

// %%
const yours = await deliver('accuracy', () => rightOf(fitted));
plot.scatter(
  [
    ...members.map(({ network, accuracy, instructions }) => ({
      x: instructions,
      y: accuracy,
      label: network,
    })),
    { x: workOf(fitted), y: yours, label: 'yours' },
  ],
  {
    title: 'What an image costs, and what it gives',
    x: { title: 'Instructions', log: true },
    y: 'Accuracy on 1,000 test images',
  },
);

// %% [markdown]
// **Look:** with half of the rows and columns most of the work is gone, and little of the
// accuracy; what channels cost is better spent there. Patches make them fit, for 3 % more
// instructions.

// %% [markdown]
// ## Beyond the points · {{title}}
//
// {{points}}, on top of the 100. A language model's layers multiply a matrix by one
// vector: each weight is used once, so what counts is to read few bytes. Here weights have
// 4 bits, two a byte, in groups of 32 with a scale for each group; x has 8 bits, with a
// scale for each group too (W4A8, as in [TinyChat](https://arxiv.org/abs/2306.00978)).
// Group g of row r is 16 bytes: byte i holds weight i in its lower half, weight 16 + i in
// its upper half, each 8 too large.
//
// y[r] = Σ over groups: wScale[r][g] · xScale[g] · Σ (weight − 8) · x
//
// **Example.** A byte 0x2b holds the weights 11 − 8 = 3 and 2 − 8 = −6.
//
// **Write** `gemv`, right (2 points), and with at most 6 instructions a product (3
// points).

// %% answer="four-bits"
const gemv = `
export function gemv(
  w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s,
  rows: i32, columns: i32, scratch: I16s,
): void {
  // ### BEGIN SOLUTION
  const groups = columns / 32;
  for (let r = 0; r < rows; r++) {
    let sum: f32 = 0;
    for (let g = 0; g < groups; g++) {
      const part = group(w.vector(16 * (r * groups + g)), x.from(32 * g));
      sum += wScale[r * groups + g] * xScale[g] * <f32>part;
    }
    y[r] = sum;
  }
  // ### END SOLUTION
}
// ### BEGIN SOLUTION
function group(bytes: v128, x: I8s): i32 {
  const eight = i8x16.splat(8);
  const low = i8x16.sub(v128.and(bytes, i8x16.splat(15)), eight);
  const high = i8x16.sub(i8x16.shr_u(bytes, 4), eight);
  const sums = i32x4.add(pairs(low, x.vector(0)), pairs(high, x.vector(16)));
  const left = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  return left + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}
function pairs(u: v128, v: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(u), i16x8.extend_low_i8x16_s(v)),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(u), i16x8.extend_high_i8x16_s(v)),
  );
}
// ### END SOLUTION
`;

// %% check="four-bits"

// %%
await checkAll();
