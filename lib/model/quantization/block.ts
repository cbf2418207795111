import { type Shape, sizeOf } from '../../tensor/shape.ts';

/** Which numbers of a parameter are a vector: neighbours along one axis, or a block of the parameter's rank such as [3, 3, 1, 1]. */
export type VectorPlace = { readonly axis: number; readonly length: number } | { readonly block: Shape };

/** The block of a vector: as long along each axis as it reaches, 1 along all others. */
export function blockOf(vector: VectorPlace, rank: number): Shape {
  if ('block' in vector) return vector.block;
  return Array.from({ length: rank }, (_, axis) => (axis === vector.axis ? vector.length : 1));
}

/** Numbers of a vector. */
export const vectorLength = (vector: VectorPlace): number => ('block' in vector ? sizeOf(vector.block) : vector.length);

/**
 * Where the numbers of blocks lie in an array of this shape: that of each block's first number, in row-major order of the blocks, and how far behind it
 * each number of a block lies, in row-major order of the block. The block divides the shape: [2, 2] in [2, 4] has firsts 0, 2 and offsets 0, 1, 4, 5.
 */
export function blockPlaces(shape: Shape, block: Shape): { readonly firsts: Int32Array; readonly offsets: Int32Array } {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return {
    firsts: places(
      shape.map((length, axis) => length / (block[axis] as number)),
      strides.map((stride, axis) => stride * (block[axis] as number)),
    ),
    offsets: places(block, strides),
  };
}

/** Σ index · stride for every index of an array, in row-major order. */
function places(shape: Shape, strides: readonly number[]): Int32Array {
  const found = new Int32Array(sizeOf(shape));
  let count = 1;
  // axis by axis from the last: what stands already is repeated for each further index
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    for (let i = 1; i < (shape[axis] as number); i++)
      for (let k = 0; k < count; k++) found[i * count + k] = (found[k] as number) + i * (strides[axis] as number);
    count *= shape[axis] as number;
  }
  return found;
}
