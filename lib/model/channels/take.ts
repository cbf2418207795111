import { allocate, array, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import type { Parameter, Quantization } from '../model.ts';
import { storedIntegers } from '../real-value.ts';

/** For some axes of an array: which indices stay, in their new order. */
export type Places = ReadonlyMap<number, Int32Array>;

/**
 * The values at the given places of each axis: y[i, j, …] = x[places₀[i], places₁[j], …]. One pass, whatever the number of axes.
 * int4 values are unpacked and packed again.
 */
export function takePlaces(x: NDArray, places: Places): NDArray {
  if (places.size === 0) return x;
  const shape = x.shape.map((length, axis) => places.get(axis)?.length ?? length);
  if (x.dtype !== 'int4') return array(shape, gather(x, shape, places), x.dtype);
  const unpacked = array(x.shape, Int8Array.from(storedIntegers(x)), 'int8');
  return array(shape, packed(gather(unpacked, shape, places)), 'int4');
}

function gather({ shape: from, dtype, data }: NDArray, shape: Shape, places: Places): NDArray['data'] {
  const y = allocate(dtype, sizeOf(shape));
  // trailing axes that stay whole move as one run
  let inner = from.length;
  while (inner > 0 && !places.has(inner - 1)) inner--;
  const run = sizeOf(from.slice(inner));
  let written = 0;
  const walk = (axis: number, start: number): void => {
    const stride = sizeOf(from.slice(axis + 1));
    const kept = places.get(axis);
    const count = shape[axis] as number;
    if (axis === inner - 1) written = takeRuns(y, data, { written, start, run, places: kept as Int32Array });
    else for (let i = 0; i < count; i++) walk(axis + 1, start + (kept ? (kept[i] as number) : i) * stride);
  };
  walk(0, 0);
  return y;
}

/** Copies runs of values from the places of an axis that starts at `start`; returns where the next value goes. */
function takeRuns(
  y: NDArray['data'],
  data: NDArray['data'],
  { written, start, run, places }: { written: number; start: number; run: number; places: Int32Array },
): number {
  if (run === 1) for (let i = 0; i < places.length; i++) y[written + i] = data[start + (places[i] as number)] as number;
  else
    for (let i = 0; i < places.length; i++) {
      const at = start + (places[i] as number) * run;
      y.set(data.subarray(at, at + run), written + i * run);
    }
  return written + places.length * run;
}

/** Two four-bit integers a byte, the first in the low half. */
function packed(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) bytes[i >> 1] = (bytes[i >> 1] as number) | (((values[i] as number) & 15) << (4 * (i & 1)));
  return bytes;
}

/** The parameter with some indices of some axes, its mask and its scales along with it. */
export function takeFromParameter(parameter: Parameter, places: Places): Parameter {
  const { value, mask, quantization } = parameter;
  return Object.freeze({
    ...parameter,
    value: takePlaces(value, places),
    ...(mask && { mask: takePlaces(mask, places) }),
    ...(quantization && { quantization: takeScales(quantization, value.shape, places) }),
  });
}

/** Shape in which a quantization's tables stand: one for the tensor, or one for each index of its axis, or for each group of indices. */
function tableShape({ granularity: { axis, group } }: Quantization, shape: Shape): Shape {
  if (axis === undefined) return [1];
  const length = shape[axis] as number;
  return group === undefined ? [length] : shape.with(axis, Math.ceil(length / group));
}

function takeScales(quantization: Quantization, shape: Shape, places: Places): Quantization {
  const { granularity, scale, zeroPoint, codebook, bits } = quantization;
  const { axis, group } = granularity;
  if (axis === undefined) return quantization;
  const whole = group === undefined ? new Map([...places].flatMap(([at, kept]) => (at === axis ? [[0, kept]] : []))) : places;
  if (whole.size === 0) return quantization;
  const tables = tableShape(quantization, shape);
  const take = (table: NDArray, entries: Shape = []): NDArray => takePlaces(array([...tables, ...entries], table.data, table.dtype), whole);
  return {
    ...quantization,
    scale: take(scale),
    zeroPoint: take(zeroPoint),
    ...(codebook && { codebook: take(codebook, [2 ** bits]) }),
  };
}

/**
 * Refuses an axis whose quantization shares scales among neighbours: they would part.
 * @throws LabError `prune/quantization`.
 */
export function assertCuttable(name: string, { quantization }: Parameter, axis: number): void {
  const { axis: scaled, group } = quantization?.granularity ?? {};
  if (group === undefined || scaled !== axis) return;
  throw new LabError(
    'prune/quantization',
    `${name} is quantized in groups of ${group} along axis ${axis}, whose indices would not stay together.`,
    'Prune first, then quantize.',
  );
}
