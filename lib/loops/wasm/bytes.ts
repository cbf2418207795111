import { LabError } from '../../tensor/errors.ts';

const malformed = (): LabError =>
  new LabError('loops/source', 'These bytes are no WebAssembly module that is known here.', 'Compile the text with loops.compile.');

/** Reads the binary format: bytes, and integers in groups of seven bits. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    if (at > end || end > bytes.length) throw malformed();
    this.#bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw malformed();
    return this.#bytes[this.at++] as number;
  }

  /** A whole number from 0 on, of at most 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  /** Goes over a whole number of at most 64 bits. */
  skipNumber(): void {
    for (let i = 0; i < 10; i++) if (this.byte() < 0x80) return;
    throw malformed();
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.end) throw malformed();
  }

  /** The bytes from `from` to here. */
  since(from: number): Uint8Array {
    return this.#bytes.subarray(from, this.at);
  }

  /** The next `count` bytes. */
  take(count: number): ByteReader {
    const part = new ByteReader(this.#bytes, this.at, this.at + count);
    this.skip(count);
    return part;
  }
}

/** Writes the binary format. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  unsigned(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest & 0x7f) | 0x80);
    this.#bytes.push(rest);
    return this;
  }

  /** A number of 32 bits with its sign. */
  signed(value: number): this {
    let rest = value | 0;
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      const last = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
      this.#bytes.push(last ? byte : byte | 0x80);
      if (last) return this;
    }
  }

  /** A name: its length and its bytes. */
  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.unsigned(bytes.length).bytes(bytes);
  }

  /** What another one has written, behind its length. */
  sized(content: ByteWriter): this {
    return this.unsigned(content.length).bytes(content.#bytes);
  }

  /** What another one has written. */
  append(content: ByteWriter): this {
    return this.bytes(content.#bytes);
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
