import { poolsConvolutions } from '../../tensor/native-int8.ts';
import type { PoolStep } from '../integer/pool.ts';
import type { Program } from '../program.ts';

const side = 2;

/** Whether a pool takes the largest of squares of 2 × 2 that lie beside each other, all of them inside an image of `height` × `width`. */
function takesSquares(
  { window, strides, padding }: PoolStep,
  [height, width]: readonly number[],
  [outHeight, outWidth]: readonly number[],
): boolean {
  const squares = [...window, ...strides].every(length => length === side) && padding.every(length => length === 0);
  return squares && side * (outHeight as number) <= (height as number) && side * (outWidth as number) <= (width as number);
}

/**
 * For convolutions whose output only a max pool reads that comes next: its step. Scaling a sum to a byte keeps the order of sums, so that the largest may be found before,
 * and three of four sums are never scaled nor stored. Empty where no kernel does both.
 */
export function poolsOfConvolutions({ tensors, steps, outputs }: Program): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (!poolsConvolutions()) return found;
  for (const [
    number,
    {
      op,
      outputs: [between],
    },
  ] of steps.entries()) {
    const next = steps[number + 1];
    if (op !== 'conv2d' || next?.op !== 'max-pool' || between === undefined || next.inputs[0] !== between || outputs.includes(between))
      continue;
    if (steps.filter(({ inputs }) => inputs.includes(between)).length > 1) continue;
    const shapeOf = (index: number): readonly number[] => (tensors[index]?.shape ?? []).slice(1);
    if (takesSquares(next.attributes as unknown as PoolStep, shapeOf(between), shapeOf(next.outputs[0] as number)))
      found.set(number, number + 1);
  }
  return found;
}
