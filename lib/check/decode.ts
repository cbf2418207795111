import { table } from 'arquero';
import { allocate, array, byteLengthOf, dtypes, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertValidShape } from '../tensor/shape.ts';
import { assertModel } from './model-wire.ts';
import { type TaggedWire, typedArrays, WireBudget, type WireLimits, wireLimits } from './wire.ts';

/** What the reading side makes of tensors and functions. */
export interface DecodeOptions {
  /** Default `wireLimits`. */
  readonly limits?: WireLimits;
  /** Makes the callable for a handle; without it functions are refused. */
  readonly handle?: (id: string, name: string) => unknown;
  /** Makes a tensor of an array marked as one; without it the array itself arrives. */
  readonly tensor?: (value: NDArray) => unknown;
}

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };

/**
 * Reads a value written by `encode`. The text may be hostile: every field is checked, sizes and depth are capped before anything is
 * allocated, keys named `__proto__` are refused, and nothing but plain data comes out.
 * @throws LabError `codec/malformed`, `codec/depth`, `codec/size`, `codec/key`, `codec/array`, `codec/model`.
 */
export function decode(wire: unknown, options: DecodeOptions = {}): unknown {
  const budget = new WireBudget(options.limits ?? wireLimits);
  const read = (w: unknown, depth: number): unknown => {
    budget.charge('The value', depth, typeof w === 'string' ? w.length : 8);
    if (w === null || typeof w === 'boolean' || typeof w === 'string') return w;
    if (typeof w === 'number') return Number.isFinite(w) ? w : malformed('a number that JSON cannot hold');
    if (typeof w !== 'object' || Array.isArray(w)) return malformed(`a bare ${Array.isArray(w) ? 'list' : typeof w}`);
    return readTagged(w as Partial<TaggedWire>, depth);
  };
  const entries = (list: unknown, depth: number): Record<string, unknown> => {
    const record: Record<string, unknown> = {};
    for (const entry of listOf(list)) {
      const [key, item] = listOf(entry);
      if (typeof key !== 'string') malformed('an entry without a name');
      if (key === '__proto__' || Object.hasOwn(record, key as string)) {
        throw new LabError('codec/key', `A record may not have the key ${JSON.stringify(key)} here.`, 'Rename it.');
      }
      budget.charge('The value', depth, (key as string).length);
      record[key as string] = read(item, depth + 1);
    }
    return record;
  };
  const readTagged = (w: Partial<TaggedWire>, depth: number): unknown => {
    switch (w.kind) {
      case 'list':
        return listOf(w.items).map(item => read(item, depth + 1));
      case 'record':
        return assertRecord(entries(w.entries, depth));
      case 'model':
        return assertModel(entries(w.entries, depth));
      case 'table':
        return readTable(entries(w.columns, depth));
      case 'array':
      case 'tensor': {
        budget.charge('The value', depth, text(w.data).length);
        const value = readArray(w);
        return w.kind === 'tensor' && options.tensor ? options.tensor(value) : value;
      }
      default:
        if (w.kind === 'typed') budget.charge('The value', depth, text(w.data).length);
        return readSimple(w, options);
    }
  };
  return read(wire, 0);
}

/** A record that would pass for an array or a model further on, and is none: code that trusts those would fail on it. */
function assertRecord(record: Record<string, unknown>): Record<string, unknown> {
  const { shape, dtype, data, nodes, parameters } = record;
  if (Array.isArray(shape) && typeof dtype === 'string' && data !== undefined)
    throw new LabError('codec/array', 'A record has the fields of an array, and is none.', 'Build arrays with array(shape, data, dtype).');
  return Array.isArray(nodes) && typeof parameters === 'object' ? (assertModel(record) as unknown as Record<string, unknown>) : record;
}

function readTable(columns: Record<string, unknown>): unknown {
  const lengths = Object.values(columns).map(column => listOf(column).length);
  if (lengths.some(length => length !== lengths[0])) malformed('a table whose columns differ in length');
  return table(columns as Record<string, unknown[]>);
}

function readSimple(w: Partial<TaggedWire>, options: DecodeOptions): unknown {
  switch (w.kind) {
    case 'undefined':
      return undefined;
    case 'number':
      return Object.hasOwn(special, text(w.value)) ? special[text(w.value)] : malformed('an unknown number');
    case 'bigint':
      return /^-?\d{1,1000}$/.test(text(w.value)) ? BigInt(text(w.value)) : malformed('a bigint that is none');
    case 'error':
      return readError(w);
    case 'typed': {
      const type = Object.hasOwn(typedArrays, text(w.type))
        ? typedArrays[w.type as keyof typeof typedArrays]
        : malformed('an unknown typed array');
      const bytes = readBytes(w.data);
      if (bytes.byteLength % type.BYTES_PER_ELEMENT !== 0) malformed('a typed array cut short');
      return new type(bytes.buffer);
    }
    case 'function':
      if (!options.handle) malformed('a function');
      return options.handle?.(text(w.id), text(w.name));
    default:
      return malformed(`the kind ${JSON.stringify(w.kind)}`);
  }
}

function readArray(w: Partial<Extract<TaggedWire, { shape: unknown }>>): NDArray {
  const dtype = dtypes.find(d => d === w.dtype) ?? malformed('an unknown dtype');
  const shape = listOf(w.shape) as number[];
  assertValidShape('An array', shape);
  const bytes = readBytes(w.data);
  if (bytes.byteLength !== byteLengthOf(shape, dtype)) malformed('an array whose data does not fit its shape');
  if (dtype === 'bool' && bytes.some(byte => byte > 1)) malformed('a bool array with other values than 0 and 1');
  const kind = allocate(dtype, 0).constructor as new (buffer: ArrayBufferLike) => NDArray['data'];
  return array(shape, new kind(bytes.buffer), dtype);
}

function readError(w: Partial<Extract<TaggedWire, { kind: 'error' }>>): Error {
  if (w.code !== undefined) return new LabError(text(w.code), text(w.message), text(w.hint ?? ''));
  const error = new Error(text(w.message));
  error.name = text(w.name);
  return error;
}

/** Fresh bytes in a buffer of their own; the view starts at 0, so any element type fits. */
function readBytes(data: unknown): Uint8Array {
  const encoded = text(data);
  const bytes = Uint8Array.from(Buffer.from(encoded, 'base64'));
  if (Buffer.from(bytes.buffer).toString('base64') !== encoded) malformed('data that is not base64');
  return bytes;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : malformed('a field that should be text');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : malformed('a field that should be a list');
}

function malformed(what: string): never {
  throw new LabError(
    'codec/malformed',
    `A value came in a form that the codec does not write: ${what}.`,
    'Values cross only through encode and decode.',
  );
}
