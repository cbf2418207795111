import type { ElementType } from '../program.ts';
import type { Declared } from './op.ts';
import { refuseStep } from './refuse.ts';

/** Ends of the integers that a type stores. */
export const ends: Readonly<Partial<Record<ElementType, readonly [low: number, high: number]>>> = {
  int4: [-8, 7],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** The types that are multiplied: 16 bits and fewer, so that every sum of products is exact in double precision. */
export const narrow: readonly ElementType[] = ['int4', 'int8', 'uint8', 'int16'];

/** Refuses a value of another type, and zero points that its type does not hold. */
export function assertStored(
  where: string,
  value: Declared | undefined,
  { zeroPoints, types = narrow }: { readonly zeroPoints: readonly number[]; readonly types?: readonly ElementType[] },
): void {
  if (!value || !types.includes(value.type)) refuseStep(where, `expected ${types.join(', ')}; got ${value?.type ?? 'nothing'}.`);
  assertHeld(where, value.type, zeroPoints);
}

/** Refuses zero points, or other numbers, that a type does not hold. */
export function assertHeld(where: string, type: ElementType, numbers: readonly number[]): void {
  const [low, high] = ends[type] ?? refuseStep(where, `${type} holds no quantized value.`);
  const beyond = numbers.find(number => !(number >= low && number <= high));
  if (beyond !== undefined) refuseStep(where, `${beyond} does not lie in ${low} … ${high}, which ${type} holds.`);
}

/** Refuses a clamp that the type does not hold. */
export function assertClamp(where: string, type: ElementType, { low, high }: { readonly low: number; readonly high: number }): void {
  const borders = ends[type] ?? refuseStep(where, `an output of ${type} holds no quantized value.`);
  if (!(borders[0] <= low && low <= high && high <= borders[1]))
    refuseStep(where, `the clamp ${low} … ${high} does not lie in ${borders[0]} … ${borders[1]}, which ${type} holds.`);
}

/** Refuses sums of more products of two types than double precision holds exactly, in whatever order they are added: below 2^53. */
export function assertExact(where: string, types: readonly [ElementType, ElementType], products: number): void {
  const [a, b] = types.map(type => {
    const [low, high] = ends[type] ?? [0, 0];
    return high - low;
  }) as [number, number];
  if (a * b * products < 2 ** 52) return;
  refuseStep(where, `sums of ${products} products of ${types.join(' and ')} may pass 2^53, beyond which they are not exact.`);
}
