import { conv } from './conv.ts';
import { int4Gemv } from './int4-gemv.ts';
import { int8Conv } from './int8-conv.ts';
import { int8Matmul, matmul } from './matmul.ts';

/** Problems for loops, by name: each makes one of given sizes. */
export const problems: {
  readonly matmul: typeof matmul;
  readonly int8Matmul: typeof int8Matmul;
  readonly conv: typeof conv;
  readonly int8Conv: typeof int8Conv;
  readonly int4Gemv: typeof int4Gemv;
} = { matmul, int8Matmul, conv, int8Conv, int4Gemv };
