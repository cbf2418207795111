import { channelAxes } from '../../model/channel-axes.ts';
import type { Node, Parameter } from '../../model/model.ts';
import { isArray } from '../../tensor/array.ts';
import { elementsOf } from '../../tensor/pack.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { tileMap } from '../../tensor/tiles.ts';
import { refuseLowering } from './grid.ts';

/** A weight as a step takes it. */
export interface IntegerWeight {
  /** One for each output channel. */
  readonly scale: Float64Array;
  readonly zeroPoint: Int32Array;
  /** Stored integers in the order of the parameter, whose shape this is. */
  readonly codes: Int32Array;
  readonly shape: Shape;
  readonly bits: number;
  /** The output channel of each integer. */
  channelOf(i: number): number;
}

/**
 * The integers of a kernel with a scale for each output channel.
 * @throws LabError `deploy/lower` where the weight is not quantized, or several scales meet in one sum.
 */
export function integerWeight(node: Node, parameter: Parameter | undefined): IntegerWeight {
  const { quantization, mask } = parameter ?? {};
  if (!parameter || quantization?.kind !== 'affine' || !isArray(quantization.scale))
    return refuseLowering(
      node,
      `its weight is ${quantization ? 'not on a grid of integers with scales of one level' : 'not quantized'}.`,
      'Integer layers take affine weights: quantizeWeights(model, { format: affineFormat({ bits: 8, symmetric: true }) }).',
    );
  const { shape } = parameter.value;
  const { tile, bits, scale, zeroPoint } = quantization;
  const counted = channelAxes[node.op] as readonly number[];
  const split = shape.findIndex((length, a) => !counted.includes(a) && (tile[a] as number) < length);
  if (split >= 0)
    refuseLowering(
      node,
      `its scales change along axis ${split}, over which it sums.`,
      'Use one scale for each output channel, or for the tensor.',
    );
  const axes = (of: Shape): Shape => counted.map(a => of[a] as number);
  const { rows, columns } = tileMap(axes(shape), axes(tile));
  const tiles = [...rows].flatMap(row => [...columns].map(column => row + column));
  const zeros = Int32Array.from(tiles, t => (zeroPoint?.data[t] as number | undefined) ?? 0);
  const inner = sizeOf(shape.slice((counted.at(-1) as number) + 1));
  const channelOf = (i: number): number => Math.floor(i / inner) % zeros.length;
  const stored = elementsOf(parameter.value);
  return {
    scale: Float64Array.from(tiles, t => scale.data[t] as number),
    zeroPoint: zeros,
    codes: Int32Array.from(stored, (q, i) => (mask?.data[i] === 0 ? (zeros[channelOf(i)] as number) : (q as number))),
    shape,
    bits,
    channelOf,
  };
}

/** The integers with their channels first: [… , out, …] as [out, … , …], so that every row is what one output sums over. */
export function channelsFirst({ shape, codes }: IntegerWeight, axis: number): { readonly shape: Shape; readonly data: Int32Array } {
  const out = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const data = new Int32Array(codes.length);
  for (let i = 0; i < outer; i++)
    for (let o = 0; o < out; o++)
      for (let j = 0; j < inner; j++) data[(o * outer + i) * inner + j] = codes[(i * out + o) * inner + j] as number;
  return { shape: [out, ...shape.slice(0, axis), ...shape.slice(axis + 1)], data };
}
