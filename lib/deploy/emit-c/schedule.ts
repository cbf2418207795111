import { LabError } from '../../tensor/errors.ts';

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

const flag = (value: unknown): boolean => typeof value === 'boolean';
const oneOf =
  (...allowed: readonly unknown[]) =>
  (value: unknown): boolean =>
    allowed.includes(value);

/** What each field may be. */
const fields: Readonly<Record<keyof ConvSchedule, readonly [fits: (value: unknown) => boolean, expected: string]>> = {
  loops: [oneOf('naive', 'reordered'), "'naive' or 'reordered'"],
  unroll: [oneOf(1, 2, 4), '1, 2 or 4'],
  simd: [flag, 'true or false'],
  im2col: [flag, 'true or false'],
  interleaved: [flag, 'true or false'],
  weightBits: [oneOf(8, 16), '8 or 16'],
  block: [isBlock, 'two whole numbers from 1 to 8, outputs and pixels'],
  inPlace: [flag, 'true or false'],
};

function isBlock(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(size => Number.isInteger(size) && size >= 1 && size <= 8);
}

/**
 * Refuses what is no schedule.
 * @throws LabError `deploy/schedule`, naming the field.
 */
export function assertSchedule(schedule: unknown): void {
  const wrong = faultOf(schedule);
  if (wrong) throw new LabError('deploy/schedule', wrong, `A schedule has ${Object.keys(fields).join(', ')}; each may be left out.`);
}

function faultOf(schedule: unknown): string | undefined {
  if (typeof schedule !== 'object' || schedule === null || Array.isArray(schedule))
    return `A schedule is an object; got ${JSON.stringify(schedule)}.`;
  for (const [name, value] of Object.entries(schedule)) {
    if (!Object.hasOwn(fields, name)) return `A schedule has no ${JSON.stringify(name)}.`;
    const [fits, expected] = fields[name as keyof ConvSchedule];
    if (value !== undefined && !fits(value)) return `A schedule's ${name} is ${expected}; got ${JSON.stringify(value)}.`;
  }
  return undefined;
}
