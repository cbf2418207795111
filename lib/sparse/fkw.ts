import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertShape } from '../tensor/shape.ts';
import type { KernelPattern } from './kernel-pattern.ts';

/** One kernel of a filter: the input channel that it reads, its pattern, and the values at the pattern's positions. */
export interface StoredKernel {
  readonly channel: number;
  readonly pattern: number;
  readonly values: readonly number[];
}

/** PatDNN's filter-kernel-weight format: filters in an order in which alike ones are neighbours, kernels in the order of their patterns. */
export interface FkwKernel {
  /** Shape of the dense kernel. */
  readonly shape: readonly [kh: number, kw: number, inputs: number, outputs: number];
  /** Which positions a kernel may have, by number. */
  readonly patterns: readonly KernelPattern[];
  /** The filters with their output channel and the kernels that are not all zeros. */
  readonly filters: readonly { readonly output: number; readonly kernels: readonly StoredKernel[] }[];
}

/** A convolution's result and how many inputs it loaded into registers, with and without reuse. */
export interface FkwProduct {
  /** float32 [oh, ow, outputs]. */
  readonly value: NDArray;
  /** Inputs loaded, neighbours sharing what they have. */
  readonly loads: number;
  /** Inputs loaded when every multiplication loads its own. */
  readonly loadsWithoutReuse: number;
}

function storedKernel(
  { data, shape }: NDArray,
  patterns: readonly KernelPattern[],
  at: { channel: number; output: number },
): StoredKernel | undefined {
  const [, , inputs, outputs] = shape as FkwKernel['shape'];
  const positions = patterns[0].map((_, p) => data[(p * inputs + at.channel) * outputs + at.output]);
  if (positions.every(value => value === 0)) return undefined;
  const pattern = patterns.findIndex(kept => positions.every((value, p) => value === 0 || kept[p]));
  if (pattern < 0)
    throw new LabError(
      'prune/pattern',
      `The kernel of input ${at.channel} and output ${at.output} fits none of the ${patterns.length} patterns.`,
      'Prune with patternMask and the same patterns first.',
    );
  return { channel: at.channel, pattern, values: positions.filter((_, p) => patterns[pattern]?.[p]) };
}

/**
 * Encodes a pattern-pruned kernel [kh, kw, in, out]: kernels that are all zero are left out; filters are ordered by their number of kernels, then
 * by their patterns (filter-kernel reorder). Source: Niu et al. 2020, PatDNN, §5.
 * @throws LabError `prune/pattern` when a kernel fits no pattern, or patterns do not have kh · kw positions.
 */
export function encodeFkw(kernel: NDArray, patterns: readonly KernelPattern[]): FkwKernel {
  const [kh = 0, kw = 0, inputs = 0, outputs = 0] = kernel.shape;
  if (kernel.shape.length !== 4 || patterns.length === 0 || patterns.some(pattern => pattern.length !== kh * kw))
    throw new LabError(
      'prune/pattern',
      `FKW takes a kernel [kh, kw, in, out] and patterns of kh · kw positions; got shape [${kernel.shape.join(', ')}], ${patterns.length} patterns.`,
      'patternDictionary(weight) finds patterns that fit.',
    );
  const filters = Array.from({ length: outputs }, (_, output) => {
    const kernels = Array.from({ length: inputs }, (_, channel) => storedKernel(kernel, patterns, { channel, output }));
    return {
      output,
      kernels: kernels.filter(stored => stored !== undefined).sort((a, b) => a.pattern - b.pattern || a.channel - b.channel),
    };
  });
  const signature = ({ kernels }: (typeof filters)[number]): string =>
    kernels.map(({ pattern, channel }) => String.fromCharCode(pattern, channel)).join('');
  filters.sort((a, b) => b.kernels.length - a.kernels.length || (signature(a) < signature(b) ? -1 : 1));
  return { shape: [kh, kw, inputs, outputs], patterns, filters };
}

