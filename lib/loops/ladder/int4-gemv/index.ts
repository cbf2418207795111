import type { LoopRung } from '../rung.ts';
import { integers } from './integers.ts';
import { scalar } from './scalar.ts';
import { simd } from './simd.ts';

export const int4Gemv: readonly LoopRung[] = [scalar, integers, simd];
