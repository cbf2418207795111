import { LabError } from '../tensor/errors.ts';
import type { Attribute, Node } from './model.ts';

/** What an attribute may hold, in words and as a test: a file that comes from elsewhere is checked with it before anything runs. */
export interface AttributeKind {
  readonly says: string;
  accepts(value: Attribute | undefined): boolean;
}

/** An attribute kind of these words and this test. */
export const kind = (says: string, accepts: (value: Attribute | undefined) => boolean): AttributeKind => ({ says, accepts });
const whole = (value: unknown, from: number): boolean => Number.isSafeInteger(value) && (value as number) >= from;
const wholes = (value: unknown, from: number): value is readonly number[] => Array.isArray(value) && value.every(item => whole(item, from));

/** A whole number ≥ 1. */
export const count: AttributeKind = kind('a whole number ≥ 1', value => whole(value, 1));
/** A whole number, negative ones included. */
export const integer: AttributeKind = kind('a whole number', value => Number.isSafeInteger(value));
/** A whole number in low … high. */
export const within = (low: number, high: number): AttributeKind =>
  kind(`a whole number from ${low} to ${high}`, value => whole(value, low) && (value as number) <= high);
/** Axes of a value, each a whole number ≥ 0. */
export const axes: AttributeKind = kind('a list of axes, whole numbers ≥ 0', value => wholes(value, 0) && value.length <= 8);
/** A finite number. */
export const real: AttributeKind = kind('a finite number', value => Number.isFinite(value));
/** true or false. */
export const flag: AttributeKind = kind('true or false', value => typeof value === 'boolean');
/** Two whole numbers ≥ 1: [height, width]. */
export const pair: AttributeKind = kind('two whole numbers ≥ 1', value => wholes(value, 1) && value.length === 2);
/** A shape without the batch axis, every axis ≥ 1. */
export const shape: AttributeKind = kind('a list of whole numbers ≥ 1', value => wholes(value, 1) && value.length <= 8);
/** Zeros, or values, added on each side of the image. */
export const sides: AttributeKind = kind('[top, bottom, left, right], whole numbers ≥ 0', value => wholes(value, 0) && value.length === 4);
/** See `Padding`. */
export const padding: AttributeKind = kind(
  "'same', 'valid', a whole number ≥ 0 or [top, bottom, left, right]",
  value => value === 'same' || value === 'valid' || whole(value, 0) || sides.accepts(value),
);
/** One of the given words. */
export const oneOf = (...words: readonly string[]): AttributeKind =>
  kind(`one of ${words.join(', ')}`, value => typeof value === 'string' && words.includes(value));
/** As `kind`, or left out. */
export const optional = ({ says, accepts }: AttributeKind): AttributeKind =>
  kind(`${says}, or absent`, value => value === undefined || accepts(value));

/**
 * Throws unless the node has exactly the attributes that its op declares, each of the right kind.
 * @throws LabError `model/attribute`.
 */
export function assertAttributes(node: Node, kinds: Readonly<Record<string, AttributeKind>>): void {
  const fail = (name: string, expected: string): never => {
    const got = Object.hasOwn(node.attributes, name) ? JSON.stringify(node.attributes[name]) : 'nothing';
    throw new LabError(
      'model/attribute',
      `Node ${node.id} (${node.op}): attribute ${name} must be ${expected}; got ${got}.`,
      `The attributes of ${node.op}: ${Object.keys(kinds).join(', ') || 'none'}.`,
    );
  };
  for (const name of Object.keys(node.attributes)) if (!Object.hasOwn(kinds, name)) fail(name, 'absent');
  for (const [name, { says, accepts }] of Object.entries(kinds)) if (!accepts(node.attributes[name])) fail(name, says);
}
