import { affine } from '../../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../../lib/model/quantization/codebook.ts';
import type { Quantization, Scale } from '../../../../lib/model/quantization/quantization.ts';
import { allocate, array, type DType, type NDArray } from '../../../../lib/tensor/array.ts';
import { integers, normal, type Random } from '../../../../lib/tensor/random.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';

export interface Quantized {
  readonly value: NDArray;
  readonly quantization: Quantization;
}

/** A tile of any size, per tensor and per axis among them. */
export function arbitraryTile(shape: Shape, rng: Random): Shape {
  return shape.map(length => rng.pick([1, Math.max(1, length), rng.int(1, Math.max(1, length))]));
}

/** Any quantization of an array of this shape, with integers that it can read. */
export function arbitraryQuantized(shape: Shape, rng: Random, tile: Shape = arbitraryTile(shape, rng)): Quantized {
  return rng.pick([affineValue, codebookValue, codebookValue, vectorValue, blockValue])(shape, tile, rng);
}

const gridOf = (shape: Shape, tile: Shape): Shape => shape.map((length, axis) => Math.ceil(length / (tile[axis] as number)));

function widthOf(rng: Random): { dtype: DType; bits: number } {
  const dtype = rng.pick(['int4', 'int8', 'uint8', 'int32'] as const);
  return { dtype, bits: rng.int(1, { int4: 4, int8: 8, uint8: 8, int32: 16 }[dtype]) };
}

function affineValue(shape: Shape, tile: Shape, rng: Random): Quantized {
  const { dtype, bits } = widthOf(rng);
  const zeroPoint = rng.pick([undefined, integers(rng, gridOf(shape, tile), { low: -5, high: 5 })]);
  const low = dtype === 'uint8' ? 0 : -(2 ** (bits - 1));
  const value = integerArray(shape, dtype, () => low + rng.int(0, 2 ** bits - 1));
  return { value, quantization: affine({ shape, bits, tile, scale: arbitraryScale(gridOf(shape, tile), rng), zeroPoint }) };
}

function codebookValue(shape: Shape, tile: Shape, rng: Random): Quantized {
  const { dtype, bits } = widthOf(rng);
  const count = rng.int(1, Math.min(2 ** bits, 20));
  const entries = normal(rng, [...rng.pick([[], gridOf(shape, tile)]), count]);
  const scale = rng.pick([undefined, arbitraryScale(gridOf(shape, tile), rng)]);
  const value = integerArray(shape, dtype, () => indexFor(dtype, bits, rng.int(0, count - 1)));
  return { value, quantization: codebook({ shape, bits, tile, entries, scale }) };
}

/** Signed dtypes hold the upper half of the indices as negative numbers, so that they fit into the bits on either side of 0. */
const indexFor = (dtype: DType, bits: number, index: number): number =>
  dtype === 'uint8' || index < 2 ** (bits - 1) ? index : index - 2 ** bits;

function vectorValue(shape: Shape, tile: Shape, rng: Random): Quantized {
  const axis = rng.int(0, Math.max(0, shape.length - 1));
  const lengths = [1, 2, 3, 4].filter(length => shape.length > 0 && [shape, tile].every(axes => (axes[axis] as number) % length === 0));
  if (lengths.length === 0) return codebookValue(shape, tile, rng);
  const length = rng.pick(lengths);
  const count = rng.int(1, 8);
  const entries = normal(rng, [...rng.pick([[], gridOf(shape, tile)]), count, length]);
  const scale = rng.pick([undefined, arbitraryScale(gridOf(shape, tile), rng)]);
  const value = integerArray(shape.with(axis, (shape[axis] as number) / length), 'uint8', () => rng.int(0, count - 1));
  return { value, quantization: codebook({ shape, bits: 3, tile, entries, scale, vector: { axis, length } }) };
}

function blockValue(shape: Shape, tile: Shape, rng: Random): Quantized {
  const block = shape.map((size, axis) => rng.pick([1, 2, 3, 4].filter(n => size % n === 0 && (tile[axis] as number) % n === 0)));
  const stored = shape.map((size, axis) => size / (block[axis] as number));
  const count = rng.int(1, 8);
  const entries = normal(rng, [...rng.pick([[], gridOf(shape, tile)]), count, sizeOf(block)]);
  const scale = rng.pick([undefined, arbitraryScale(gridOf(shape, tile), rng)]);
  const value = integerArray(stored, 'uint8', () => rng.int(0, count - 1));
  return { value, quantization: codebook({ shape, bits: 3, tile, entries, scale, vector: { block } }) };
}

function arbitraryScale(grid: Shape, rng: Random): Scale {
  if (rng.pick([true, false])) return normal(rng, grid);
  const tile = arbitraryTile(grid, rng);
  const value = integerArray(grid, rng.pick(['uint8', 'int8', 'int4']), () => rng.int(0, 7));
  const scale = normal(rng, gridOf(grid, tile));
  return {
    value,
    quantization: rng.pick([
      affine({ shape: grid, bits: 4, tile, scale }),
      codebook({ shape: grid, bits: 3, tile, entries: normal(rng, [8]), scale }),
    ]),
  };
}

function integerArray(shape: Shape, dtype: DType, next: () => number): NDArray {
  const values = Array.from({ length: sizeOf(shape) }, next);
  if (dtype !== 'int4') return array(shape, values, dtype);
  const packed = allocate('int4', values.length);
  for (const [i, value] of values.entries()) packed[i >> 1] = (packed[i >> 1] as number) | ((value & 15) << (4 * (i & 1)));
  return array(shape, packed, 'int4');
}
