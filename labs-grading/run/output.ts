import type { Readable } from 'node:stream';

/** Text kept of one cell or call, for people to read. */
const keptBytes = 64 * 1024;

/** What a program prints, counted in sections (one per request). It is shown to people and never read by the grader. */
export class Output {
  readonly #limit: number;
  #count = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** Settles when one section printed more than the limit. */
  readonly overflow: Promise<void>;

  constructor(streams: readonly Readable[], limit: number) {
    this.#limit = limit;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.overflow = promise;
    for (const stream of streams) {
      stream.on('data', (chunk: Buffer) => {
        this.#take(chunk);
        if (this.#count > this.#limit) resolve();
      });
      stream.on('error', () => {});
    }
  }

  /** Forgets what was printed so far. */
  startSection(): void {
    this.#count = 0;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  /** The beginning of what this section printed. */
  get text(): string {
    return Buffer.concat(this.#kept).toString('utf8');
  }

  #take(chunk: Buffer): void {
    this.#count += chunk.length;
    const room = keptBytes - this.#keptBytes;
    if (room <= 0) return;
    const part = Buffer.from(chunk.subarray(0, room));
    this.#kept.push(part);
    this.#keptBytes += part.length;
  }
}
