import type { HandedInKind } from './kind.ts';

/** A program of integers, which checks may run: it is loops over arrays that were checked, and says before how many steps they take. */
export const program: HandedInKind<'program'> = {
  caps: {
    graphBytes: 2 ** 24,
    bytes: 64 * 2 ** 20,
    tensors: 10_000,
    steps: 5_000,
    maximumBytes: 256 * 2 ** 20,
    maximumMacs: 2 ** 30,
  },
};
