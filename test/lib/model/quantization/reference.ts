import type { Quantization, Scale } from '../../../../lib/model/quantization/quantization.ts';
import { isArray, type NDArray } from '../../../../lib/tensor/array.ts';
import type { Shape } from '../../../../lib/tensor/shape.ts';

/** Row-major place of an element, axis by axis. */
export function flatIndex(shape: Shape, at: readonly number[]): number {
  return at.reduce((sum, i, axis) => sum * (shape[axis] as number) + i, 0);
}

/** Every index of an array, in row-major order. */
export function everyIndex(shape: Shape): number[][] {
  return shape.reduce<number[][]>((all, length) => all.flatMap(at => Array.from({ length }, (_, i) => [...at, i])), [[]]);
}

function storedAt({ dtype, data }: NDArray, i: number): number {
  if (dtype !== 'int4') return data[i] as number;
  const nibble = ((data[Math.floor(i / 2)] as number) >> (i % 2 === 0 ? 0 : 4)) & 15;
  return nibble >= 8 ? nibble - 16 : nibble;
}

function scaleAt(scale: Scale | undefined, grid: Shape, tile: readonly number[]): number {
  if (scale === undefined) return 1;
  return isArray(scale)
    ? (scale.data[flatIndex(grid, tile)] as number)
    : Math.fround(realAt(scale.value, scale.quantization, { shape: grid, at: tile }));
}

/** The number at one index, straight from the formulas, in double precision. */
function realAt(value: NDArray, quantization: Quantization, { shape, at }: { shape: Shape; at: readonly number[] }): number {
  const tile = at.map((i, axis) => Math.floor(i / (quantization.tile[axis] as number)));
  const grid = shape.map((length, axis) => Math.ceil(length / (quantization.tile[axis] as number)));
  const scale = scaleAt(quantization.scale, grid, tile);
  if (quantization.kind === 'affine') {
    const zeroPoint = quantization.zeroPoint?.data[flatIndex(grid, tile)] ?? 0;
    return scale * (storedAt(value, flatIndex(shape, at)) - zeroPoint);
  }
  const { bits, entries, vector } = quantization;
  const reach = at.map((_, axis) => {
    if (!vector) return 1;
    return 'block' in vector ? (vector.block[axis] as number) : axis === vector.axis ? vector.length : 1;
  });
  const own = at.map((i, axis) => Math.floor(i / (reach[axis] as number)));
  const stored = storedAt(value, flatIndex(value.shape, own));
  const index = ((stored % 2 ** bits) + 2 ** bits) % 2 ** bits;
  const inside = flatIndex(
    reach,
    at.map((i, axis) => i % (reach[axis] as number)),
  );
  const within = vector ? [index, inside] : [index];
  const place = entries.shape.length > within.length ? [...tile, ...within] : within;
  return scale * (entries.data[flatIndex(entries.shape, place)] as number);
}

/** What `dequantize` should give for a parameter of this shape: element by element, without anything of the module. */
export function dequantizedReference(value: NDArray, quantization: Quantization, shape: Shape): Float32Array {
  return Float32Array.from(everyIndex(shape), at => realAt(value, quantization, { shape, at }));
}
