import type { Attributes } from '../../model/model.ts';
import type { IntegerOpName } from '../integer/index.ts';
import type { Declared } from '../integer/op.ts';
import type { Elements, ElementType } from '../program.ts';
import type { ConvSchedule } from './schedule.ts';

/** What the C is written for: `any` is standard C11 with GCC's attributes, the others may use their own instructions. */
export type CCore = 'any' | 'cortex-m4' | 'cortex-m7' | 'cortex-m55';

/**
 * A step as a kernel sees it. In the C text of its body `x` points to the first input, `x1`, `x2`, … to those behind it that are no constants, `y` to the
 * output, all of them of their element's type, and `scratch` (uint8_t *, a multiple of 16 bytes from the start) to `Kernel.scratch` bytes.
 */
export interface CStep<A = Attributes> {
  readonly number: number;
  readonly op: IntegerOpName;
  /** Constants have `data`. There is no int4: such elements are int8 here. */
  readonly inputs: readonly (Declared | undefined)[];
  readonly output: Declared;
  readonly attributes: A;
  /** Whether the weights, its second input, have 4 bits in the program. */
  readonly int4?: boolean;
  /** Names the step in messages. */
  readonly where: string;
  readonly core: CCore;
  /** How its loops were asked to run; undefined leaves that to the kernels. */
  readonly schedule?: ConvSchedule;
  /** Whether the output lies over the first input: `y == x`. */
  readonly inPlace: boolean;
}

/** Takes what a kernel needs outside of its body. */
export interface CWriter {
  /** The name of a constant array, aligned to 16 bytes; arrays of equal type and contents are written once. `name` is the start of its name. */
  constant(name: string, type: ElementType, data: Elements | readonly number[]): string;
  /** Writes a helper (static inline functions, tables) once, before all steps. Whoever asks again for the same name gives the same text. */
  helper(name: string, text: string): void;
  /** Includes a header, such as `arm_acle.h`, once. */
  include(header: string): void;
}

/** One way to write a step in C. */
export interface Kernel<A = Attributes> {
  /** What `McuSource.steps` calls it, such as `plain` or `smlad-2x2`. */
  readonly name: string;
  /** Whether it writes this step, for this core and this schedule, exactly as the step is defined. */
  fits(step: CStep<A>): boolean;
  /** Bytes that it needs beside its inputs and output while it runs; 0 when absent. Asked before it is known what lies over what: `inPlace` says what is wanted. */
  scratch?(step: CStep<A>): number;
  /** What weights of 16 bits would add to flash, and the instructions that they would save; absent where the kernel has no such choice. */
  widened?(step: CStep<A>): { readonly bytes: number; readonly saved: number };
  /** Bits of a stored weight, where the kernel has a choice. */
  weightBits?(step: CStep<A>): 4 | 8 | 16;
  /** The body of the step's function. */
  emit(step: CStep<A>, writer: CWriter): string;
}
