import { bitLengthOf, isArray, type NDArray } from '../../tensor/array.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { blockOf, type VectorPlace } from './block.ts';
import type { NumberFormatName } from './number-formats.ts';

/** One number for each tile: float32 of the grid's shape, or integers of that shape with a quantization of their own (VS-Quant, QLoRA). */
export type Scale = NDArray | QuantizedScale;

/**
 * Scales stored as integers; the scale of their quantization is float32, so there are two levels and no more, but for codes of a number format below
 * them (shared exponents).
 */
export interface QuantizedScale {
  readonly value: NDArray;
  readonly quantization: Quantization;
}

/** real = scale[t] · (q - zeroPoint[t]) for a stored integer q in tile t. */
export interface Affine {
  readonly kind: 'affine';
  /** Bits that a stored integer takes, 1–16, signed or unsigned. */
  readonly bits: number;
  /** What shares a scale: a shape of the parameter's rank, such as [3, 3, 16, 1] for each output channel. */
  readonly tile: Shape;
  readonly scale: Scale;
  /** int32 of the grid's shape; without it the quantization is symmetric: 0, which costs nothing. */
  readonly zeroPoint?: NDArray;
}

/**
 * real = scale[t] · entries[index], or the entries of tile t. A stored integer is an index modulo 2^bits, so that int4 holds 0–15 too.
 *
 * Vector code book (product quantization): an index stands for `length` neighbours along `axis`, or for a `block` of neighbours along several axes, of
 * which the parameter must have a multiple. The parameter's value, its indices, is that much shorter along these axes; masks, tiles and what the
 * graph says keep counting in single numbers (`realShape`). Numbers of a block stand in row-major order in its entry.
 */
export interface Codebook {
  readonly kind: 'codebook';
  /** Bits that an index takes, 1–16. */
  readonly bits: number;
  /** What shares a scale, and the entries unless all share them: a shape of the parameter's rank, a multiple of the vector along its axes. */
  readonly tile: Shape;
  /** float32: [n] shared by all tiles or [...grid, n], n ≤ 2^bits; for vectors [n, numbers] or [...grid, n, numbers]. */
  readonly entries: NDArray;
  /** The number format whose own numbers the entries are, one for each code; they take no storage then, since the name says them all. */
  readonly format?: NumberFormatName;
  readonly scale?: Scale;
  readonly vector?: VectorPlace;
}

/** How a parameter's integers stand for real numbers. */
export type Quantization = Affine | Codebook;

/** Integers and, if they have one, their quantization: a parameter, or a quantized scale. */
export interface Stored {
  readonly value: NDArray;
  readonly quantization?: Quantization;
}

/** Shape of the numbers that a parameter stands for: that of its value, longer along the axes of a vector code book. */
export function realShape({ value, quantization }: Stored): Shape {
  const vector = quantization?.kind === 'codebook' ? quantization.vector : undefined;
  if (!vector) return value.shape;
  const block = blockOf(vector, value.shape.length);
  return value.shape.map((length, axis) => length * (block[axis] as number));
}

/** A shape or a tile of the parameter counted in stored integers: shorter along the axes of a vector code book. */
export function storedShape(shape: Shape, { vector }: Pick<Codebook, 'vector'>): Shape {
  if (!vector) return shape;
  const block = blockOf(vector, shape.length);
  return shape.map((length, axis) => length / (block[axis] as number));
}

/**
 * Bits that a quantized value takes: its integers at the width of the quantization, scales, zero points, entries, all as they are stored. Entries of a
 * number format are not stored.
 */
export function quantizationBits(value: NDArray, quantization: Quantization): number {
  const { bits, scale } = quantization;
  const table = quantization.kind === 'affine' ? quantization.zeroPoint : quantization.format ? undefined : quantization.entries;
  const scales = scale === undefined ? 0 : isArray(scale) ? bitLengthOf(scale) : quantizationBits(scale.value, scale.quantization);
  return sizeOf(value.shape) * bits + scales + (table ? bitLengthOf(table) : 0);
}

/** Tells whether all tiles share the entries of a code book, or each has its own. */
export function entriesShared({ entries, vector }: Codebook): boolean {
  return entries.shape.length === (vector ? 2 : 1);
}

/** Number of entries that an index chooses among. */
export function entryCount({ entries, vector }: Codebook): number {
  return entries.shape.at(vector ? -2 : -1) ?? 0;
}
