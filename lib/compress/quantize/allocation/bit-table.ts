import type { Model } from '../../../model/model.ts';
import { quantizationBits } from '../../../model/quantization/quantization.ts';
import { weightNames } from '../../../model/weights.ts';
import { LabError } from '../../../tensor/errors.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import { type QuantizedValue, quantizeWeights, type Scheme } from '../quantize-weights.ts';

/** Bits by parameter name. */
export type BitAllocation = Readonly<Record<string, number>>;

/** How weights of so many bits are quantized. */
export type SchemeOfBits = (bits: number) => Scheme;

/** One row of a table that an allocation is chosen from: one parameter at one width, all others float32. */
export interface BitPoint {
  /** Name of the parameter. */
  readonly parameter: string;
  readonly bits: number;
  /** How much worse the model is for it, in the unit of what measured it; losses of parameters are taken to add up. */
  readonly loss: number;
  /** Number of its weights. */
  readonly weights: number;
  /** Bits that it takes in storage: codes, scales, zero points, code book. */
  readonly storage: number;
}

/** What a table is made of. */
export interface BitTableOptions {
  /** Widths to try. */
  readonly bits: readonly number[];
  /** How weights of each width are quantized. */
  readonly scheme: SchemeOfBits;
  /** Names of the parameters; default: all weights. */
  readonly parameters?: readonly string[];
}

/** The model with each parameter of an allocation quantized at its width. */
export function quantizeByBits(model: Model, allocation: BitAllocation, scheme: SchemeOfBits): Model {
  return Object.entries(allocation).reduce((m, [name, bits]) => quantizeWeights(m, { ...scheme(bits), parameters: [name] }), model);
}

/** A row that has yet to be measured, with the model of which that one parameter is quantized. */
export interface BitTrial extends Omit<BitPoint, 'loss'> {
  readonly quantized: Model;
  readonly stored: QuantizedValue;
}

/**
 * The rows of a table, parameter by parameter, in the order of the widths.
 * @throws LabError `quantize/bits` for no width.
 */
export function* bitTrials(model: Model, options: BitTableOptions): Iterable<BitTrial> {
  const { bits: widths, scheme, parameters = weightNames(model) } = options;
  if (widths.length === 0) throw new LabError('quantize/bits', 'There is no width to try.', 'Such as bits: [2, 3, 4, 6, 8].');
  for (const parameter of parameters)
    for (const bits of widths) {
      const quantized = quantizeByBits(model, { [parameter]: bits }, scheme);
      const stored = quantized.parameters[parameter] as QuantizedValue;
      const [weights, storage] = [sizeOf(stored.value.shape), quantizationBits(stored.value, stored.quantization)];
      yield { parameter, bits, weights, storage, quantized, stored };
    }
}
