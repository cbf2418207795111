import type { LoopRung } from '../rung.ts';
import { direct } from './direct.ts';
import { im2col } from './im2col.ts';
import { implicit } from './implicit.ts';

export const int8Conv: readonly LoopRung[] = [direct, im2col, implicit];
