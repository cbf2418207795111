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
  facets,
  type NDArray,
  plot,
  predict,
  reveal,
  staff,
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
// ## 3 · {{title}} ({{points}})
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
// ## 4 · {{title}} ({{points}})
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
// ## 5 · {{title}} ({{points}})
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
// ## 6 · {{title}} ({{points}})
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
// ## 7 · {{title}} ({{points}})
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
// ## 8 · {{title}} ({{points}})
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
// ## 9 · {{title}} ({{points}})
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

// %%
await checkAll();
