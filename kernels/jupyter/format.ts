import { inspect } from 'node:util';
import { arrayText, isArrayLike, isTensor, tensorText } from './display/array.ts';
import { displaySymbol, type MimeBundle } from './display/bundle.ts';

/** How a value shows in a notebook: in its own way if it has one, as the library's tables have, arrays in ours, anything else as Node prints it. */
export async function toBundle(value: unknown): Promise<MimeBundle> {
  const show = typeof value === 'object' && value !== null ? (value as Record<symbol, unknown>)[displaySymbol] : undefined;
  if (typeof show === 'function') return await show.call(value);
  if (isTensor(value)) return { 'text/plain': tensorText(value) };
  if (isArrayLike(value)) return { 'text/plain': arrayText(value) };
  return { 'text/plain': inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 }) };
}
