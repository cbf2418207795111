import type { LoopRung } from '../rung.ts';
import { block } from './block.ts';
import { naive } from './naive.ts';
import { reordered } from './reordered.ts';
import { simd } from './simd.ts';
import { tiled } from './tiled.ts';
import { unrolled } from './unrolled.ts';

/** Ways to compute a product of float32 matrices, from the definition to the fastest. */
export const matmul: readonly LoopRung[] = [naive, reordered, unrolled, tiled, simd, block];
