import { damaged, refuseTflite, withoutControls } from './refuse.ts';

// A reader of flatbuffers (google.github.io/flatbuffers/internals) that believes no file: each offset, length and table of fields is tried against the
// end of the file before it is followed. The package `flatbuffers` reads without a check, so it serves for writing only.

interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes that may still be read. A true file is read about once; one whose tables share their bytes could be read without end. */
  left: number;
}

/** Bytes that are read at most, for each byte of the file. */
const readingsPerByte = 8;

/** The table at the root of a file with this identifier of four letters. @throws LabError `deploy/tflite`. */
export function openFlatbuffer(bytes: Uint8Array, identifier: string): Table {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(4, 8)) !== identifier)
    refuseTflite(`The file does not begin like a .tflite file: bytes 4 to 7 are not ${identifier}.`, damaged);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return follow({ bytes, view, left: readingsPerByte * bytes.length + 4096 }, 0);
}

/** Counts bytes that are about to be read, which must lie in the file. */
function spend(source: Source, at: number, length: number): void {
  if (!(at >= 0 && at + length <= source.bytes.length))
    refuseTflite(`Byte ${at} of ${source.bytes.length} leads ${length} bytes out of the file.`, damaged);
  source.left -= length;
  if (source.left < 0) refuseTflite('The file uses the same bytes over and over.', damaged);
}

/** Where the offset that stands at a place leads: always forward. */
function target(source: Source, at: number): number {
  spend(source, at, 4);
  const offset = source.view.getUint32(at, true);
  if (offset === 0) refuseTflite(`The offset at byte ${at} leads nowhere.`, damaged);
  return at + offset;
}

const follow = (source: Source, at: number): Table => new Table(source, target(source, at));

/** A table of a flatbuffer. Fields go by their number in the schema; one that is left out has its default. */
export class Table {
  readonly #source: Source;
  readonly #at: number;
  /** Bytes of the table. */
  readonly #size: number;
  /** Where its list of fields begins, and how many it lists. */
  readonly #vtable: number;
  readonly #fields: number;

  constructor(source: Source, at: number) {
    this.#source = source;
    this.#at = at;
    spend(source, at, 4);
    this.#vtable = at - source.view.getInt32(at, true);
    spend(source, this.#vtable, 4);
    const listed = source.view.getUint16(this.#vtable, true);
    this.#size = source.view.getUint16(this.#vtable + 2, true);
    if (listed < 4 || listed % 2 !== 0 || this.#size < 4)
      refuseTflite(`The table at byte ${at} has a list of fields of ${listed} bytes.`, damaged);
    spend(source, this.#vtable, listed);
    spend(source, at, this.#size);
    this.#fields = (listed - 4) / 2;
  }

  /** Where a field of some bytes stands. */
  #place(field: number, bytes: number): number | undefined {
    if (field >= this.#fields) return undefined;
    const offset = this.#source.view.getUint16(this.#vtable + 4 + 2 * field, true);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + bytes > this.#size)
      refuseTflite(`Field ${field} of the table at byte ${this.#at} lies outside it.`, damaged);
    return this.#at + offset;
  }

  /** A byte from 0 to 255. */
  uint8(field: number, otherwise = 0): number {
    const at = this.#place(field, 1);
    return at === undefined ? otherwise : this.#source.view.getUint8(at);
  }

  /** A byte from -128 to 127. */
  int8(field: number, otherwise = 0): number {
    const at = this.#place(field, 1);
    return at === undefined ? otherwise : this.#source.view.getInt8(at);
  }

  int32(field: number, otherwise = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? otherwise : this.#source.view.getInt32(at, true);
  }

  uint32(field: number, otherwise = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? otherwise : this.#source.view.getUint32(at, true);
  }

  float32(field: number, otherwise = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? otherwise : this.#source.view.getFloat32(at, true);
  }

  /** Whether a field is given at all. */
  has(field: number): boolean {
    return this.#place(field, 1) !== undefined;
  }

  table(field: number): Table | undefined {
    const at = this.#place(field, 4);
    return at === undefined ? undefined : follow(this.#source, at);
  }

  tables(field: number): Table[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => follow(this.#source, start + 4 * i));
  }

  /** A text, its control characters as ?. */
  text(field: number): string {
    return withoutControls(new TextDecoder().decode(this.bytes(field)));
  }

  /** The bytes themselves, not a copy. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.#vector(field, 1);
    return this.#source.bytes.subarray(start, start + length);
  }

  int32s(field: number): number[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => this.#source.view.getInt32(start + 4 * i, true));
  }

  float32s(field: number): number[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => this.#source.view.getFloat32(start + 4 * i, true));
  }

  int64s(field: number): number[] {
    const { start, length } = this.#vector(field, 8);
    return Array.from({ length }, (_, i) => Number(this.#source.view.getBigInt64(start + 8 * i, true)));
  }

  /** Where a list stands, whose items take some bytes each; an empty one when it is left out. */
  #vector(field: number, bytes: number): { readonly start: number; readonly length: number } {
    const at = this.#place(field, 4);
    if (at === undefined) return { start: 0, length: 0 };
    const start = target(this.#source, at);
    spend(this.#source, start, 4);
    const length = this.#source.view.getUint32(start, true);
    spend(this.#source, start + 4, length * bytes);
    return { start: start + 4, length };
  }
}
