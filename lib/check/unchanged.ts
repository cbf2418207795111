import { isArray } from '../tensor/array.ts';
import type { TaggedWire, Wire } from './wire.ts';

/**
 * Where a value is no longer what was handed over, as a path such as `[0].kernel`; undefined where nothing changed. Values only: tensors and
 * functions are not looked at.
 */
export function changedPlace(sent: Wire, now: unknown, where = ''): string | undefined {
  if (typeof sent !== 'object' || sent === null) return Object.is(sent, now) ? undefined : where;
  return changedInside(sent, now, where);
}

function changedInside(sent: TaggedWire, now: unknown, where: string): string | undefined {
  switch (sent.kind) {
    case 'list':
      return changedList(sent.items, now, where);
    case 'record':
    case 'model':
      return changedRecord(sent.entries, now, where);
    case 'array':
      return isArray(now) && sameBytes(sent.data, now.data) && sent.shape.join() === now.shape.join() ? undefined : where;
    case 'typed':
      return ArrayBuffer.isView(now) && sameBytes(sent.data, now) ? undefined : where;
    case 'number':
      return Object.is(Number(sent.value), now) ? undefined : where;
    default:
      return undefined;
  }
}

function changedList(items: readonly Wire[], now: unknown, where: string): string | undefined {
  if (!Array.isArray(now) || now.length !== items.length) return where;
  for (const [i, item] of items.entries()) {
    const found = changedPlace(item, now[i], `${where}[${i}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function changedRecord(entries: readonly (readonly [string, Wire])[], now: unknown, where: string): string | undefined {
  if (typeof now !== 'object' || now === null || Object.keys(now).length !== entries.length) return where;
  for (const [key, item] of entries) {
    const found = changedPlace(item, (now as Readonly<Record<string, unknown>>)[key], `${where}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const sameBytes = (base64: string, now: ArrayBufferView): boolean =>
  Buffer.from(base64, 'base64').equals(new Uint8Array(now.buffer, now.byteOffset, now.byteLength));
