import type { LoopRung } from '../rung.ts';
import { block } from './block.ts';
import { dot } from './dot.ts';
import { naive } from './naive.ts';
import { reordered } from './reordered.ts';
import { unrolled } from './unrolled.ts';
import { widened } from './widened.ts';

/** Ways to compute a product of int8 matrices, from the definition to the fastest. */
export const int8Matmul: readonly LoopRung[] = [naive, reordered, unrolled, dot, widened, block];
