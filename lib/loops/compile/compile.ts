import { LabError } from '../../tensor/errors.ts';
import { assertLoop } from '../assert-loop.ts';
import type { Loop } from '../loop.ts';
import { Thread } from '../thread.ts';
import type { Compiled, CompileRequest } from './messages.ts';
import { memoryEnd } from './prelude.ts';

const thread = new Thread('compile/worker');
const longest = 64 * 1024;
/** Bytes by which the process may grow while it compiles: the compiler itself takes 360 MB. */
const growth = 1.5 * 2 ** 30;

/** How long compiling may take. */
export interface CompileOptions {
  /** Milliseconds; default 10,000. */
  readonly deadlineMs?: number;
}

const late = (deadlineMs: number) => (): LabError =>
  new LabError(
    'loops/deadline',
    `Compiling took longer than ${deadlineMs / 1000} s and was ended.`,
    'Write a smaller loop: unroll less, and nest no generics.',
  );
const large = (): LabError =>
  new LabError(
    'loops/memory',
    'Compiling took more than 1.5 GB and was ended.',
    'Write a smaller loop: unroll less, and nest no generics.',
  );

/** Starts the compiler, which takes about a second, so that the first loop of a notebook need not wait for it. */
export async function warm(): Promise<void> {
  await compile('export function warm(a: F32s, n: i32): void { for (let i = 0; i < n; i++) a[i] = a[i] + 1; }');
}

/**
 * Compiles loops in TypeScript's syntax (AssemblyScript) to WebAssembly with its 128-bit vectors. Arrays are views without bounds checks: `F32s`, `I32s`,
 * `I16s`, `I8s` and `U8s`, with `a[i]`, `a.vector(i)`, `a.setVector(i, v)` and `a.from(i)`; vectors have AssemblyScript's own functions (`f32x4.mul`,
 * `i32x4.dot_i16x8_s`). Nothing is imported and no object is made.
 * @throws LabError `loops/compile` with line, column and a caret for each place; `loops/source`, `loops/deadline`, `loops/memory`.
 * @example
 * const { functions } = await loops.compile('export function twice(a: F32s, n: i32): void { for (let i = 0; i < n; i++) a[i] *= 2; }');
 * functions[0].name; // → 'twice'
 */
export async function compile(source: string, { deadlineMs = 10_000 }: CompileOptions = {}): Promise<Loop> {
  const { binary, functions } = await compiled(source, { text: false, deadlineMs });
  const loop = { source, binary, functions };
  assertLoop(loop);
  return loop;
}

/** The WebAssembly text of a loop: what the processor's compiler gets to see. @throws LabError `loops/source` and the others of `compile`. */
export async function text({ source }: Pick<Loop, 'source'>): Promise<string> {
  return (await compiled(source, { text: true, deadlineMs: 10_000 })).text as string;
}

/** Ends the compiler; the next source starts it again. */
export const endCompiler = (): Promise<void> => thread.end();

function compiled(source: unknown, { text, deadlineMs }: { readonly text: boolean; readonly deadlineMs: number }): Promise<Compiled> {
  const refuse = (message: string): Promise<never> =>
    Promise.reject(
      new LabError('loops/source', message, 'Give the text of the loop, such as `export function f(a: F32s, n: i32): void { … }`.'),
    );
  if (typeof source !== 'string') return refuse(`A loop is compiled from its text; got ${source === null ? 'null' : typeof source}.`);
  if (source.includes(memoryEnd)) return refuse(`The name ${memoryEnd} is the compiler's own: it tells where the constants of a loop end.`);
  if (source.length > longest) return refuse(`The text of a loop has at most ${longest} characters; this one has ${source.length}.`);
  return thread.ask<Compiled>({ source, text } satisfies CompileRequest, { deadlineMs, late: late(deadlineMs), growth, large });
}
