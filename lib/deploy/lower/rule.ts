import type { Attributes, Model, Node } from '../../model/model.ts';
import type { Shape } from '../../tensor/shape.ts';
import { fixedPoint } from '../fixed-point.ts';
import type { IntegerOpName } from '../integer/index.ts';
import type { RequantizeAttributes } from '../integer/requantize-attributes.ts';
import type { Elements, ElementType, TensorQuantization } from '../program.ts';
import { assertAccumulator, reachOf } from './accumulator.ts';
import type { Grid } from './grid.ts';

/** A value of the model as a tensor of the program. Shapes begin with a batch of 1. */
export interface Lowered {
  readonly tensor: number;
  readonly grid: Grid;
  readonly shape: Shape;
}

/** What a rule sees of one node, and what it writes with. */
export interface Lowering {
  readonly model: Model;
  readonly node: Node;
  readonly inputs: readonly Lowered[];
  /** Where the value goes: the grid of the `fake-quantize` node behind it, with the ends of a ReLU between them; for a view that of its input. */
  readonly output: Lowered;
  /** Adds a constant and returns its index. */
  constant(
    name: string,
    constant: { readonly shape: Shape; readonly type: ElementType; readonly data: Elements; readonly quantization?: TensorQuantization },
  ): number;
  /** Adds a value that no node of the model has, such as an input of another grid. */
  value(name: string, value: Pick<Lowered, 'grid' | 'shape'>): Lowered;
  step(op: IntegerOpName, tensors: { readonly inputs: readonly number[]; readonly output: Lowered }, attributes: Attributes): void;
}

/** How an op becomes steps. */
export interface LowerRule {
  /** `computes`: the value has a grid of its own. `keeps`: it has the grid of its first input. */
  readonly grid: 'computes' | 'keeps';
  lower(lowering: Lowering): void;
}

/** Multipliers and shifts of factors between scales, with the ends and the zero point of where they lead. */
export function requantization(factors: Iterable<number>, { zeroPoint, low, high }: Grid): RequantizeAttributes {
  const all = Array.from(factors, fixedPoint);
  return {
    multiplier: all.map(({ multiplier }) => multiplier),
    shift: all.map(({ shift }) => shift),
    outputZeroPoint: zeroPoint,
    low,
    high,
  };
}

/** Writes the step that takes a value to another grid: S / S' for each unit. */
export function requantize(lowering: Lowering, from: Lowered, to: Lowered): void {
  const attributes = { inputZeroPoint: from.grid.zeroPoint, ...requantization([from.grid.scale / to.grid.scale], to.grid) };
  assertAccumulator(lowering.node, [reachOf(from.grid)], attributes);
  lowering.step('requantize', { inputs: [from.tensor], output: to }, attributes);
}
