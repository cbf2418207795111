import type { Rung } from '../../../lib/tensor/native.ts';
import { type Bytes, type Int8Kernels, int8Kernels, int8Shape } from '../../../lib/tensor/native-int8.ts';
import { matmulCalls, matmulPackCalls } from './int8-matmul-cases.ts';
import { bytes, type Call, clips, scales, whole } from './int8-values.ts';

type Kernel = keyof Int8Kernels;

const kernels = int8Kernels() as Int8Kernels;

interface Window {
  readonly size: readonly [images: number, height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly out: readonly [height: number, width: number, channels: number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly depth?: number;
  /** The side of the squares of which the largest stays. */
  readonly pool?: number;
}

const windowed = ({ size, kernel, out, strides = [1, 1], dilations = [1, 1], padding = [0, 0] }: Window): Record<string, number> => ({
  ...{ images: size[0], height: size[1], width: size[2], channels: size[3], kernelHeight: kernel[0], kernelWidth: kernel[1] },
  ...{ outHeight: out[0], outWidth: out[1], strideDown: strides[0], strideRight: strides[1] },
  ...{ dilationDown: dilations[0], dilationRight: dilations[1], top: padding[0], left: padding[1] },
});

function conv(window: Window, seed: number): Call {
  const { size, kernel, out, depth = size[3], pool = 1 } = window;
  const signed = seed % 2 === 0;
  const blocks = Math.ceil(out[2] / 16);
  const quads = Math.ceil((kernel[0] * kernel[1] * depth) / 4);
  const weight = Int8Array.from(bytes(true, blocks * quads * 64, seed + 7));
  const k = kernel[0] * kernel[1] * depth;
  // what lies behind a row's end or behind the last row is 0
  for (let i = 0; i < weight.length; i++) {
    const row = Math.floor(i / (quads * 64)) * 16 + (Math.floor(i / 4) % 16);
    const place = (Math.floor(i / 64) % quads) * 4 + (i % 4);
    if (row >= out[2] || place >= k) weight[i] = 0;
  }
  const hasWeightZeros = Number(seed % 3 === 0);
  const isSums = Number(seed % 4 === 3 && pool === 1);
  // only where no sum is moved to the left are sums pooled before they are scaled
  const [multiplier, left, right] = scales(blocks * 16, seed);
  if (pool > 1 && seed % 5 > 0) left.fill(0);
  const zeros = whole(-128, 127, { length: blocks * 16, seed }).map(zero => zero * hasWeightZeros);
  const sums = new Int32Array(blocks * 16);
  for (let i = 0; i < weight.length; i++) {
    const row = Math.floor(i / (quads * 64)) * 16 + (Math.floor(i / 4) % 16);
    sums[row] = (sums[row] as number) + (weight[i] as number);
  }
  const offset = whole(-(2 ** 31), 2 ** 31 - 1, { length: blocks * 16, seed: seed + 3 }).map((b, i) => (i % 3 === 0 ? b : b >> 14));
  const channel = Int32Array.from([offset, multiplier, left, right, zeros, sums].flatMap(list => [...list]));
  const zero = (signed ? -128 : 0) + ((seed * 37) % 256);
  const fields = {
    ...windowed(window),
    depth,
    out: out[2],
    outChannels: out[2],
    isSigned: Number(signed),
    zero,
    hasWeightZeros,
    isSums,
    pool,
  };
  const shape = int8Shape.conv({ ...fields, ...clips[seed % 3] });
  return {
    name: `${size} -> ${out}, kernel ${kernel}, pool ${pool}, seed ${seed}`,
    inputs: [
      bytes(
        signed,
        size.reduce((a, b) => a * b),
        seed,
      ),
      weight,
      channel,
    ],
    output: size[0] * out[0] * out[1] * out[2] * (isSums ? 4 : 1),
    run: ([x, w, c], y, call) => kernels.int8Conv(shape, x as Bytes, w as Int8Array, c as Int32Array, y, call),
  };
}

function depthwise(window: Window, seed: number): Call {
  const { size, kernel, out } = window;
  const signed = seed % 2 === 0;
  const channels = size[3];
  const weight = Int16Array.from(whole(-255, 255, { length: kernel[0] * kernel[1] * channels, seed: seed + 7 }));
  if (seed % 4 === 3) weight.fill(-(2 ** 14));
  const offset = whole(-(2 ** 20), 2 ** 20, { length: channels, seed: seed + 3 });
  const channel = Int32Array.from([offset, ...scales(channels, seed)].flatMap(list => [...list]));
  const zero = (signed ? -128 : 0) + ((seed * 37) % 256);
  const shape = int8Shape.depthwise({ ...windowed(window), isSigned: Number(signed), zero, ...clips[seed % 3] } as Record<string, number>);
  return {
    name: `${size} -> ${out}, kernel ${kernel}, seed ${seed}`,
    inputs: [
      bytes(
        signed,
        size.reduce((a, b) => a * b),
        seed,
      ),
      weight,
      channel,
    ],
    output: size[0] * out[0] * out[1] * channels,
    run: ([x, w, c], y, call) => kernels.int8Depthwise(shape, x as Bytes, w as Int16Array, c as Int32Array, y, call),
  };
}

function pool(window: Window, seed: number): Call {
  const { size, kernel, out } = window;
  const signed = seed % 2 === 0;
  const { kernelHeight, kernelWidth, ...fields } = windowed(window);
  const low = signed ? -128 : 0;
  const ends = seed % 3 === 0 ? { low, high: low + 255 } : { low: low + 100, high: low + 150 };
  const shape = int8Shape.pool({
    ...fields,
    ...{
      windowHeight: kernelHeight as number,
      windowWidth: kernelWidth as number,
      isSigned: Number(signed),
      isMean: (seed & 1) ^ ((seed >> 1) & 1),
      ...ends,
    },
  });
  return {
    name: `${size} -> ${out}, window ${kernel}, seed ${seed}`,
    inputs: [
      bytes(
        signed,
        size.reduce((a, b) => a * b),
        seed,
      ),
    ],
    output: size[0] * out[0] * out[1] * size[3],
    run: ([x], y, call) => kernels.int8Pool(shape, x as Bytes, y, call),
  };
}

function add(length: number, seed: number): Call {
  const signed = seed % 2 === 0;
  const [multiplier, left, right] = scales(3, seed);
  const of = (i: number): readonly [number, number, number] => [multiplier[i] as number, left[i] as number, right[i] as number];
  const [[aMultiplier, aLeft, aRight], [bMultiplier, bLeft, bRight], [m, l, r]] = [of(0), of(1), of(2)];
  const shape = int8Shape.add({
    ...{ isSigned: Number(signed), ahead: 20, sign: seed % 3 === 0 ? -1 : 1, aZero: -128, aMultiplier, aLeft, aRight },
    ...{ bZero: seed % 100, bMultiplier, bLeft, bRight, multiplier: m, left: l, right: r, ...clips[seed % 3] },
  } as Record<string, number>);
  return {
    name: `${length}, seed ${seed}`,
    inputs: [bytes(signed, length, seed), bytes(signed, length, seed + 1)],
    output: length,
    run: ([a, b], y, call) => kernels.int8Add(shape, a as Bytes, b as Bytes, y, { ...call, length }),
  };
}

/** Halves, numbers next to them, both zeros, infinities and NaN among the numbers. */
function quantize(length: number, seed: number): Call {
  const scale = Math.fround([0.5, 1, 0.0039215689, 1e-38, 3e38, 2 ** -149][seed % 6] as number);
  const odd = [
    0.5,
    -0.5,
    1.5,
    -2.5,
    0.49999997,
    -0.49999997,
    0.50000006,
    0,
    -0,
    Infinity,
    -Infinity,
    Number.NaN,
    126.5,
    127.5,
    -128.5,
    1e30,
  ];
  const x = Float32Array.from(
    { length },
    (_, i) => scale * ((i + seed) % 3 === 0 ? (((i + seed) * 977) % 3000) / 8 - 187 : (odd[(i + seed) % 16] as number)),
  );
  const signed = seed % 2 === 0;
  const { low, high, outputZero } = signed ? { low: -128, high: 127, outputZero: -3 } : { low: 10, high: 200, outputZero: 10 };
  const shape = int8Shape.quantize({ scaleBits: new Int32Array(Float32Array.of(scale).buffer)[0] as number, outputZero, low, high });
  return {
    name: `${length}, seed ${seed}`,
    inputs: [x],
    output: length,
    run: ([values], y, call) => kernels.int8Quantize(shape, values as Float32Array, y, { ...call, length }),
  };
}

const seeds = <T>(count: number, make: (seed: number) => T): T[] => Array.from({ length: count }, (_, seed) => make(seed));

/** Windows with a border on every side, wider than the image, strided, dilated, of a single pixel; channels with every tail. */
const windows = (channels: number): Window[] => [
  { size: [1, 1, 1, channels], kernel: [1, 1], out: [1, 1, channels] },
  { size: [2, 5, 7, channels], kernel: [3, 3], out: [5, 7, channels], padding: [1, 1] },
  { size: [1, 6, 5, channels], kernel: [3, 2], out: [3, 2, channels], strides: [2, 3], padding: [1, 0] },
  { size: [3, 9, 8, channels], kernel: [2, 3], out: [5, 2, channels], dilations: [3, 2], padding: [0, 0], strides: [1, 2] },
  { size: [1, 2, 2, channels], kernel: [5, 5], out: [2, 2, channels], padding: [2, 2] },
];

const channelCounts = [1, 3, 4, 8, 15, 16, 17, 31, 32, 33, 48, 65];

/** Calls of every kernel, with every tail of every rung. */
export const calls: Readonly<Record<Kernel, readonly Call[]>> = {
  int8Conv: [
    ...channelCounts.flatMap((channels, i) => windows(channels).map((window, j) => conv(window, 5 * i + j))),
    // pixels of every block of rows, and outputs of every block of vectors
    ...seeds(19, n => conv({ size: [n + 1, 1, 1, 70], kernel: [1, 1], out: [1, 1, 7 * n + 1] }, n)),
    ...[63, 64, 65, 127, 128, 200].map((k, i) => conv({ size: [9, 1, 1, k], kernel: [1, 1], out: [1, 1, 5] }, i)),
    ...seeds(4, seed => conv({ size: [2, 4, 5, 12], kernel: [3, 3], out: [4, 5, 6], padding: [1, 1], depth: 5 }, seed)),
    // squares of places that are pooled, in rows of every length, of several images, some of three places
    ...seeds(14, n => conv({ size: [2, 7, 2 * n + 3, 8], kernel: [3, 3], out: [3, n + 1, 9 * n + 2], padding: [1, 1], pool: 2 }, n)),
    ...seeds(8, n => conv({ size: [1, 9, 8, n + 1], kernel: [3, 2], out: [2, 2, 40], strides: [2, 1], padding: [1, 0], pool: 2 }, n)),
    ...seeds(4, n => conv({ size: [2, 7, 7, 5], kernel: [2, 2], out: [2, 2, 7], padding: [1, 1], pool: 3 }, n)),
    // more lines than fit into one band, and lines that are longer
    ...seeds(6, n => conv({ size: [2, 40, 30, 32], kernel: [3, 3], out: [40, 30, 5], padding: [1, 1] }, n)),
    ...[1, 2].map(n => conv({ size: [1, 3, 900, 9], kernel: [3, 3], out: [3, 900, 2], padding: [1, 1] }, n)),
    ...[1, 2].map(n => conv({ size: [1, 4, 60, 800], kernel: [3, 3], out: [2, 30, 3], padding: [1, 1], pool: 2 }, n)),
  ],
  int8Matmul: matmulCalls,
  int8MatmulPack: matmulPackCalls,
  int8Depthwise: [
    ...channelCounts.flatMap((channels, i) => windows(channels).map((window, j) => depthwise(window, 5 * i + j))),
    ...[7, 8, 9].map((side, i) => depthwise({ size: [1, 12, 12, 40], kernel: [side, side], out: [12, 12, 40], padding: [3, 3] }, i)),
    // neighbouring outputs at once: rows of every length, windows of every height and width, strides 1 and 2, borders that are wider than the window
    ...seeds(42, n => {
      const [height, width, stride] = [(n % 8) + 1, 3 + 2 * (n % 3), (n % 2) + 1];
      const channels = [5, 32, 40, 70][n % 4] as number;
      return depthwise(
        {
          ...{ size: [(n % 2) + 1, 6, n + 2, channels], kernel: [height, width], out: [5, Math.ceil((n + 6) / stride), channels] },
          ...{ strides: [(n % 3) + 1, stride], padding: [n % 5, n % 9] },
        },
        n,
      );
    }),
  ],
  int8Add: seeds(70, n => add(n + 1, n)),
  int8Pool: channelCounts.flatMap((channels, i) =>
    windows(channels)
      .filter(({ dilations }) => !dilations)
      .map((window, j) => pool(window, 5 * i + j)),
  ),
  int8Quantize: seeds(70, n => quantize(n + 1, n)),
};

/** The rungs of a kernel that run here. */
export const rungsHere = (kernel: Kernel): readonly Rung[] => kernels[kernel].rungs.filter(({ available }) => available);
