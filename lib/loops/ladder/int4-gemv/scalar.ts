import type { LoopRung } from '../rung.ts';

/** A way to compute a product of a 4-bit matrix and a vector: scalar. */
export const scalar: LoopRung = {
  name: 'scalar',
  idea: 'The definition: each weight is unpacked and scaled to a float by itself.',
  source: `export function gemv(w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s, rows: i32, columns: i32): void {
  const groups = columns / 32;
  for (let r = 0; r < rows; r++) {
    let sum: f32 = 0;
    for (let g = 0; g < groups; g++)
      for (let i = 0; i < 32; i++) {
        const byte = w[16 * (r * groups + g) + (i & 15)], weight = (i < 16 ? byte & 15 : byte >> 4) - 8;
        sum += wScale[r * groups + g] * <f32>weight * (xScale[g] * <f32>x[32 * g + i]);
      }
    y[r] = sum;
  }
}
`,
};
