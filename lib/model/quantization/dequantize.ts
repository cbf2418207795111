import { array, isArray, type NDArray } from '../../tensor/array.ts';
import { elementsOf } from '../../tensor/pack.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { type TileMap, tileMap } from '../../tensor/tiles.ts';
import { assertQuantization, refuse } from './checks.ts';
import {
  type Affine,
  type Codebook,
  entriesShared,
  entryCount,
  type Quantization,
  realShape,
  type Scale,
  storedShape,
} from './quantization.ts';

/**
 * The real numbers that stored integers stand for, float32 of `realShape`: scale[t] · (q - zeroPoint[t]), or scale[t] · entries[q].
 * Products are in double precision and rounded once; quantized scales are dequantized to float32 before.
 * @throws LabError `model/quantization`, `shape/tile` when the quantization does not fit the value.
 */
export function dequantize(value: NDArray, quantization: Quantization): NDArray {
  const shape = realShape({ value, quantization });
  assertQuantization(shape, quantization);
  const affine = quantization.kind === 'affine';
  const tiles = tileMap(value.shape, affine ? quantization.tile : storedShape(quantization.tile, quantization));
  const stored = elementsOf(value);
  return array(shape, affine ? affineReals(stored, quantization, tiles) : codebookReals(stored, { quantization, tiles, value }));
}

/** The scale of each tile, float32. */
export function scalesOf(scale: Scale): NDArray['data'] {
  return isArray(scale) ? scale.data : dequantize(scale.value, scale.quantization).data;
}

function affineReals(stored: ArrayLike<number>, quantization: Affine, { rows, columns }: TileMap): Float32Array {
  const scale = scalesOf(quantization.scale);
  const zeroPoint = quantization.zeroPoint?.data ?? new Int32Array(scale.length);
  const real = new Float32Array(stored.length);
  const { length } = columns;
  const [units, zeros] = [new Float64Array(length), new Float64Array(length)];
  for (let r = 0, i = 0, known = -1; r < rows.length; r++) {
    const row = rows[r] as number;
    if (row !== known)
      for (let c = 0; c < length; c++) {
        units[c] = scale[row + (columns[c] as number)] as number;
        zeros[c] = zeroPoint[row + (columns[c] as number)] as number;
      }
    known = row;
    for (let c = 0; c < length; c++, i++) real[i] = (units[c] as number) * ((stored[i] as number) - (zeros[c] as number));
  }
  return real;
}

interface Lookup {
  readonly quantization: Codebook;
  readonly tiles: TileMap;
  readonly value: NDArray;
}

function codebookReals(stored: ArrayLike<number>, { quantization, tiles: { rows, columns }, value }: Lookup): Float32Array {
  const { bits, vector } = quantization;
  const { data: entries } = quantization.entries;
  const scale = quantization.scale && scalesOf(quantization.scale);
  const mask = 2 ** bits - 1;
  const count = entryCount(quantization);
  const own = entriesShared(quantization) ? 0 : count;
  const length = vector?.length ?? 1;
  // a vector's numbers stand as far apart as the indices along its axis
  const inner = vector ? sizeOf(value.shape.slice(vector.axis + 1)) : 1;
  const real = new Float32Array(stored.length * length);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const tile = (rows[r] as number) + (columns[c] as number);
      const index = (stored[i] as number) & mask;
      if (index >= count) refuse('A code book', `index ${index} is none of the ${count} entries.`);
      const factor = scale ? (scale[tile] as number) : 1;
      const from = (tile * own + index) * length;
      const to = length === 1 ? i : i + (length - 1) * (i - (i % inner));
      for (let k = 0; k < length; k++) real[to + k * inner] = factor * (entries[from + k] as number);
    }
  return real;
}
