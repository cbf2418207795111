// The door `loops`: Loops that students write, compiled to WebAssembly, run, counted and timed. Nothing inside lib imports this file.

export { compile, text, warm } from './loops/compile/compile.ts';
export type { Loop, LoopArgument, LoopArray, LoopCall, LoopData, LoopFunction, LoopResult } from './loops/loop.ts';
export { type RunLoopOptions, run } from './loops/run/run.ts';