/** Inputs, by offset from a window's corner, that a pattern needs for `width` neighbouring outputs. */
function neededBy(pattern: KernelPattern, { kw, width }: { kw: number; width: number }): Set<string> {
  const needed = new Set<string>();
  for (const [p, kept] of pattern.entries()) if (kept) for (let x = 0; x < width; x++) needed.add(`${Math.floor(p / kw)},${(p % kw) + x}`); // down, right
  return needed;
}

/**
 * Convolution of x [h, w, in] with an FKW kernel, no padding, stride 1, that counts loads of inputs into registers. Without reuse each
 * multiplication loads its own; with it, an input is loaded once for `unroll` neighbouring outputs (kernel-level redundancy) and once for the
 * filters of a `bundle` that read it by the same pattern (filter-level). Source: Niu et al. 2020, PatDNN, §5.4.
 * @throws LabError `shape/mismatch` when x does not have the kernel's input channels.
 * @example
 * const kernel = array([2, 2, 1, 1], [1, 2, 0, 0]);
 * const fkw = encodeFkw(kernel, [[1, 1, 0, 0]]);
 * const { value, loads, loadsWithoutReuse } = fkwConv2d(fkw, array([2, 5, 1], [1, 2, 3, 4, 5, 0, 0, 0, 0, 0]), { unroll: 4 });
 * [...value.data, loads, loadsWithoutReuse]; // → [5, 8, 11, 14, 5, 8]
 */
export function fkwConv2d(kernel: FkwKernel, x: NDArray, options: { readonly unroll?: number; readonly bundle?: number } = {}): FkwProduct {
  const { unroll = 4, bundle = 4 } = options;
  const [kh, kw, inputs, outputs] = kernel.shape;
  const [h = 0, w = 0] = x.shape;
  assertShape('Input of the convolution', [h, w, inputs], x.shape);
  const [rows, columns] = [Math.max(0, h - kh + 1), Math.max(0, w - kw + 1)];
  const result = array([rows, columns, outputs], new Float32Array(rows * columns * outputs));
  const counts = { loads: 0, loadsWithoutReuse: 0 };
  for (let first = 0; first < kernel.filters.length; first += bundle)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column += unroll) {
        const tile = { row, column, width: Math.min(unroll, columns - column) };
        const loaded = new Set<string>();
        for (const { output, kernels } of kernel.filters.slice(first, first + bundle))
          for (const stored of kernels) {
            const pattern = kernel.patterns[stored.pattern];
            counts.loadsWithoutReuse += stored.values.length * tile.width;
            const read = `${stored.channel},${stored.pattern}`;
            if (!loaded.has(read)) counts.loads += neededBy(pattern, { kw, width: tile.width }).size;
            loaded.add(read);
            addKernel(result, { x, stored, output, ...tile, places: placesOf(pattern, kw) });
          }
      }
  return { value: result, ...counts };
}

const placesOf = (pattern: KernelPattern, kw: number): [down: number, right: number][] =>
  pattern.flatMap((kept, p) => (kept ? [[Math.floor(p / kw), p % kw] as [number, number]] : []));

interface KernelTile {
  readonly x: NDArray;
  readonly stored: StoredKernel;
  readonly output: number;
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly places: readonly [down: number, right: number][];
}

/** One kernel's part of `width` neighbouring outputs of a row. */
function addKernel({ shape, data }: NDArray, { x, stored, output, row, column, width, places }: KernelTile): void {
  const [, columns, outputs] = shape as [number, number, number];
  const [, w, inputs] = x.shape as [number, number, number];
  for (let i = column; i < column + width; i++) {
    const at = (row * columns + i) * outputs + output;
    for (const [v, [down, right]] of places.entries()) {
      const input = x.data[((row + down) * w + i + right) * inputs + stored.channel];
      data[at] += stored.values[v] * input;
    }
  }
}
