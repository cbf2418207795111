import type { ChannelRuns } from '../../../lib/tensor/channel-runs.ts';
import { type QuantizeCall, type QuantizeKernels, quantizeKernels } from '../../../lib/tensor/native-quantize.ts';
import { random } from '../../../lib/tensor/random.ts';

export type Kernel = keyof QuantizeKernels;
type Values = Float32Array | Int32Array | Int8Array | Uint8Array;

/** A call of a kernel: fresh outputs, what it computes into them, and what its definition says, in plain numbers. */
export interface Call {
  readonly name: string;
  readonly inputs: readonly Values[];
  readonly outputs: () => Values[];
  readonly run: (inputs: readonly Values[], outputs: readonly Values[], call: QuantizeCall) => unknown;
  readonly expected: () => { readonly outputs: readonly (readonly number[])[]; readonly result?: unknown };
}

export const kernels = quantizeKernels() as QuantizeKernels;

const special = [
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-45,
  -1e-45,
  3.4028234663852886e38,
  -3.4e38,
  2 ** -126,
];
const halves = [0.5, -0.5, 1.5, 2.5, -2.5, 126.5, 127.5, -128.5, 254.5, 255.5, 63.5];

/** Numbers of all sizes, halves of scales that are powers of two, and what is no number where that is wanted. */
function values(length: number, seed: number, specials = true): Float32Array {
  const rng = random(seed);
  return Float32Array.from({ length }, (_, i) => {
    if (specials && (i + seed) % 7 === 3) return special[(i + seed) % special.length] as number;
    if ((i + seed) % 3 === 0) return halves[(i + seed) % halves.length] as number;
    return (rng.next() - 0.5) * 2 ** Math.floor(rng.next() * 20 - 8);
  });
}

const scales = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, c) => [1, 0.5, 0.1, 2 ** -126, 3.4e38, 0.0371][(c + seed) % 6] as number);
const zeros = (length: number, seed: number): Int32Array =>
  Int32Array.from({ length }, (_, c) => [0, 3, -5, 127, -128, 2 ** 31 - 1, -(2 ** 31)][(c * 3 + seed) % (seed % 2 ? 5 : 7)] as number);

const sizeOf = ({ outer, channels, inner }: ChannelRuns): number => outer * channels * inner;
const channelOf = ({ channels, inner }: ChannelRuns, i: number): number => Math.floor(i / inner) % channels;
const nameOf = ({ outer, channels, inner }: ChannelRuns, seed: number): string => `${outer} × ${channels} × ${inner}, seed ${seed}`;

/** Halves to even, told by the remainder. */
export function halfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}

function extremes(runs: ChannelRuns, seed: number): Call {
  const x = values(sizeOf(runs), seed, seed % 3 > 0);
  return {
    name: nameOf(runs, seed),
    inputs: [x],
    outputs: () => [new Float32Array(runs.channels), new Float32Array(runs.channels)],
    run: ([given], [low, high], call) =>
      kernels.extremes(given as Float32Array, low as Float32Array, high as Float32Array, { ...runs, ...call }),
    expected: () => {
      const members = Array.from({ length: runs.channels }, (_, c) =>
        [...x].filter((v, i) => channelOf(runs, i) === c && !Number.isNaN(v)),
      );
      const all = (pick: (...list: number[]) => number): number[] => members.map(list => pick(...list) + 0);
      return { outputs: [all(Math.min), all(Math.max)], result: x.some(Number.isNaN) };
    },
  };
}

function histogram(length: number, seed: number): Call {
  const x = values(length, seed, seed % 3 > 0);
  const bins = [1, 2, 7, 64, 2048][seed % 5] as number;
  const absolute = seed % 2 === 0 ? 1 : 0;
  const [low, perUnit] = absolute ? [0, bins / 8] : [-3, [bins / 11, 0, 1e300][seed % 3] as number];
  return {
    name: `${length} values, ${bins} bins, seed ${seed}`,
    inputs: [x],
    outputs: () => [new Int32Array(bins).fill(99)],
    run: ([given], [counts], call) =>
      kernels.histogram(given as Float32Array, counts as Int32Array, { length, bins, absolute, low, perUnit, ...call }),
    expected: () => {
      const counts = new Array<number>(bins).fill(0);
      for (const v of x) {
        const place = ((absolute ? Math.abs(v) : v) - low) * perUnit;
        if (Number.isNaN(place)) continue;
        const bin = Math.min(bins - 1, Math.max(0, Math.floor(place)));
        counts[bin] = (counts[bin] as number) + 1;
      }
      return { outputs: [counts] };
    },
  };
}

const ends = [
  { low: -128, high: 127 },
  { low: -127, high: 127 },
  { low: 0, high: 255 },
  { low: -8, high: 7 },
];

