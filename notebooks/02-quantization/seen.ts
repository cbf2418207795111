// Hints that tell what is seen: a wrong value stands for the mistake where something holds of it.

/** A wrong value for `known`: what came, where the condition holds, and nothing that can come otherwise. */
export const where = (holds: boolean, got: unknown): unknown => (holds ? got : Symbol.for('nothing that comes'));

const numbers = (got: unknown): readonly number[] | undefined =>
  Array.isArray(got) && got.every(value => typeof value === 'number') ? (got as number[]) : undefined;

/** Whether two numbers are the same but for their last digits. */
export const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));

/** Whether a list is right at all places but some of those that `may` tells. */
export function wrongOnlyAt(got: unknown, right: readonly number[], may: (place: number) => boolean): boolean {
  const list = numbers(got);
  return list?.length === right.length && right.every((value, i) => may(i) || near(list[i] as number, value));
}

/** Whether a list is too short or too long. */
export const ofOtherLength = (got: unknown, right: readonly unknown[]): boolean => Array.isArray(got) && got.length !== right.length;

/** Whether something in a list is no finite number. */
export const holdsNaN = (got: unknown): boolean =>
  Array.isArray(got) && got.some(value => typeof value !== 'number' || !Number.isFinite(value));

/** Whether numbers that should be whole are not, or have lost their fractions. */
export const allWhole = (got: unknown): boolean => Boolean(numbers(got)?.every(Number.isInteger));
