import type { Model, Node, Parameter } from '../../model/model.ts';
import { LabError } from '../../tensor/errors.ts';
import { roundHalfEven } from '../../tensor/round.ts';
import type { ElementType, TensorQuantization } from '../program.ts';

/** The integers that a value is stored as. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
  /** First and last integer. */
  readonly low: number;
  readonly high: number;
  readonly type: ElementType;
}

/** The error of a model that cannot become integers. */
export function refuseLowering(node: Node, message: string, hint: string): never {
  throw new LabError('deploy/lower', `Node ${node.id} (${node.op}): ${message}`, hint);
}

/**
 * The grid of a `fake-quantize` node.
 * @throws LabError `deploy/lower` for scales a channel, which no activation of a program has, or that are not positive.
 */
export function gridOf(model: Model, node: Node): Grid {
  const { bits, signed, perChannel } = node.attributes as { bits: number; signed: boolean; perChannel: boolean };
  if (perChannel)
    refuseLowering(node, 'it has a scale for each channel.', 'Integer layers sum over channels: quantize activations per tensor.');
  const of = (role: string): number => (model.parameters[node.parameters[role] as string] as Parameter).value.data[0] as number;
  const scale = of('scale');
  if (!(scale > 0 && Number.isFinite(scale)))
    refuseLowering(node, `its scale is ${scale}.`, 'Scales are positive and finite: calibrate again.');
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  const zeroPoint = roundHalfEven(of('zero-point'));
  if (!(zeroPoint >= low && zeroPoint <= high))
    refuseLowering(node, `its zero point ${zeroPoint} does not lie in ${low} … ${high}.`, 'Then 0 is not on the grid: calibrate again.');
  return { scale, zeroPoint, low, high, type: bits > 8 ? 'int16' : signed ? 'int8' : 'uint8' };
}

/** What a tensor of that grid says of itself. */
export function quantizationOf({ scale, zeroPoint }: Grid): TensorQuantization {
  return { scale: [scale], zeroPoint: [zeroPoint] };
}
