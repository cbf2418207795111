import { array, isArray, type NDArray } from '../../tensor/array.ts';
import type { Shape } from '../../tensor/shape.ts';
import { gridShape, perTensor } from '../../tensor/tiles.ts';
import { assertQuantization, refuse } from './checks.ts';
import type { Affine, Scale } from './quantization.ts';

/** What `affine` takes. Lists are in row-major order of the tiles. */
export interface AffineOptions {
  /** The parameter's shape. */
  readonly shape: Shape;
  /** Bits of a stored integer, 1–16. */
  readonly bits: number;
  /** Default the whole array. */
  readonly tile?: Shape;
  /** A scale for each tile. */
  readonly scale: Scale | readonly number[];
  /** The integer that stands for 0, for each tile; default 0 for all. */
  readonly zeroPoint?: NDArray | readonly number[];
}

/**
 * An affine quantization, checked: real = scale[t] · (q - zeroPoint[t]). Symmetric without zero points.
 * @throws LabError `model/quantization`, `shape/tile`, `array/size`.
 * @example
 * const quantization = affine({ shape: [2, 2], bits: 8, tile: perAxis([2, 2], 1), scale: [0.5, 2] });
 * const parameter = { value: array([2, 2], [1, 2, 3, 4], 'int8'), trainable: true, quantization };
 * realValue(parameter).data; // → new Float32Array([0.5, 4, 1.5, 8])
 */
export function affine({ shape, bits, tile = perTensor(shape), scale, zeroPoint }: AffineOptions): Affine {
  const grid = gridShape(shape, tile);
  const made: Affine = {
    kind: 'affine',
    bits,
    tile: Object.freeze([...tile]),
    scale: scaleOf(grid, scale),
    ...(zeroPoint && { zeroPoint: zeroPointOf(grid, zeroPoint) }),
  };
  assertQuantization(shape, made);
  return Object.freeze(made);
}

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);

/** A list of scales as an array of the grid's shape. */
export function scaleOf(grid: Shape, scale: Scale | readonly number[]): Scale {
  return isList(scale) ? array(grid, scale) : isArray(scale) ? scale : Object.freeze({ ...scale });
}

function zeroPointOf(grid: Shape, zeroPoint: NDArray | readonly number[]): NDArray {
  if (!isList(zeroPoint)) return zeroPoint;
  const broken = zeroPoint.findIndex(value => (value | 0) !== value);
  if (broken >= 0) refuse('A quantization', `zero points are integers of 32 bits; number ${broken} is ${zeroPoint[broken]}.`, 'Round it.');
  return array(grid, zeroPoint, 'int32');
}
