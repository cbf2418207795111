import type { Node, Parameter } from '../../model/model.ts';
import { isArray, type NDArray } from '../../tensor/array.ts';
import { elementsOf } from '../../tensor/pack.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { tileMap } from '../../tensor/tiles.ts';
import { refuseLowering } from './grid.ts';

/** A weight as a step takes it: one row of integers for each output channel. */
export interface IntegerWeight {
  /** One for each output channel. */
  readonly scale: Float64Array;
  readonly zeroPoint: Int32Array;
  /** Stored integers in the order of the parameter. */
  readonly codes: ArrayLike<number>;
  readonly shape: Shape;
  readonly bits: number;
}

/**
 * The integers of a kernel with a scale for each output channel, which `channelAxes` count: [3] of a convolution, [2, 3] of a depthwise one, [1] of a dense
 * layer.
 * @throws LabError `deploy/lower` where the weight is not quantized, or several scales meet in one sum.
 */
export function integerWeight(node: Node, parameter: Parameter | undefined, channelAxes: readonly number[]): IntegerWeight {
  const { quantization, mask } = parameter ?? {};
  if (!parameter || quantization?.kind !== 'affine' || !isArray(quantization.scale))
    return refuseLowering(
      node,
      `its weight is ${quantization ? 'not on a grid of integers' : 'not quantized'}.`,
      'Integer layers take affine weights: quantizeWeights(model, { format: affineFormat({ bits: 8, symmetric: true }) }).',
    );
  const { shape } = parameter.value;
  const { tile, bits } = quantization;
  const split = shape.findIndex((length, a) => !channelAxes.includes(a) && (tile[a] as number) < length);
  if (split >= 0)
    refuseLowering(
      node,
      `its scales change along axis ${split}, over which it sums.`,
      'Use one scale for each output channel, or for the tensor.',
    );
  const axes = (of: Shape): Shape => channelAxes.map(a => of[a] as number);
  const { rows, columns } = tileMap(axes(shape), axes(tile));
  const tiles = [...rows].flatMap(row => [...columns].map(column => row + column));
  const { scale, zeroPoint } = quantization;
  const zeros = tiles.map(t => (zeroPoint?.data[t] as number | undefined) ?? 0);
  return {
    scale: Float64Array.from(tiles, t => scale.data[t] as number),
    zeroPoint: Int32Array.from(zeros),
    codes: mask ? masked(parameter.value, mask, zeros) : elementsOf(parameter.value),
    shape,
    bits,
  };
}

/** Channels run fastest in every kernel. */
function masked(value: NDArray, mask: NDArray, zeros: readonly number[]): Int32Array {
  return Int32Array.from(elementsOf(value), (q, i) => (mask.data[i] === 0 ? (zeros[i % zeros.length] as number) : q));
}

/** A matrix [rows, columns] as [columns, rows]. */
export function transposed(values: ArrayLike<number>, rows: number, columns: number): Int32Array {
  const out = new Int32Array(sizeOf([rows, columns]));
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c] as number;
  return out;
}
