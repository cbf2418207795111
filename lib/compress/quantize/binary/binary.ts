import type { Model } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import type { Codebook } from '../../../model/quantization/quantization.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Random } from '../../../tensor/random.ts';
import { channel, type Granularity } from '../granularity/granularity.ts';
import { type MaskedValue, type WeightChoice, withWeights } from '../masked-value.ts';
import type { QuantizedValue } from '../quantize-weights.ts';
import { assertNumbers, meanMagnitudes } from './magnitudes.ts';

/** How weights become two numbers. */
export interface BinaryOptions {
  /** `mean`: ±α with α = mean |W| of each tile, the best there is; `none`: ±1. Default `mean`. */
  readonly scale?: 'mean' | 'none';
  /** What shares an α; default each output channel, a filter. */
  readonly granularity?: Granularity;
}

/** Indices into a code book. */
export type CodedValue = QuantizedValue & { readonly quantization: Codebook };

/**
 * A float32 value in one bit: α sign(W), sign(0) = +1, α = ‖W‖₁ / n, which minimises ‖W - α B‖² over all α and all signs B; or ±1. Courbariaux et al.
 * 2016 (BNN); scale: Rastegari et al. 2016 (BWN, XNOR-Net), equations 4 to 6.
 * @throws LabError `quantize/mask` for pruned weights, since one bit has no 0; `quantize/empty`, `quantize/finite`.
 * @example
 * const stored = binarize({ value: array([2, 2], [3, -1, 0, -5]) }, { granularity: axis(-1) });
 * realValue({ ...stored, trainable: true }).data; // → new Float32Array([1.5, -3, 1.5, -3])
 */
export function binarize({ value, mask, channelAxes }: MaskedValue, options: BinaryOptions = {}, where = 'The value'): CodedValue {
  const { scale = 'mean', granularity = channel() } = options;
  assertNumbers(value, where);
  if (mask?.data.some(kept => kept === 0))
    throw new LabError('quantize/mask', `${where}: one bit has no 0 for its pruned weights.`, 'ternarize takes two bits, and has one.');
  const tile = granularity.tile(value.shape, channelAxes);
  const scales = scale === 'mean' && { scale: [...meanMagnitudes({ value, tile })] };
  const { shape } = value;
  return {
    value: signCodes(value, x => x >= 0),
    quantization: codebook({ shape, bits: 1, entries: [-1, 1], ...(scales && { tile, ...scales }) }),
  };
}

/**
 * A float32 value in one bit, drawn: +1 with probability clip((x + 1) / 2, 0, 1), else -1, so that its mean over many draws is x clipped to
 * -1 … 1. Courbariaux et al. 2015 (BinaryConnect), equation 2.
 * @throws LabError `quantize/empty`, `quantize/finite`.
 */
export function binarizeAtRandom(value: NDArray, rng: Random, where = 'The value'): CodedValue {
  assertNumbers(value, where);
  return {
    value: signCodes(value, x => rng.next() < (x + 1) / 2),
    quantization: codebook({ shape: value.shape, bits: 1, entries: [-1, 1] }),
  };
}

function signCodes({ shape, data }: NDArray, positive: (x: number) => boolean): NDArray {
  const codes = new Uint8Array(data.length);
  for (let i = 0; i < codes.length; i++) codes[i] = positive(data[i]) ? 1 : 0;
  return array(shape, codes, 'uint8');
}

/**
 * The model with its weights in one bit each, see `binarize`; biases and batch norm stay float32. Binary nets usually keep their first and last layer:
 * name the others in `parameters`.
 * @throws LabError `quantize/parameter`, and the errors of `binarize` with the parameter's name.
 */
export function binaryQuantize(model: Model, options: BinaryOptions & WeightChoice = {}): Model {
  return withWeights(model, options, (weight, where) => binarize(weight, options, where));
}
