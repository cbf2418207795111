/**
 * How the loops of a convolution run on a microcontroller; what is left out, the kernel chooses. The six switches of the course's lab on loops are here: loop
 * reordering, unrolling, SIMD, im2col, weights in the order in which they are read, depthwise in place.
 */
export interface ConvSchedule {
  /** `naive`: outputs innermost but for the kernel, as the definition; `reordered`: for each place of the kernel all outputs. */
  readonly loops?: 'naive' | 'reordered';
  /** How many products are written out in a row. */
  readonly unroll?: 1 | 2 | 4;
  /** Whether two products, or more, are one instruction. */
  readonly simd?: boolean;
  /** Whether the places under the kernel are first copied side by side. */
  readonly im2col?: boolean;
  /** Whether weights lie in the order in which they are read. */
  readonly interleaved?: boolean;
  /** Bits of a stored weight of kernels with SMLAD: 16 take twice the flash and no instructions to widen them; default 8. */
  readonly weightBits?: 8 | 16;
  /** Outputs and pixels that are summed up at the same time. */
  readonly block?: readonly [outputs: number, pixels: number];
  /** Whether a depthwise convolution writes over its input. */
  readonly inPlace?: boolean;
}