function fakeQuantize(runs: ChannelRuns, seed: number, wanted: 'both' | 'codes' | 'reals' = 'both'): Call {
  const length = sizeOf(runs);
  const inputs = [values(length, seed), scales(runs.channels, seed), zeros(runs.channels, seed)] as const;
  const { low, high } = wanted === 'reals' ? { low: -(2 ** 15), high: 2 ** 15 - 1 } : (ends[seed % 4] as (typeof ends)[0]);
  const codes = (): Values[] => (wanted === 'reals' ? [] : [low < 0 ? new Int8Array(length) : new Uint8Array(length)]);
  const reals = (): Values[] => (wanted === 'codes' ? [] : [new Float32Array(length)]);
  const [x, scale, zero] = inputs;
  return {
    name: `${nameOf(runs, seed)}, ${wanted}`,
    inputs,
    outputs: () => [...codes(), ...reals()],
    run: (given, made, call) =>
      kernels.fakeQuantize(
        ...(given as [Float32Array, Float32Array, Int32Array]),
        wanted === 'reals' ? undefined : (made[0] as Int8Array),
        wanted === 'codes' ? undefined : (made.at(-1) as Float32Array),
        { ...runs, low, high, ...call },
      ),
    expected: () => {
      const q = Array.from(x, (v, i) => {
        const code = halfEven(v / (scale[channelOf(runs, i)] as number)) + (zero[channelOf(runs, i)] as number);
        // whatever has no remainder is an infinity, or NaN
        const quotient = v / (scale[channelOf(runs, i)] as number);
        if (Number.isNaN(quotient)) return 0;
        return Math.min(high, Math.max(low, Number.isFinite(quotient) ? code : quotient)) + 0;
      });
      const back = q.map((code, i) => Math.fround((scale[channelOf(runs, i)] as number) * (code - (zero[channelOf(runs, i)] as number))));
      return { outputs: wanted === 'both' ? [q, back] : wanted === 'codes' ? [q] : [back] };
    },
  };
}

function dequantize(runs: ChannelRuns, seed: number): Call {
  const length = sizeOf(runs);
  const signed = seed % 2 === 0 ? 1 : 0;
  const bytes = Uint8Array.from({ length }, (_, i) => i * 37 + seed);
  const codes = signed ? new Int8Array(bytes.buffer) : bytes;
  const [scale, zero] = [scales(runs.channels, seed), zeros(runs.channels, seed)];
  return {
    name: nameOf(runs, seed),
    inputs: [codes, scale, zero],
    outputs: () => [new Float32Array(length)],
    run: (given, [reals], call) =>
      kernels.dequantize(...(given as [Int8Array, Float32Array, Int32Array]), reals as Float32Array, { ...runs, signed, ...call }),
    expected: () => ({
      outputs: [
        Array.from(codes, (q, i) => Math.fround((scale[channelOf(runs, i)] as number) * (q - (zero[channelOf(runs, i)] as number)))),
      ],
    }),
  };
}

const lengths = [1, 2, 7, 15, 16, 17, 31, 32, 33, 47, 64, 65];

/** One channel, channels side by side and apart, with every tail of every rung; some so large that threads share them; and nothing at all. */
const runsOf: readonly ChannelRuns[] = [
  ...lengths.map(inner => ({ outer: 1, channels: 1, inner })),
  ...lengths.flatMap((channels, i) => [
    { outer: (i % 6) + 1, channels, inner: 1 },
    { outer: 1, channels, inner: (lengths[(i * 5) % 12] as number) + 1 },
    { outer: 3, channels, inner: lengths[(i * 7) % 12] as number },
  ]),
  ...[0, 1, 2].map(hole => ({ outer: hole === 0 ? 0 : 2, channels: hole === 1 ? 0 : 3, inner: hole === 2 ? 0 : 4 })),
];

const large: readonly ChannelRuns[] = [
  { outer: 1, channels: 1, inner: 300_007 },
  { outer: 1031, channels: 300, inner: 1 },
  { outer: 1, channels: 301, inner: 1009 },
  { outer: 37, channels: 41, inner: 211 },
];

/** The same call, whose definition is computed once. */
function known(call: Call): Call {
  let expected: ReturnType<Call['expected']> | undefined;
  return {
    ...call,
    expected: () => {
      expected ??= call.expected();
      return expected;
    },
  };
}

/** Calls with every tail. */
export const calls: Readonly<Record<Kernel, readonly Call[]>> = {
  extremes: runsOf.map(extremes).map(known),
  histogram: [...lengths, 0, 100, 1000, 4001].flatMap((length, i) => [
    histogram(length, i),
    histogram(length, i + 5),
    histogram(length, i + 10),
  ]),
  fakeQuantize: runsOf.flatMap((runs, i) =>
    (['both', 'codes', 'reals'] as const).map((wanted, j) => fakeQuantize(runs, i + j, wanted)).map(known),
  ),
  dequantize: runsOf.map(dequantize).map(known),
};

/** Calls that threads share. */
export const largeCalls: Readonly<Record<Kernel, readonly Call[]>> = {
  extremes: large.map(extremes),
  histogram: [histogram(400_003, 4), histogram(400_003, 13)],
  fakeQuantize: large.map((runs, i) => fakeQuantize(runs, i)),
  dequantize: large.map(dequantize),
};
