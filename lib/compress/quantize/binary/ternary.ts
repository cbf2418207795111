import type { Model } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tileIndices } from '../../../tensor/tiles.ts';
import { type Granularity, tensor } from '../granularity/granularity.ts';
import { type MaskedValue, type WeightChoice, withWeights } from '../masked-value.ts';
import type { CodedValue } from './binary.ts';
import { assertNumbers, meanMagnitudes } from './magnitudes.ts';

/** How weights become three numbers. */
export interface TernaryOptions {
  /** Weights up to so many times the mean magnitude become 0; default 0.7. */
  readonly threshold?: number;
  /** What shares a threshold and a scale; default the whole weight. */
  readonly granularity?: Granularity;
}

/**
 * A float32 value as -α, 0, α: 0 where |W| ≤ Δ, Δ = 0.7 mean |W|; α = mean |W| of those above Δ. Means are over the weights of a tile that are not pruned;
 * pruned ones are 0. Two bits a weight. Li et al. 2016 (TWN), equations 5 and 6.
 * @throws LabError `quantize/threshold`, `quantize/empty`, `quantize/finite`.
 * @example
 * const stored = ternarize({ value: array([4], [0.5, -3, 1, 5]) });
 * realValue({ ...stored, trainable: true }).data; // → new Float32Array([0, -4, 0, 4])
 */
export function ternarize({ value, mask, channelAxes }: MaskedValue, options: TernaryOptions = {}, where = 'The value'): CodedValue {
  const { threshold = 0.7, granularity = tensor() } = options;
  assertNumbers(value, where);
  assertThreshold(threshold, where);
  const { shape, data } = value;
  const tile = granularity.tile(shape, channelAxes);
  const above = meanMagnitudes({ value, mask, tile }).map(mean => threshold * mean);
  const scale = [...meanMagnitudes({ value, mask, tile, above })];
  const { of } = tileIndices(shape, tile);
  const codes = Uint8Array.from(data, (x, i) => (mask?.data[i] === 0 || Math.abs(x) <= above[of[i]] ? 1 : x > 0 ? 2 : 0));
  return { value: array(shape, codes, 'uint8'), quantization: codebook({ shape, bits: 2, entries: [-1, 0, 1], tile, scale }) };
}

/** Refuses thresholds that are no shares. */
export function assertThreshold(threshold: number, where: string): void {
  if (threshold >= 0 && Number.isFinite(threshold)) return;
  throw new LabError('quantize/threshold', `${where}: a threshold is a number from 0; got ${threshold}.`, 'TWN takes 0.7, TTQ 0.05.');
}

/**
 * The model with its weights in two bits each, see `ternarize`; biases and batch norm stay float32, masks stay.
 * @throws LabError `quantize/parameter`, and the errors of `ternarize` with the parameter's name.
 */
export function ternaryQuantize(model: Model, options: TernaryOptions & WeightChoice = {}): Model {
  return withWeights(model, options, (weight, where) => ternarize(weight, options, where));
}
