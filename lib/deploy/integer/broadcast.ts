import { type Shape, sizeOf } from '../../tensor/shape.ts';
import type { Declared } from './op.ts';
import { refuseStep } from './refuse.ts';

/** For each element of an output, row-major, the element of an input that is stretched to it: axes count from the last, those of length 1 repeat. */
export function stretched(input: Shape, output: Shape): Int32Array {
  let of = Int32Array.of(0);
  const lead = output.length - input.length;
  for (const [axis, length] of output.entries()) {
    const own = axis < lead ? 1 : (input[axis - lead] as number);
    const next = new Int32Array(of.length * length);
    for (let i = 0, at = 0; i < of.length; i++) for (let j = 0; j < length; j++) next[at++] = (of[i] as number) * own + (own === 1 ? 0 : j);
    of = next;
  }
  return of;
}

/** Refuses two inputs that do not stretch to the output. */
export function assertStretch(where: string, inputs: readonly (Declared | undefined)[], output: Declared | undefined): void {
  const [a, b] = inputs;
  if (!a || !b || !output) refuseStep(where, 'expected two inputs and an output.');
  const rank = Math.max(a.shape.length, b.shape.length);
  const at = ({ shape }: Declared, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const together = Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
  const fits = together.every((length, axis) => [a, b].every(x => [1, length].includes(at(x, axis))));
  if (
    !fits ||
    together.length !== output.shape.length ||
    together.some((length, axis) => length !== output.shape[axis]) ||
    sizeOf(together) === 0
  )
    refuseStep(where, `[${a.shape}] and [${b.shape}] do not stretch to [${output.shape}].`);
}
