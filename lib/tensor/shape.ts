import { LabError } from './errors.ts';

/** Sizes along each axis; images are [height, width, channels], batches put the batch first. */
export type Shape = readonly number[];

/** Number of elements: the product of all axes, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** The axis counted from the start; negative ones count from the end. Undefined when the shape has no such axis. */
export function resolvedAxis(shape: Shape, axis: number): number | undefined {
  const found = axis < 0 ? shape.length + axis : axis;
  return Number.isInteger(found) && found >= 0 && found < shape.length ? found : undefined;
}

/** Tells whether two shapes have the same axes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/**
 * Throws unless `got` equals `expected`.
 * @throws LabError `shape/mismatch`, naming `where`.
 */
export function assertShape(where: string, expected: Shape, got: Shape): void {
  if (sameShape(expected, got)) return;
  throw new LabError(
    'shape/mismatch',
    `${where}: expected shape [${expected.join(', ')}], got [${got.join(', ')}].`,
    'Print the shapes just before this line to see where they part.',
  );
}

/**
 * Throws unless every axis is a non-negative integer and the product stays exact (below 2^53).
 * @throws LabError `shape/invalid`.
 */
export function assertValidShape(where: string, shape: Shape): void {
  const valid = Array.isArray(shape) && shape.every(axis => Number.isInteger(axis) && axis >= 0);
  if (valid && sizeOf(shape) <= Number.MAX_SAFE_INTEGER) return;
  throw new LabError(
    'shape/invalid',
    `${where}: [${String(shape)}] is not a shape.`,
    'A shape is a list of non-negative whole numbers, such as [28, 28, 1].',
  );
}
