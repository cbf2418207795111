import { bitsOf, type DType, isArray, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { firstNotFinite } from '../../tensor/finite.ts';
import { elementsOf } from '../../tensor/pack.ts';
import { type Shape, sameShape } from '../../tensor/shape.ts';
import { gridShape } from '../../tensor/tiles.ts';
import { blockOf, type VectorPlace, vectorLength } from './block.ts';
import { numberFormat } from './number-formats.ts';
import {
  type Codebook,
  entriesShared,
  entryCount,
  type Quantization,
  type QuantizedScale,
  type Scale,
  type Stored,
} from './quantization.ts';

/** The error of a quantization that cannot be. */
export function refuse(where: string, message: string, hint = 'affine({ … }) and codebook({ … }) make quantizations that fit.'): never {
  throw new LabError('model/quantization', `${where}: ${message}`, hint);
}

const whole = (n: number, from: number, to = Number.MAX_SAFE_INTEGER): boolean => Number.isInteger(n) && n >= from && n <= to;

/**
 * Refuses a quantization that does not fit a parameter of this shape; `where` names it in the message.
 * @throws LabError `model/quantization`, `shape/tile`.
 */
export function assertQuantization(shape: Shape, quantization: Quantization, where = 'A quantization'): void {
  const { bits, tile, scale } = quantization;
  const grid = gridShape(shape, tile);
  if (!whole(bits, 1, 16)) refuse(where, `expected 1 to 16 bits, got ${bits}.`);
  if (scale) assertScale(grid, scale, where);
  if (quantization.kind === 'codebook' && quantization.format !== undefined) assertOwnNumbers(quantization, where);
  else if (quantization.kind === 'codebook') assertCodebook(quantization, { shape, grid, where });
  else if (!scale) refuse(where, 'an affine one has a scale.');
  else if (quantization.zeroPoint) assertTable(`${where}, zero points`, quantization.zeroPoint, { dtype: 'int32', shape: grid });
}

function assertScale(grid: Shape, scale: Scale, where: string): void {
  if (isArray(scale)) assertTable(`${where}, scales`, scale, { dtype: 'float32', shape: grid });
  else assertQuantizedScale(grid, scale, where);
}

function assertQuantizedScale(grid: Shape, scale: QuantizedScale, where: string): void {
  const { value, quantization } = scale;
  if (!isArray(value) || !quantization) refuse(where, 'scales are float32, or integers with a quantization of their own.');
  if (!sameShape(value.shape, grid)) refuse(where, `expected scales of shape [${grid}], the grid of the tiles; got [${value.shape}].`);
  if (quantization.scale && !isArray(quantization.scale) && !isOwnNumbers(quantization.scale))
    refuse(where, 'scales have two levels and no more.');
  if (quantization.kind === 'codebook' && quantization.vector) refuse(where, 'scales are single numbers, not vectors.');
  assertQuantization(grid, quantization, `${where}, scales`);
  assertStored(scale, `${where}, scales`);
}

/** Codes of a number format, which need no scale: shared exponents may stand below two levels. */
function isOwnNumbers({ quantization }: QuantizedScale): boolean {
  return quantization?.kind === 'codebook' && quantization.format !== undefined && quantization.scale === undefined;
}

function assertTable(where: string, { shape, dtype, data }: NDArray, expected: { readonly dtype: DType; readonly shape: Shape }): void {
  if (dtype !== expected.dtype || !sameShape(shape, expected.shape))
    refuse(where, `expected ${expected.dtype} [${expected.shape}], which the tiles ask for; got ${dtype} [${shape}].`);
  const broken = firstNotFinite(data);
  if (broken >= 0)
    refuse(where, `expected finite numbers; value ${broken} is ${data[broken]}.`, 'Does the range that it comes from hold NaN?');
}

/** Whether vectors lie along an axis that there is, or are blocks of this rank. */
function isPlace(vector: VectorPlace, rank: number): boolean {
  if ('block' in vector) return Array.isArray(vector.block) && vector.block.length === rank && vector.block.every(n => whole(n, 1));
  return whole(vector.axis, 0, rank - 1) && whole(vector.length, 1);
}

const divides = (length: number, axis: number | undefined): boolean => (axis as number) % length === 0;

const named = (vector: VectorPlace): string =>
  'block' in vector ? `[${String(vector.block)}]` : `${vector.length} along axis ${vector.axis}`;

function assertCodebook(
  quantization: Codebook,
  { shape, grid, where }: { readonly shape: Shape; readonly grid: Shape; readonly where: string },
): void {
  const { bits, tile, entries, vector } = quantization;
  if (vector) {
    const fits =
      isPlace(vector, shape.length) && [shape, tile].every(axes => blockOf(vector, axes.length).every((n, i) => divides(n, axes[i])));
    if (!fits) refuse(where, `vectors of ${named(vector)} do not divide the shape [${shape}] and its tile [${tile}].`);
  }
  const own = vector ? [vectorLength(vector)] : [];
  const count = entryCount(quantization);
  if (!whole(count, 1, 2 ** bits))
    refuse(where, `a code book of ${bits} bits has 1 to ${2 ** bits} entries; got shape [${entries.shape}].`);
  assertTable(`${where}, entries`, entries, { dtype: 'float32', shape: [...(entriesShared(quantization) ? [] : grid), count, ...own] });
}

/**
 * Refuses entries that take no storage, and are not what the name says.
 * @throws LabError `model/quantization`.
 */
export function assertOwnNumbers({ bits, entries, vector, format: name }: Codebook, where: string): void {
  const format = numberFormat(name as unknown) ?? refuse(where, `no number format is called ${String(name)}.`);
  if (vector) refuse(where, `${format.name} has single numbers, not vectors.`);
  if (bits !== format.bits) refuse(where, `${format.name} has ${format.bits} bits, got ${bits}.`);
  if (entries === format.entries) return;
  const { data, shape, dtype } = format.entries;
  const same = entries.dtype === dtype && sameShape(entries.shape, shape) && data.every((x, code) => Object.is(x, entries.data[code]));
  if (!same) refuse(where, `its entries are not the numbers of ${format.name}.`, 'Leave the name out: then they are stored.');
}

/**
 * Refuses integers that a quantization cannot read, or that its bits do not hold, signed or unsigned: sizes are computed from them.
 * @throws LabError `model/quantization`.
 */
export function assertStored({ value, quantization }: Required<Stored>, where = 'A quantization'): void {
  const { bits } = quantization;
  assertWidth(where, value.dtype, bits);
  let [low, high] = [0, 0];
  const values = elementsOf(value);
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  const fits = low >= 0 ? high < 2 ** bits : low >= -(2 ** (bits - 1)) && high < 2 ** (bits - 1);
  if (!fits) refuse(where, `values from ${low} to ${high} do not fit into ${bits} bits.`);
  if (quantization.kind === 'affine') return;
  if (quantization.format) assertNumbers(values, quantization, where);
  const count = entryCount(quantization);
  const stray = count < 2 ** bits ? values.findIndex(index => (index & (2 ** bits - 1)) >= count) : -1;
  if (stray >= 0) refuse(where, `index ${values[stray]} is none of the ${count} entries of the code book.`);
}

/**
 * Refuses a dtype that does not hold integers of so many bits.
 * @throws LabError `model/quantization`.
 */
export function assertWidth(where: string, dtype: DType, bits: number): void {
  if (dtype === 'float32' || !whole(bits, 1, Math.min(bitsOf(dtype), 16)))
    refuse(where, `values of ${dtype} cannot be quantized in ${bits} bits.`, 'Integers are int4, int8, uint8 or int32, of 1 to 16 bits.');
}

/** Codes of NaN and of the infinities stand for no weight. */
function assertNumbers(codes: ArrayLike<number>, { bits, entries, format }: Codebook, where: string): void {
  const mask = 2 ** bits - 1;
  for (let i = 0; i < codes.length; i++) {
    const x = entries.data[(codes[i] as number) & mask] as number;
    if (!Number.isFinite(x)) refuse(where, `expected finite numbers; code ${codes[i]} of ${format} is ${x}.`);
  }
}
