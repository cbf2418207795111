import { allocate, array, isArray, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { elementsOf, int4, pack } from '../../tensor/pack.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { gridShape } from '../../tensor/tiles.ts';
import type { Parameter } from '../model.ts';
import { blockOf } from '../quantization/block.ts';
import { entriesShared, type Quantization, realShape, type Scale } from '../quantization/quantization.ts';

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
  const unpacked = array(x.shape, elementsOf(x), 'int8');
  return array(shape, pack(gather(unpacked, shape, places), int4), 'int4');
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

/** The parameter with some indices of some axes, its mask and its scales along with it. */
export function takeFromParameter(parameter: Parameter, places: Places): Parameter {
  const { value, mask, quantization } = parameter;
  return Object.freeze({
    ...parameter,
    value: takePlaces(value, places),
    ...(mask && { mask: takePlaces(mask, places) }),
    ...(quantization && { quantization: takeQuantization(quantization, realShape(parameter), places) }),
  });
}

/** The quantization of the values at these places: where an axis has a tile for each index, its scales and entries are taken along. */
function takeQuantization(quantization: Quantization, shape: Shape, places: Places): Quantization {
  const { tile } = quantization;
  const along = new Map([...places].filter(([axis]) => tile[axis] === 1));
  const cut = {
    tile: Object.freeze(tile.map((size, axis) => (size === 1 ? 1 : Math.max(1, places.get(axis)?.length ?? size)))),
    ...(quantization.scale && { scale: takeScale(quantization.scale, gridShape(shape, tile), along) }),
  };
  if (quantization.kind === 'affine')
    return Object.freeze({
      ...quantization,
      ...cut,
      ...(quantization.zeroPoint && { zeroPoint: takePlaces(quantization.zeroPoint, along) }),
    });
  const entries = entriesShared(quantization) ? quantization.entries : takePlaces(quantization.entries, along);
  return Object.freeze({ ...quantization, ...cut, entries });
}

function takeScale(scale: Scale, grid: Shape, places: Places): Scale {
  if (isArray(scale)) return takePlaces(scale, places);
  const { value, quantization } = scale;
  return Object.freeze({ value: takePlaces(value, places), quantization: takeQuantization(quantization, grid, places) });
}

/**
 * Refuses an axis whose quantization shares scales or vectors among neighbours: they would part.
 * @throws LabError `prune/quantization`.
 */
export function assertCuttable(name: string, parameter: Parameter, axis: number): void {
  const { quantization } = parameter;
  const size = quantization && neighbours(quantization, realShape(parameter), axis);
  if (size === undefined) return;
  throw new LabError(
    'prune/quantization',
    `${name} is quantized in groups of ${size} along axis ${axis}, whose indices would not stay together.`,
    'Prune first, then quantize.',
  );
}

/** How many neighbours along an axis, but not all, share a scale or a vector; undefined where each stands for itself or all go together. */
function neighbours(quantization: Quantization, shape: Shape, axis: number): number | undefined {
  const { tile, scale } = quantization;
  const size = tile[axis] as number;
  const vector = quantization.kind === 'codebook' ? quantization.vector : undefined;
  const reach = vector ? (blockOf(vector, shape.length)[axis] as number) : 1;
  if (reach > 1) return reach;
  if (size > 1 && size < (shape[axis] as number)) return size;
  return scale && !isArray(scale) ? neighbours(scale.quantization, gridShape(shape, tile), axis) : undefined;
}
