import { conv } from './conv/index.ts';
import { int4Gemv } from './int4-gemv/index.ts';
import { int8Conv } from './int8-conv/index.ts';
import { int8Matmul } from './int8-matmul/index.ts';
import { matmul } from './matmul/index.ts';
import type { LoopRung } from './rung.ts';

/** Ways to solve each of the `problems`, by its name, from the definition to the fastest. */
export const ladder: Readonly<Record<'matmul' | 'int8Matmul' | 'conv' | 'int8Conv' | 'int4Gemv', readonly LoopRung[]>> = {
  matmul,
  int8Matmul,
  conv,
  int8Conv,
  int4Gemv,
};
