import { zerosOf } from '../../../../lib/deploy/element-types.ts';
import { integerOpOf } from '../../../../lib/deploy/integer/index.ts';
import type { Value } from '../../../../lib/deploy/integer/op.ts';
import type { MemoryPlan } from '../../../../lib/deploy/plan/plan.ts';
import type { Elements, Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';

type ArrayKind = new (buffer: ArrayBufferLike, offset: number, length: number) => Elements;

/** Runs a program for one example with every value where a plan has it, in one piece of memory that was never cleared. */
export function runInArena({ tensors, steps, inputs, outputs }: Program, data: readonly Elements[], plan: MemoryPlan): Elements[] {
  const arena = new ArrayBuffer(plan.bytes);
  new Uint8Array(arena).fill(0xa5);
  const offsets = new Map(plan.buffers.flatMap(buffer => buffer.tensors.map(index => [index, buffer.offset] as const)));
  const values = tensors.map(({ type, shape, data: constant }: ProgramTensor, index): Value | undefined => {
    const kind = zerosOf(type, 0).constructor as ArrayKind;
    const offset = offsets.get(index);
    if (!constant && offset === undefined) return undefined;
    return { type, shape, data: constant ?? new kind(arena, offset as number, sizeOf(shape)) };
  });
  for (const [i, index] of inputs.entries()) ((values[index] as Value).data as Int8Array).set(data[i] as Int8Array);
  for (const { op, inputs: read, outputs: written, attributes } of steps)
    integerOpOf(op).run({
      inputs: read.map(index => values[index]),
      outputs: written.map(index => values[index] as Value),
      attributes,
      where: op,
    });
  return outputs.map(index => (values[index] as Value).data.slice() as Elements);
}
