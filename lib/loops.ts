// The door `loops`: Loops that students write, compiled to WebAssembly, run, counted and timed. Nothing inside lib imports this file.

export { type CompileOptions, compile, text, warm } from './loops/compile/compile.ts';
export { type CountOptions, count } from './loops/count/count.ts';
export type { AccessCounts, AccessTrace, LoopCounts } from './loops/count/counts.ts';
export { ladder } from './loops/ladder/index.ts';
export type { LoopRung } from './loops/ladder/rung.ts';
export type { Loop, LoopArgument, LoopArray, LoopCall, LoopData, LoopFunction, LoopResult } from './loops/loop.ts';
export { type MeasuredLoop, type MeasureLoopOptions, measure } from './loops/measure/measure.ts';
export type { ConvSizes } from './loops/problems/image.ts';
export { problems } from './loops/problems/index.ts';
export type { GemvSizes } from './loops/problems/int4-gemv.ts';
export type { MatmulSizes } from './loops/problems/matmul.ts';
export { expected, type LoopProblem, type ScratchSpace } from './loops/problems/problem.ts';
export { type LoopVerdict, verify } from './loops/problems/verify.ts';
export { type RunLoopOptions, run } from './loops/run/run.ts';
