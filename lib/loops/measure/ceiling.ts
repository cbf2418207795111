import { compile } from '../compile/compile.ts';
import type { Loop, LoopCall } from '../loop.ts';

/** Loops that multiply and add in registers only: as fast as WebAssembly's vectors can be here. */
const sources = {
  float32: { step: 's = f32x4.add(s, f32x4.mul(x, y));', macs: 4 },
  int8: { step: 's = i32x4.add(s, i32x4.dot_i16x8_s(x, y));', macs: 8 },
} as const;

/** What a ceiling is measured for: products of float32, or of small integers. */
export type CeilingKind = keyof typeof sources;

/** Vectors from memory in a turn, and vectors that stay: each of the first meets each of the others. Sums and factors fit into 15 registers. */
const [loaded, kept] = [2, 4];
const sums = loaded * kept;
const turns = 200_000;
/** Vectors that take turns in being loaded. Were they always the same, the engine would compute their products once. */
const supply = 8;
const lanes = 4;

/** The loop of a ceiling: eight independent sums of eight different products, so that no addition waits for the one before it. */
export async function ceilingLoop(kind: CeilingKind): Promise<Loop> {
  const all = (count: number, text: (i: number) => string): string => Array.from({ length: count }, (_, i) => text(i)).join('\n');
  const step = (i: number): string =>
    sources[kind].step.replaceAll(
      /\b([sxy])\b/g,
      (_, name) => `${name}${name === 's' ? i : name === 'x' ? Math.floor(i / kept) : i % kept}`,
    );
  return compile(`export function ceiling(c: F32s, n: i32): void {
    ${all(kept, i => `const y${i} = c.vector(${lanes * i});`)}
    ${all(sums, i => `let s${i} = y${i % kept};`)}
    for (let i = 0; i < n; i++) {
      const at = c.from(${lanes * kept} + ((i & ${supply - 1}) << 2));
      ${all(loaded, i => `const x${i} = at.vector(${lanes * i});`)}
      ${all(sums, step)}
    }
    ${all(sums, i => `c.setVector(${lanes * (i % kept)}, v128.xor(c.vector(${lanes * (i % kept)}), s${i}));`)}
  }`);
}

const numbers = lanes * (kept + supply + loaded - 1);

/** Its call, and the products of one. */
export const ceilingCall: LoopCall = {
  args: [{ name: 'c', data: Float32Array.from({ length: numbers }, (_, i) => (i % 3) / 2), use: 'inout' }, turns],
};
export const ceilingMacs = (kind: CeilingKind): number => sources[kind].macs * sums * turns;
