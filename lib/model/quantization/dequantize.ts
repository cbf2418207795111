import { array, isArray, type NDArray } from '../../tensor/array.ts';
import { channelRuns } from '../../tensor/channel-runs.ts';
import { channelReals } from '../../tensor/native-quantize.ts';
import { elementsOf } from '../../tensor/pack.ts';
import { tileMap } from '../../tensor/tiles.ts';
import { affineRows } from './affine-rows.ts';
import { blockOf, blockPlaces, type VectorPlace, vectorLength } from './block.ts';
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
  return array(shape, quantization.kind === 'affine' ? affineReals(value, quantization) : codebookReals(value, quantization));
}

/** The scale of each tile, float32. */
export function scalesOf(scale: Scale): NDArray['data'] {
  return isArray(scale) ? scale.data : dequantize(scale.value, scale.quantization).data;
}

function affineReals(value: NDArray, quantization: Affine): Float32Array {
  const stored = elementsOf(value);
  const scale = scalesOf(quantization.scale);
  const zeroPoint = quantization.zeroPoint?.data ?? new Int32Array(scale.length);
  const found = channelReals(stored, { scale, zeroPoint, runs: channelRuns(value.shape, quantization.tile) });
  if (found) return found;
  const real = new Float32Array(stored.length);
  affineRows({ scale, zeroPoint }, tileMap(value.shape, quantization.tile), (first, scales, zeroPoints) => {
    for (let c = 0, i = first; c < scales.length; c++, i++)
      real[i] = (scales[c] as number) * ((stored[i] as number) - (zeroPoints[c] as number));
  });
  return real;
}

function codebookReals(value: NDArray, quantization: Codebook): Float32Array {
  const { rows, columns } = tileMap(value.shape, storedShape(quantization.tile, quantization));
  const stored = elementsOf(value);
  const { bits, vector } = quantization;
  const { data: entries } = quantization.entries;
  const scale = quantization.scale && scalesOf(quantization.scale);
  const mask = 2 ** bits - 1;
  const count = entryCount(quantization);
  const own = entriesShared(quantization) ? 0 : count;
  const length = vector ? vectorLength(vector) : 1;
  const shape = realShape({ value, quantization });
  const places = length > 1 ? blockPlaces(shape, blockOf(vector as VectorPlace, shape.length)) : undefined;
  const real = new Float32Array(stored.length * length);
  for (let r = 0, i = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++, i++) {
      const tile = (rows[r] as number) + (columns[c] as number);
      const index = (stored[i] as number) & mask;
      if (index >= count) refuse('A code book', `index ${index} is none of the ${count} entries.`);
      const factor = scale ? (scale[tile] as number) : 1;
      const from = (tile * own + index) * length;
      const to = places ? (places.firsts[i] as number) : i;
      for (let k = 0; k < length; k++) real[to + (places ? (places.offsets[k] as number) : 0)] = factor * (entries[from + k] as number);
    }
  return real;
}
