import { affine } from '../../../model/quantization/affine.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { gridShape, perAxis, tileMap } from '../../../tensor/tiles.ts';
import { affineFormat, codesOf } from '../format/affine.ts';
import type { Format } from '../format/format.ts';
import { type Granularity, group } from './granularity.ts';

/** How many bits codes and scales have, and what shares them. */
export interface VsQuantOptions {
  /** Bits of a weight, N: 2–8. */
  readonly bits: number;
  /** Bits of a vector's integer scale, M: 2–8; default 4. */
  readonly scaleBits?: number;
  /** Neighbours that share an integer scale, V; default 16. */
  readonly vector?: number;
  /** The axis along which they lie; default the second last, what an output sums over. */
  readonly along?: number;
  /** The axis of whose indices each has a float32 scale; default the last, output channels. */
  readonly channels?: number;
}

/** A format with the granularity that it is made for: both fields of a scheme. */
export interface FormatAndGranularity {
  readonly format: Format;
  readonly granularity: Granularity;
}

/**
 * Two levels of scales: r = γ_c · s_v · q with an integer s_v for each vector of V neighbours and a float32 γ_c for each channel. The scale that a
 * vector needs is max |r| / q_max; γ_c is the largest of a channel / (2^M - 1), s_v = max(1, round(needed / γ_c)). N + M / V bits a weight, and
 * 32 a channel. Dai et al. 2021 (VS-Quant), section 4.4.
 * @throws LabError `quantize/bits`, `shape/tile`.
 * @example
 * const model = mlp({ input: [64], hidden: [], classes: 10 });
 * const quantized = quantizeWeights(model, vsQuant({ bits: 4 }));
 * parameterBits(quantized.parameters['dense-1.kernel']); // → 640 * 4.25 + 10 * 32
 */
export function vsQuant({ bits, scaleBits = 4, vector = 16, along = -2, channels = -1 }: VsQuantOptions): FormatAndGranularity {
  const plain = affineFormat({ bits, symmetric: true });
  if (!(Number.isInteger(scaleBits) && scaleBits >= 2 && scaleBits <= 8))
    throw new LabError('quantize/bits', `Integer scales have 2 to 8 bits; got ${scaleBits}.`, 'Four are usual.');
  const [, last] = codesOf({ bits, symmetric: true });
  const format: Format = {
    ...plain,
    name: `vs-quant ${bits}/${scaleBits}`,
    quantization(intervals, { shape, tile }) {
      const needed = intervals.map(({ low, high }) => Math.max(-low, high) / last);
      const grid = gridShape(shape, tile);
      return affine({ shape, bits, tile, scale: integerScales(needed, { grid, scaleBits, channels }) });
    },
  };
  return { format: Object.freeze(format), granularity: group(vector, along) };
}

interface Levels {
  readonly grid: Shape;
  readonly scaleBits: number;
  readonly channels: number;
}

function integerScales(needed: readonly number[], { grid, scaleBits, channels }: Levels): Parameters<typeof affine>[0]['scale'] {
  const most = 2 ** scaleBits - 1;
  const tile = perAxis(grid, channels);
  const { rows, columns } = tileMap(grid, tile);
  const channelOf = (i: number): number => (rows[Math.floor(i / columns.length)] as number) + (columns[i % columns.length] as number);
  const largest = new Float64Array(sizeOf(gridShape(grid, tile)));
  needed.forEach((scale, i) => {
    largest[channelOf(i)] = Math.max(largest[channelOf(i)] as number, scale);
  });
  const gamma = [...largest].map(scale => (scale === 0 ? 1 : Math.max(Math.fround(scale / most), 2 ** -126)));
  const whole = needed.map((scale, i) => Math.min(most, Math.max(1, roundHalfEven(scale / (gamma[channelOf(i)] as number)))));
  return { value: array(grid, whole, 'uint8'), quantization: affine({ shape: grid, bits: scaleBits, tile, scale: gamma }) };
}
