import { inspect, types } from 'node:util';
import { arrayText, isArrayLike, isTensor, tensorText } from './display/array.ts';
import { displaySymbol, type MimeBundle } from './display/bundle.ts';

/** How a value shows in a notebook: in its own way if it has one, as the library's tables have, arrays in ours, anything else as Node prints it. */
export async function toBundle(value: unknown): Promise<MimeBundle> {
  const show = ownDisplay(value);
  const bundle = show && (await show.call(value));
  return isBundle(bundle) ? bundle : { 'text/plain': textOf(value) };
}

/** Own ways are asked of plain objects only: a proxy may answer anything, or throw. */
function ownDisplay(value: unknown): ((this: unknown) => unknown) | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  const show = (value as Record<symbol, unknown>)[displaySymbol];
  return typeof show === 'function' ? (show as () => unknown) : undefined;
}

const isBundle = (bundle: unknown): bundle is MimeBundle => typeof bundle === 'object' && bundle !== null;

/** A value that cannot be shown is no error of the cell: it has been computed, and its name stays. */
function textOf(value: unknown): string {
  try {
    if (!types.isProxy(value)) {
      if (isTensor(value)) return tensorText(value);
      if (isArrayLike(value)) return arrayText(value);
    }
    return printed(value, true);
  } catch (error) {
    return withoutHooks(value, error);
  }
}

const printed = (value: unknown, customInspect: boolean) =>
  inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, customInspect });

/** The value without its own ways of showing itself, one of which has failed, and why. */
function withoutHooks(value: unknown, error: unknown): string {
  const why = `(its own way of showing itself failed: ${reason(error)})`;
  try {
    return `${printed(value, false)}\n${why}`;
  } catch {
    return `A value that cannot be shown ${why}`;
  }
}

function reason(error: unknown): string {
  try {
    return String(error).split('\n', 1)[0] ?? '';
  } catch {
    return 'it threw something that cannot be shown either';
  }
}
