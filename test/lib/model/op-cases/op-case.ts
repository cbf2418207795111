import type { Attribute } from '../../../../lib/model/model.ts';
import { at, type Reference, type Values } from '../reference.ts';

/** One use of an op on small, odd sizes, with the shape, the counts and the values it must have. */
export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (readonly number[])[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly output: readonly number[];
  readonly parameters?: number;
  readonly training?: boolean;
  /** Standard deviation of the inputs; default 1. */
  readonly spread?: number;
  /** The inputs are whole numbers 0 … whole - 1, which have no gradient. */
  readonly whole?: number;
  /** Its gradients are an estimator's, and have a test of their own. */
  readonly estimated?: true;
  readonly reference: Reference;
}

export const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** Values along the last axis at an index. */
export const rowOf = (x: Values, index: readonly number[]): number[] =>
  Array.from({ length: x.shape.at(-1) as number }, (_, c) => at(x, ...index.slice(0, -1), c));
