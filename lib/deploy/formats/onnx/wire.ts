import { joinedBytes } from '../../../tensor/joined-bytes.ts';
import { refuseOnnx } from './refuse.ts';

// Protocol Buffers, as far as ONNX uses them: https://protobuf.dev/programming-guides/encoding. A message is a table of its fields, and what is read is plain data.

/** What a field holds: a whole number, a float32, text, bytes, or a message. */
export type Kind = 'int' | 'float' | 'string' | 'bytes' | (() => Schema);

/** A field of a message. */
export interface Field {
  readonly number: number;
  readonly kind: Kind;
  readonly many?: boolean;
}

/** A message: its fields by name. */
export type Schema = Readonly<Record<string, Field>>;

/** A message as plain data: absent fields are undefined, repeated ones lists. */
export type Message = Readonly<Record<string, unknown>>;

const wireOf = (kind: Kind): number => (kind === 'int' ? 0 : kind === 'float' ? 5 : 2);

/** The bytes of a message; fields in the order of their table, whole numbers not packed. */
export function encode(message: Message, schema: Schema): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, { number, kind, many }] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) continue;
    for (const one of many ? (value as readonly unknown[]) : [value]) {
      parts.push(varint(number * 8 + wireOf(kind)));
      parts.push(...encoded(one, kind));
    }
  }
  return joinedBytes(parts);
}

function encoded(value: unknown, kind: Kind): readonly Uint8Array[] {
  if (kind === 'int') return [varint(value as number)];
  if (kind === 'float') return [new Uint8Array(Float32Array.of(value as number).buffer)];
  const bytes =
    kind === 'string'
      ? new TextEncoder().encode(value as string)
      : kind === 'bytes'
        ? (value as Uint8Array)
        : encode(value as Message, kind());
  return [varint(bytes.length), bytes];
}

/** A whole number of 64 bits, 7 to a byte, the lowest first; a negative one is its two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/**
 * The message that bytes hold. Fields that the table lacks are skipped; of a field that comes twice and may not, the last one counts.
 * @throws LabError `deploy/onnx` for bytes that end too soon, whole numbers beyond 2^53 and text that is no UTF-8.
 */
export function decode(bytes: Uint8Array, schema: Schema): Message {
  const fields = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, ...field }]));
  const message: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const cursor = new Cursor(bytes);
  while (!cursor.done) {
    const tag = cursor.whole();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const field = fields.get(number);
    if (!field) {
      cursor.skip(wire);
      continue;
    }
    const values = cursor.values(wire, field.kind);
    if (!field.many) message[field.name] = values.at(-1);
    else {
      message[field.name] ??= [];
      for (const value of values) (message[field.name] as unknown[]).push(value);
    }
  }
  return message;
}

/** A place among bytes, which nothing is read behind. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  whole(): number {
    let [value, unit] = [0n, 0n];
    for (;;) {
      const byte = this.take(1)[0] as number;
      value |= BigInt(byte & 127) << unit;
      if (byte < 128) break;
      unit += 7n;
      if (unit > 63n) refuseOnnx(`a whole number at byte ${this.at} has more than 64 bits.`);
    }
    const signed = Number(BigInt.asIntN(64, value));
    return Number.isSafeInteger(signed) ? signed : refuseOnnx(`a whole number at byte ${this.at} is ${signed}, beyond 2^53.`);
  }

  take(length: number): Uint8Array {
    if (!(length >= 0) || this.at + length > this.bytes.length)
      refuseOnnx(`${length} bytes are announced at byte ${this.at}; there are ${this.bytes.length - this.at}.`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  skip(wire: number): void {
    if (wire === 0) this.whole();
    else if (wire === 1) this.take(8);
    else if (wire === 5) this.take(4);
    else if (wire === 2) this.take(this.whole());
    else refuseOnnx(`there is no wire type ${wire} (byte ${this.at}).`);
  }

  /** One value, or those of a packed list. */
  values(wire: number, kind: Kind): readonly unknown[] {
    if (wire === wireOf(kind)) return [this.value(kind)];
    if (wire !== 2 || (kind !== 'int' && kind !== 'float')) refuseOnnx(`a field at byte ${this.at} is of wire type ${wire}.`);
    const packed = new Cursor(this.take(this.whole()));
    const list: unknown[] = [];
    while (!packed.done) list.push(packed.value(kind));
    return list;
  }

  value(kind: Kind): unknown {
    if (kind === 'int') return this.whole();
    if (kind === 'float') return new DataView(this.take(4).slice().buffer).getFloat32(0, true);
    const bytes = this.take(this.whole());
    if (kind === 'bytes') return bytes;
    if (kind !== 'string') return decode(bytes, kind());
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return refuseOnnx(`a name that ends at byte ${this.at} is no UTF-8.`);
    }
  }
}
