import { array, isArray, type NDArray } from '../../tensor/array.ts';
import type { Shape } from '../../tensor/shape.ts';
import { gridShape, perTensor } from '../../tensor/tiles.ts';
import { scaleOf } from './affine.ts';
import { assertQuantization, refuse } from './checks.ts';
import { type NumberFormatName, numberFormat, numberFormatNames } from './number-formats.ts';
import type { Codebook, Scale } from './quantization.ts';

/** What `codebook` takes. */
export interface CodebookOptions {
  /** The parameter's shape (of its real numbers, not of its indices, where entries are vectors). */
  readonly shape: Shape;
  /** Bits of a stored index, 1–16. */
  readonly bits: number;
  /** Default the whole array. */
  readonly tile?: Shape;
  /** A list is shared by all tiles; a name stands for the numbers of that format, which take no storage. */
  readonly entries: NDArray | readonly number[] | NumberFormatName;
  /** A list is in row-major order of the tiles. */
  readonly scale?: Scale | readonly number[];
  /** Where entries are vectors: the axis along which their numbers lie, and how many; or the block that they fill. */
  readonly vector?: Codebook['vector'];
}

/**
 * A code-book quantization, checked: real = entries[index], times the scale of the tile if there is one. Source of ±1 with a scale a channel:
 * Rastegari et al. 2016; of vectors: Gong et al. 2014.
 * @throws LabError `model/quantization`, `shape/tile`, `array/size`.
 * @example
 * const quantization = codebook({ shape: [2, 2], bits: 1, tile: perAxis([2, 2], 1), entries: [-1, 1], scale: [0.5, 2] });
 * const parameter = { value: array([2, 2], [0, 1, 1, 0], 'uint8'), trainable: true, quantization };
 * realValue(parameter).data; // → new Float32Array([-0.5, 2, 0.5, -2])
 * parameterBits(parameter); // → 4 * 1 + 2 * 32 + 2 * 32
 */
export function codebook({ shape, bits, tile = perTensor(shape), entries, scale, vector }: CodebookOptions): Codebook {
  const grid = gridShape(shape, tile);
  const made: Codebook = {
    kind: 'codebook',
    bits,
    tile: Object.freeze([...tile]),
    ...entriesOf(entries),
    ...(scale && { scale: scaleOf(grid, scale) }),
    ...(vector && { vector: Object.freeze('block' in vector ? { block: Object.freeze([...vector.block]) } : { ...vector }) }),
  };
  assertQuantization(shape, made);
  return Object.freeze(made);
}

function entriesOf(entries: CodebookOptions['entries']): Pick<Codebook, 'entries' | 'format'> {
  if (typeof entries === 'string') return ownNumbers(entries);
  return { entries: isArray(entries) ? entries : array([entries.length], entries) };
}

/**
 * The entries that the name of a number format stands for.
 * @throws LabError `model/quantization` for a name that there is not.
 */
export function ownNumbers(name: unknown, where = 'A code book'): Required<Pick<Codebook, 'entries' | 'format'>> {
  const format = numberFormat(name);
  if (!format) return refuse(where, `no number format is called ${String(name)}.`, `There are ${numberFormatNames.join(', ')}.`);
  return { entries: format.entries, format: format.name };
}
