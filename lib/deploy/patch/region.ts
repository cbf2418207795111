/** Places from … to - 1 along one axis of an image; there is at least one. */
export type Span = readonly [from: number, to: number];

/** A rectangle of an image. */
export type Region = readonly [rows: Span, columns: Span];

/** A window that slides along one axis. */
export interface Slide {
  /** Places from the first to the last that it looks at, both included: (kernel - 1) · dilation + 1. */
  readonly window: number;
  readonly stride: number;
  /** Places of the border before the image. */
  readonly before: number;
  /** Places of the image. */
  readonly length: number;
}

/** The least span that holds both. */
export const joined = (a: Span, b: Span): Span => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];

/** The least rectangle that holds both. */
export const joinedRegion = (a: Region, b: Region): Region => [joined(a[0], b[0]), joined(a[1], b[1])];

export const sameRegion = (a: Region, b: Region): boolean => a.flat().join() === b.flat().join();

/** Height and width. */
export const sidesOf = ([rows, columns]: Region): readonly [number, number] => [rows[1] - rows[0], columns[1] - columns[0]];

/** All of an image [n, h, w, c]. */
export const wholeOf = (shape: readonly number[]): Region => [
  [0, shape[1] as number],
  [0, shape[2] as number],
];

/**
 * The outputs that must be computed so that these are: those, and where the first window lies wholly behind the image also those before it, down to a window
 * that sees the image.
 */
export function computedSpan([from, to]: Span, { stride, before, length }: Slide): Span {
  return [Math.min(from, Math.floor((length - 1 + before) / stride)), to];
}

/**
 * What the windows of these outputs see of the image: from · stride - before … (to - 1) · stride - before + window, clipped at
 * the image's own border, where padding stands for what is missing.
 */
export function readSpan(computed: Span, { window, stride, before, length }: Slide): Span {
  const first = computed[0] * stride - before;
  const end = (computed[1] - 1) * stride - before + window;
  return [Math.max(0, first), Math.max(1, Math.min(length, end))];
}

/** The padding that is left before a part of the image that begins at `from`. */
export function paddingLeft(computed: Span, from: number, { stride, before }: Slide): number {
  return from - (computed[0] * stride - before);
}

/**
 * Cuts a length into parts, as alike as can be. The longer ones stand at the ends, where windows see no neighbour: first, last, second, last but one, ….
 */
export function cut(length: number, parts: number): readonly Span[] {
  const sizes = new Array<number>(parts).fill(Math.floor(length / parts));
  for (let i = 0; i < length % parts; i++) {
    const place = i % 2 === 0 ? i / 2 : parts - 1 - (i - 1) / 2;
    sizes[place] = (sizes[place] as number) + 1;
  }
  let end = 0;
  return sizes.map(size => {
    end += size;
    return [end - size, end];
  });
}
