import { assertAtMost, type DeliverableKind, kindOf } from './kind.ts';
import { valueFile } from './value-file.ts';

/** What an array may hold. */
export interface ArrayCaps {
  /** Values; by default as many as the codec takes. */
  readonly values?: number;
}

/** An array: shape, dtype and data. */
export const array: DeliverableKind<ArrayCaps> = valueFile(
  wire => kindOf(wire) === 'array',
  ({ name, fields }, { values = Infinity }) => {
    const { shape } = fields.value as { readonly shape?: unknown };
    const got = Array.isArray(shape) ? shape.reduce<number>((product, size) => product * Number(size), 1) : 0;
    assertAtMost(name, 'values', { got, cap: values });
    return undefined;
  },
);
