// Frames on a byte stream: four bytes of length (big endian), then that many bytes of JSON. Both ends use this file, so it imports nothing.

/** Largest frame that either side accepts; a value of the largest size fits. */
export const maximumFrameBytes: number = 80 * 2 ** 20;

/** Most commas and opening brackets of a frame: small text can hold millions of values, and each takes far more memory than its text. */
export const maximumMarks: number = 6 * 2 ** 20;

/** Deepest nesting that a frame may have: recursive code that walks a deeper value would overflow the stack. */
export const maximumDepth = 128;

/** The other side broke the rules of the channel; nothing that it says afterwards counts. */
export class FrameError extends Error {
  override name = 'FrameError';
}

/** Bytes of one frame that carries `value`. */
export function encodeFrame(value: unknown): Buffer {
  return frameOf(JSON.stringify(value));
}

/** Bytes of one frame of JSON text. */
export function frameOf(json: string): Buffer {
  const body = Buffer.from(json);
  if (body.length > maximumFrameBytes)
    throw new FrameError(`a frame holds at most ${maximumFrameBytes} bytes, this one has ${body.length}`);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** Bytes of one frame that the other side takes. @throws FrameError for one that is too long, too deep, or of too many values. */
export function checkedFrame(value: unknown): Buffer {
  const frame = encodeFrame(value);
  // A shorter text cannot hold too many.
  if (frame.length > maximumMarks) assertShallow(frame.subarray(4));
  return frame;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d;

/** Throws when JSON text nests deeper than `maximumDepth` or holds too many values; what stands inside strings does not count. */
function assertShallow(json: Buffer): void {
  let depth = 0;
  let marks = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number;
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (isClosing(byte)) depth--;
    else if (isOpening(byte) || byte === comma) {
      if (++marks > maximumMarks) throw new FrameError(`a frame holds at most ${maximumMarks} commas and brackets`);
      if (byte !== comma && ++depth > maximumDepth) throw new FrameError(`a frame nests at most ${maximumDepth} levels`);
    }
  }
}

function parse(json: Buffer): unknown {
  assertShallow(json);
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    throw new FrameError('a frame holds JSON');
  }
}

/** Cuts a stream of chunks into frames. The announced length is checked before anything is kept. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #held = 0;
  readonly #limit: number;

  constructor(limit: number = maximumFrameBytes) {
    this.#limit = limit;
  }

  /**
   * Takes the next chunk and returns the frames that it completes.
   * @throws FrameError when a length is over the limit, or a body is not JSON or nests too deep.
   */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: unknown[] = [];
    for (let body = this.#take(); body; body = this.#take()) frames.push(parse(body));
    return frames;
  }

  #take(): Buffer | undefined {
    if (this.#held < 4) return undefined;
    const length = this.#peekLength();
    if (length > this.#limit) throw new FrameError(`a frame holds at most ${this.#limit} bytes, this one announces ${length}`);
    if (this.#held < 4 + length) return undefined;
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#held);
    const rest = all.subarray(4 + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    return all.subarray(4, 4 + length);
  }

  #peekLength(): number {
    const first = this.#chunks[0] as Buffer;
    if (first.length >= 4) return first.readUInt32BE(0);
    const joined = Buffer.concat(this.#chunks, this.#held);
    this.#chunks = [joined];
    return joined.readUInt32BE(0);
  }
}
