import { kMeans } from '../../../lib/compress/quantize/codebook/k-means.ts';
import { affineFormat } from '../../../lib/compress/quantize/format/affine.ts';
import { channel } from '../../../lib/compress/quantize/granularity/granularity.ts';
import { fakeQuantizeValue, type QuantizedValue, quantizeValue } from '../../../lib/compress/quantize/quantize-weights.ts';
import { kl } from '../../../lib/compress/quantize/range/kl.ts';
import { mse } from '../../../lib/compress/quantize/range/mse.ts';
import { extremeStatistics, statisticsOf } from '../../../lib/compress/quantize/range/statistics.ts';
import { dequantize } from '../../../lib/model/quantization/dequantize.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { random } from '../../../lib/tensor/random.ts';

/** Rows and columns: 10 M numbers. */
export const side = 3200;

/** How many numbers are clustered. */
const clustered = 2_000_000;

/** Numbers with the tails of trained weights: sums of uniform ones, now and then times 4. */
export function numbers(): Float32Array {
  const rng = random(1);
  return Float32Array.from({ length: side * side }, (_, i) => (rng.next() + rng.next() + rng.next() - 1.5) * (i % 97 === 0 ? 4 : 1));
}

/** Weights [in, out] as ours are; the peers' [out, in] holds the same numbers. */
export function matrix(values: Float32Array): NDArray {
  const turned = new Float32Array(values.length);
  for (let o = 0; o < side; o++) for (let i = 0; i < side; i++) turned[i * side + o] = values[o * side + i] as number;
  return array([side, side], turned);
}

/** The numbers that are clustered. */
export const fewerOf = (values: Float32Array): Float32Array => values.slice(0, clustered);

const format = affineFormat({ bits: 8, symmetric: true });

/** How the weight is quantized: int8 -127 … 127, a scale for each output channel. */
const scheme = { format, granularity: channel() };

/** Ours, of the same numbers. */
export const quantized = (weight: NDArray): QuantizedValue => quantizeValue(weight, scheme);

/** What is measured, by name. */
export const works: Readonly<
  Record<
    'channels' | 'fake' | 'histogram' | 'kl' | 'squared' | 'kmeans',
    (given: { weight: NDArray; values: Float32Array; fewer: Float32Array }) => unknown
  >
> = {
  channels({ weight }) {
    const { value, quantization } = quantized(weight);
    return dequantize(value, quantization);
  },
  fake: ({ weight }) => fakeQuantizeValue(weight, scheme),
  histogram: ({ values }) => statisticsOf(values).histogram,
  kl: ({ values }) => kl().interval(statisticsOf(values), format).high,
  squared({ values }) {
    const { count, min, max, histogram } = statisticsOf(values);
    // as activations come: their values are gone
    return mse().interval({ ...extremeStatistics({ count, min, max }), histogram }, format).high;
  },
  kmeans: ({ fewer }) => kMeans(fewer, { clusters: 16, iterations: 20 }),
};
