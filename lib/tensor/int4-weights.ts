import { LabError } from './errors.ts';
import { binding } from './native.ts';

/** A matrix [k, n] of 4-bit weights by groups, before it is packed: w[p, j] = scale[g, j] · (codes[p, j] − zeroPoint[g, j]), g = ⌊p / group⌋. */
export interface GroupedCodes {
  /** Inputs: rows of the matrix. */
  readonly k: number;
  /** Outputs: its columns. */
  readonly n: number;
  /** Consecutive inputs of one output that share a scale, a multiple of 8; 32, 64 and 128 are usual. The last group may be shorter. */
  readonly group: number;
  /** k · n integers, -8 … 7, row by row, as `elementsOf` gives them for an int4 array. */
  readonly codes: ArrayLike<number>;
  /** ⌈k / group⌉ · n scales, row by row. */
  readonly scale: ArrayLike<number>;
  /** As many integers, -8 … 7, that stand for 0; without them 0 does. */
  readonly zeroPoint?: ArrayLike<number>;
}

/** Packed weights in the order in which `int4Matmul` reads them: layouts stand in kernels/compute/abi.h. Two codes a byte, 4 bits and 32 / group a weight. */
export interface Int4Weights {
  readonly k: number;
  readonly n: number;
  readonly group: number;
  /** [⌈n / 16⌉, ⌈k / 8⌉, 16, 4]: byte i of four holds code 8q + i plus 8 in its lower half and code 8q + 4 + i plus 8 in its upper half. */
  readonly codes: Uint8Array;
  /** [⌈n / 16⌉, ⌈k / group⌉, 16]. */
  readonly scale: Float32Array;
  /** The same, each plus 8; without it all are 8. */
  readonly zero?: Uint8Array;
}

/** The error of weights or of a call that do not fit. */
export const int4Error = (message: string, hint: string): LabError => new LabError('native/int4', message, hint);

/**
 * Packs 4-bit weights for `int4Matmul`: once for a layer, before its products.
 * @throws LabError `native/int4`: sizes or arrays that do not fit each other, a group that is no multiple of 8, a code or zero point that is no integer from -8 to 7.
 */
export function packInt4({ k, n, group, codes, scale, zeroPoint }: GroupedCodes): Int4Weights {
  assertSizes({ k, n, group });
  const groups = Math.ceil(k / group);
  assertLength('codes', codes, k * n);
  assertLength('scale', scale, groups * n);
  const [panels, octets] = [Math.ceil(n / 16), Math.ceil(k / 8)];
  const packed = onLine(panels * octets * 64);
  for (let p = 0; p < k; p++)
    for (let j = 0; j < n; j++) {
      const at = placeOf(p, j, octets);
      const code = unsigned('codes', codes[p * n + j] as number, p * n + j);
      packed[at] = (packed[at] as number) | (p % 8 < 4 ? code : code << 4);
    }
  const made = {
    k,
    n,
    group,
    codes: packed,
    scale: byPanels(floatsOnLine(panels * groups * 16), { n, groups }, i => scale[i] as number),
  };
  if (!zeroPoint) return made;
  assertLength('zeroPoint', zeroPoint, groups * n);
  const zero = byPanels(new Uint8Array(panels * groups * 16), { n, groups }, i => unsigned('zeroPoint', zeroPoint[i] as number, i));
  return { ...made, zero };
}

/** The real numbers [k, n] of packed weights, row by row: scale · (code − zero), rounded once to float32. */
export function unpackInt4({ k, n, group, codes, scale, zero }: Int4Weights): Float32Array {
  const [octets, groups] = [Math.ceil(k / 8), Math.ceil(k / group)];
  const real = new Float32Array(k * n);
  for (let p = 0; p < k; p++)
    for (let j = 0; j < n; j++) {
      const both = codes[placeOf(p, j, octets)] as number;
      const at = ((j >> 4) * groups + Math.floor(p / group)) * 16 + (j & 15);
      real[p * n + j] = (scale[at] as number) * ((p % 8 < 4 ? both & 15 : both >> 4) - (zero ? (zero[at] as number) : 8));
    }
  return real;
}

/** `length` zeros from the start of a line of the cache: a kernel's vector is a line, and one that lies across two takes two turns. The memory behind them is a little longer. */
function onLine(length: number): Uint8Array {
  const memory = new Uint8Array(length + 63);
  const from = binding?.untilLine(memory) ?? 0;
  return memory.subarray(from, from + length);
}

function floatsOnLine(length: number): Float32Array {
  const { buffer, byteOffset } = onLine(4 * length);
  return new Float32Array(buffer, byteOffset, length);
}

/** The byte that holds the code of input p and output j. */
const placeOf = (p: number, j: number, octets: number): number => (((j >> 4) * octets + (p >> 3)) * 16 + (j & 15)) * 4 + (p & 3);

function byPanels<T extends Float32Array | Uint8Array>(
  to: T,
  { n, groups }: { n: number; groups: number },
  value: (i: number) => number,
): T {
  for (let g = 0; g < groups; g++) for (let j = 0; j < n; j++) to[((j >> 4) * groups + g) * 16 + (j & 15)] = value(g * n + j);
  return to;
}

function unsigned(name: string, value: number, i: number): number {
  if (Number.isInteger(value) && value >= -8 && value <= 7) return value + 8;
  throw int4Error(`${name}[${i}] must be an integer from -8 to 7; got ${value}.`, 'Shift codes 0 … 15 and their zero points by -8 both.');
}

function assertSizes({ k, n, group }: { k: number; n: number; group: number }): void {
  for (const [name, size] of Object.entries({ k, n }))
    if (!(Number.isInteger(size) && size >= 0 && size < 2 ** 31))
      throw int4Error(`${name} must be a whole number of at least 0; got ${size}.`, 'Pass the sizes of the matrix.');
  if (Number.isInteger(group) && group >= 8 && group <= 65536 && group % 8 === 0) return;
  throw int4Error(`group must be a multiple of 8, at most 65536; got ${group}.`, 'Quantize by groups of 32, 64 or 128 inputs.');
}

function assertLength(name: string, values: ArrayLike<number>, length: number): void {
  if (values?.length !== length)
    throw int4Error(`${name} must hold ${length} numbers; got ${values?.length}.`, 'Compare it with k, n and ⌈k / group⌉.');
}
