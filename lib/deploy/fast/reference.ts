import { sizeOf } from '../../tensor/shape.ts';
import { integerOpOf } from '../integer/index.ts';
import type { Value } from '../integer/op.ts';
import type { Bound, BoundStep, Task } from './step.ts';

/** A step by the loop that defines it, one example after the other. */
export function byReference(op: string, { inputs, outputs, attributes, where, count }: BoundStep): Task {
  const { run } = integerOpOf(op);
  const part = (value: Bound, n: number): Value => {
    const size = sizeOf(value.shape);
    const { shape, type } = value;
    return value.constant ? value : { shape, type, data: value.data.subarray(n * size, (n + 1) * size) };
  };
  const examples = Array.from({ length: count }, (_, n) => ({
    inputs: inputs.map(value => value && part(value, n)),
    outputs: outputs.map(value => part(value, n)),
    attributes,
    where,
  }));
  return () => {
    for (const values of examples) run(values);
  };
}
