import type { LoopRung } from '../rung.ts';
import { integers } from './integers.ts';
import { scalar } from './scalar.ts';
import { simd } from './simd.ts';

/** Ways to compute a product of a 4-bit matrix and a vector, from the definition to the fastest. */
export const int4Gemv: readonly LoopRung[] = [scalar, integers, simd];
