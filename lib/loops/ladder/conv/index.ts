import type { LoopRung } from '../rung.ts';
import { direct } from './direct.ts';
import { im2col } from './im2col.ts';
import { implicit } from './implicit.ts';
import { reordered } from './reordered.ts';

/** Ways to compute a float32 convolution, from the definition to the fastest. */
export const conv: readonly LoopRung[] = [direct, reordered, im2col, implicit];
