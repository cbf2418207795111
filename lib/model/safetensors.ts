import { allocate, array, byteLengthOf, type DType, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertValidShape, type Shape } from '../tensor/shape.ts';
import { assertUniqueKeys } from './unique-keys.ts';

/** Element types by their name in the format. int4 is stored as packed bytes; whoever reads it knows the shape. */
const names: Readonly<Record<Exclude<DType, 'int4'>, string>> = { float32: 'F32', int32: 'I32', int8: 'I8', uint8: 'U8', bool: 'BOOL' };
const dtypeOf = (name: unknown): DType | undefined => (Object.keys(names) as Exclude<DType, 'int4'>[]).find(dtype => names[dtype] === name);

/** Where a tensor lies in the file. */
export interface TensorEntry {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

const refuse = (code: string, message: string): never => {
  throw new LabError(code, `safetensors: ${message}`, 'The file is damaged or was not written by this library; save the model again.');
};

/**
 * Writes arrays in the safetensors format: 8 bytes of header length (little-endian), a JSON header padded with spaces to a multiple of 8, then
 * the values, wide types first, so that each is aligned. https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(arrays: Readonly<Record<string, NDArray>>): Uint8Array {
  const entries = Object.entries(arrays).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: Record<string, unknown> = { __metadata__: { format: 'tinylab' } };
  let offset = 0;
  for (const [name, { shape, dtype, data }] of entries) {
    const stored = dtype === 'int4' ? { dtype: 'U8', shape: [data.byteLength] } : { dtype: names[dtype], shape };
    header[name] = { ...stored, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads the header and checks all of it against the file before anything is allocated: sizes, types, shapes, and that the tensors lie one
 * after the other without gap or overlap.
 * @throws LabError `model/header`, `model/duplicate`, `model/dtype`, `model/offsets`, `shape/invalid`.
 */
export function readSafetensors(bytes: Uint8Array): ReadonlyMap<string, TensorEntry> {
  const { header, start } = headerOf(bytes);
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, entryOf(name, value, start));
  }
  let at = start;
  for (const { begin, end } of [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) refuse('model/offsets', `expected a tensor at byte ${at}, got one at ${begin}.`);
    at = end;
  }
  if (at !== bytes.length) refuse('model/offsets', `the tensors end at byte ${at}, the file at ${bytes.length}.`);
  return entries;
}

function headerOf(bytes: Uint8Array): { header: object; start: number } {
  if (bytes.length < 8) refuse('model/header', `${bytes.length} bytes are too few for a header.`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8)
    refuse('model/header', `the header claims ${length} bytes, the file has ${bytes.length - 8} after its length.`);
  let header: unknown;
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(json);
    assertUniqueKeys('safetensors', json);
  } catch (error) {
    if (error instanceof LabError) throw error;
    refuse('model/header', 'the header is no JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) refuse('model/header', 'the header is no JSON object.');
  return { header: header as object, start: 8 + length };
}

function entryOf(name: string, value: unknown, start: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const known = dtypeOf(dtype) ?? refuse('model/dtype', `${name} has the type ${JSON.stringify(dtype)}; known: ${Object.values(names)}.`);
  assertValidShape(`safetensors: ${name}`, shape as Shape);
  const valid = Array.isArray(offsets) && offsets.length === 2 && offsets.every(offset => Number.isSafeInteger(offset) && offset >= 0);
  const [begin, end] = (valid ? offsets : [0, -1]) as [number, number];
  const size = byteLengthOf(shape as Shape, known);
  if (end - begin !== size) refuse('model/offsets', `${name} takes ${size} bytes; its offsets are ${JSON.stringify(offsets)}.`);
  return { dtype: known, shape: Object.freeze([...(shape as Shape)]), begin: start + begin, end: start + end };
}

/** The array at an entry, copied out of the file; `as` gives packed int4 its shape back. */
export function tensorAt(bytes: Uint8Array, entry: TensorEntry, as?: { readonly dtype: DType; readonly shape: Shape }): NDArray {
  const { dtype, shape } = as ?? entry;
  const data = allocate(
    dtype,
    dtype === 'int4' ? 2 * (entry.end - entry.begin) : (entry.end - entry.begin) / allocate(dtype, 0).BYTES_PER_ELEMENT,
  );
  new Uint8Array(data.buffer).set(bytes.subarray(entry.begin, entry.end));
  return array(shape, data, dtype);
}
