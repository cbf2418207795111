import type { Parameter } from '../../../model/model.ts';
import { dequantize } from '../../../model/quantization/dequantize.ts';
import type { Codebook } from '../../../model/quantization/quantization.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { sizeOf } from '../../../tensor/shape.ts';

/** A weight whose quantization is a code book. */
export type CodebookParameter = Parameter & { readonly quantization: Codebook };

/** Whether a weight is made of the numbers of a code book, without a scale. */
export function hasCodebook(parameter: Parameter | undefined): parameter is CodebookParameter {
  return parameter?.quantization?.kind === 'codebook' && !parameter.quantization.scale;
}

/**
 * For each number of a weight, in row-major order, the place of the entry that it is in the flat list of all entries (those of all tiles, of vectors
 * number by number): real[i] = entries.data[places[i]]. Pruned ones have a place too.
 * @throws LabError `quantize/entries` for 2^24 entries and more.
 */
export function entryPlaces({ value, quantization }: Pick<CodebookParameter, 'value' | 'quantization'>): Int32Array {
  const { shape } = quantization.entries;
  const count = sizeOf(shape);
  if (count >= 2 ** 24)
    throw new LabError(
      'quantize/entries',
      `A code book of ${count} numbers is too large to be trained.`,
      'Take fewer bits or larger tiles.',
    );
  // a code book that holds the places of its own entries says where each number comes from
  const places = array(
    shape,
    Float32Array.from({ length: count }, (_, place) => place),
  );
  return Int32Array.from(dequantize(value, { ...quantization, entries: places }).data);
}
