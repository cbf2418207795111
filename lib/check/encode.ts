import { isArray, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import {
  type SpecialNumber,
  TensorValue,
  type TypedName,
  typedArrays,
  type Wire,
  WireBudget,
  type WireLimits,
  wireLimits,
} from './wire.ts';

/** How the writing side treats values that only live there. */
export interface EncodeOptions {
  /** Default `wireLimits`. */
  readonly limits?: WireLimits;
  /** Names a function so that the other side can call it; without it functions are refused. */
  readonly handle?: (fn: (...args: never[]) => unknown) => string;
  /** Reads a tensor out as an array; returns undefined for anything else. */
  readonly tensor?: (value: object) => NDArray | undefined;
}

interface Place {
  readonly where: string;
  readonly depth: number;
  readonly parents: readonly object[];
}

type ColumnTable = { columnNames(): string[]; array(name: string): ArrayLike<unknown> };

const base64 = (data: ArrayBufferView): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

/**
 * Writes a value as tagged JSON. Kinds: undefined, null, boolean, number (NaN, ±Infinity and -0 included), string, bigint, list, record,
 * array, tensor, typed array, model, table, error, function handle. Getters and prototypes never cross.
 * @throws LabError `codec/kind`, `codec/cycle`, `codec/depth`, `codec/size`, naming the place inside the value.
 */
export function encode(value: unknown, options: EncodeOptions = {}): Wire {
  const budget = new WireBudget(options.limits ?? wireLimits);
  const write = (v: unknown, at: Place): Wire => {
    budget.charge(at.where, at.depth, bytesOf(v));
    if (v === null || typeof v === 'boolean') return v;
    if (typeof v === 'number') return writeNumber(v);
    if (typeof v === 'string') return v;
    if (v === undefined) return { kind: 'undefined' };
    if (typeof v === 'bigint') return { kind: 'bigint', value: v.toString() };
    if (typeof v === 'function') return writeFunction(v as (...args: never[]) => unknown, at, options);
    if (typeof v === 'symbol') throw refused('A symbol', at);
    return writeObject(v as object, at);
  };
  const writeObject = (v: object, at: Place): Wire => {
    if (at.parents.includes(v)) throw new LabError('codec/cycle', `${at.where} contains itself.`, 'Return plain data without cycles.');
    const inside = (key: string): Place => ({ where: at.where + key, depth: at.depth + 1, parents: [...at.parents, v] });
    const binary = writeBinary(v, options);
    if (binary) {
      budget.charge(at.where, at.depth, binary.data.length);
      return binary;
    }
    if (v instanceof Error) {
      const error = writeError(v);
      budget.charge(at.where, at.depth, bytesOf(error.name + error.message + (error.hint ?? '')));
      return error;
    }
    if (Array.isArray(v)) return { kind: 'list', items: Array.from(v, (item, i) => write(item, inside(`[${i}]`))) };
    if (isTable(v)) {
      return { kind: 'table', columns: v.columnNames().map(name => [name, write(Array.from(v.array(name)), inside(`.${name}`))] as const) };
    }
    if (isPromise(v))
      throw new LabError(
        'codec/kind',
        `A promise cannot be handed over (${at.where}).`,
        'It was not awaited: write await before the call.',
      );
    if (!isPlain(v)) throw refused(`A value of class ${v.constructor?.name ?? 'unknown'}`, at);
    const entries = Object.entries(v).map(([key, item]) => {
      budget.charge(at.where, at.depth, bytesOf(key));
      return [key, write(item, inside(`.${key}`))] as const;
    });
    return { kind: looksLikeModel(v) ? 'model' : 'record', entries };
  };
  return write(value, { where: 'the value', depth: 0, parents: [] });
}

/** Bytes that a value takes as text, without what stands inside it: at most 24 for a number, some 32 for a mark of its kind. */
function bytesOf(v: unknown): number {
  if (typeof v === 'number') return 24;
  if (typeof v !== 'string') return 32;
  // One that is too long as it is need not be written first.
  return v.length > wireLimits.bytes ? v.length : Buffer.byteLength(JSON.stringify(v));
}

function writeNumber(v: number): Wire {
  if (Object.is(v, -0)) return { kind: 'number', value: '-0' };
  return Number.isFinite(v) ? v : { kind: 'number', value: String(v) as SpecialNumber };
}

function writeFunction(fn: (...args: never[]) => unknown, at: Place, options: EncodeOptions): Wire {
  if (!options.handle) throw refused('A function', at);
  return { kind: 'function', id: options.handle(fn), name: fn.name.slice(0, 100) };
}

function writeBinary(v: object, options: EncodeOptions): Extract<Wire, { data: string }> | undefined {
  if (v instanceof TensorValue) return { ...fields(v.array), kind: 'tensor' };
  if (isArray(v)) return { ...fields(v), kind: 'array' };
  if (ArrayBuffer.isView(v)) {
    const type = Object.keys(typedArrays).find(name => v instanceof typedArrays[name as TypedName]);
    if (type) return { kind: 'typed', type: type as TypedName, data: base64(v) };
  }
  const read = options.tensor?.(v);
  return read && { ...fields(read), kind: 'array' };
}

const fields = ({ shape, dtype, data }: NDArray) => ({ shape: [...shape], dtype, data: base64(data) });

function writeError(error: Error): Extract<Wire, { kind: 'error' }> {
  const text = (value: unknown): string => String(value).slice(0, 2000);
  const plain = { kind: 'error', name: text(error.name), message: text(error.message) } as const;
  return error instanceof LabError ? { ...plain, code: text(error.code), hint: text(error.hint) } : plain;
}

/** Plain objects of any realm: a null prototype, or a prototype that has none itself. */
function isPlain(v: object): boolean {
  const prototype = Object.getPrototypeOf(v);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const isPromise = (v: object): boolean =>
  v instanceof Promise || (v.constructor?.name === 'Promise' && typeof (v as { then?: unknown }).then === 'function');

const isTable = (v: object): v is ColumnTable =>
  typeof (v as Partial<ColumnTable>).columnNames === 'function' && typeof (v as Partial<ColumnTable>).array === 'function';

function looksLikeModel(v: object): boolean {
  const { name, nodes, output, parameters } = v as Record<string, unknown>;
  return (
    typeof name === 'string' && Array.isArray(nodes) && typeof output === 'string' && typeof parameters === 'object' && parameters !== null
  );
}

function refused(what: string, at: Place): LabError {
  return new LabError(
    'codec/kind',
    `${what} cannot be handed over (${at.where}).`,
    'Return numbers, strings, lists, records, arrays, tensors or models.',
  );
}
