import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { isArray } from '../../lib/tensor/array.ts';

/** Digest of every array inside a value: shape, dtype and bytes. */
export function digest(value: unknown): string {
  const hash = createHash('sha256');
  const seen = new Set<unknown>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    if (isArray(part)) {
      const { shape, dtype, data } = part;
      hash.update(`${dtype}[${shape}]`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    } else for (const [key, item] of Object.entries(part)) visit([hash.update(key), item][1]);
  };
  visit(value);
  return hash.digest('hex');
}

/** Runs `fn` and proves that no array inside `values` changed: wrappers are frozen, their typed arrays cannot be. */
export function unchanged<T>(values: unknown, fn: () => T): T {
  const before = digest(values);
  const result = fn();
  expect(digest(values), 'plain data was written to').toBe(before);
  return result;
}
