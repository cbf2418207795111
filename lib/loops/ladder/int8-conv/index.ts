import type { LoopRung } from '../rung.ts';
import { direct } from './direct.ts';
import { im2col } from './im2col.ts';
import { implicit } from './implicit.ts';

/** Ways to compute a int8 convolution, from the definition to the fastest. */
export const int8Conv: readonly LoopRung[] = [direct, im2col, implicit];
