import { compile } from '../compile/compile.ts';
import type { Loop, LoopCall } from '../loop.ts';

/** Loops that multiply and add in registers only: as fast as WebAssembly's vectors can be here. */
const sources = {
  float32: { step: 's = f32x4.add(s, f32x4.mul(x, y));', macs: 4 },
  int8: { step: 's = i32x4.add(s, i32x4.dot_i16x8_s(x, y));', macs: 8 },
} as const;

/** What a ceiling is measured for: products of float32, or of small integers. */
export type CeilingKind = keyof typeof sources;

const sums = 12;
const turns = 20_000;

/** The loop of a ceiling: twelve independent sums, so that no addition waits for the one before it. */
export async function ceilingLoop(kind: CeilingKind): Promise<Loop> {
  const names = Array.from({ length: sums }, (_, i) => `s${i}`);
  const all = (text: (name: string, i: number) => string): string => names.map(text).join('\n');
  return compile(`export function ceiling(c: F32s, n: i32): void {
    let x = c.vector(0), y = c.vector(4);
    ${all(name => `let ${name} = x;`)}
    for (let i = 0; i < n; i++) {
      ${all(name => sources[kind].step.replaceAll('s =', `${name} =`).replace('(s,', `(${name},`))}
    }
    ${all((name, i) => `c.setVector(${4 * (i % 2)}, v128.xor(c.vector(${4 * (i % 2)}), ${name}));`)}
  }`);
}

/** Its call, and the products of one. */
export const ceilingCall: LoopCall = { args: [{ name: 'c', data: Float32Array.of(1, 0.5, 1, 0.5, 1, 1, 0.5, 0.5), use: 'inout' }, turns] };
export const ceilingMacs = (kind: CeilingKind): number => sources[kind].macs * sums * turns;
