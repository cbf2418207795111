import type { LoopRung } from '../rung.ts';

/** A way to compute a product of a 4-bit matrix and a vector: integer sums. */
export const integers: LoopRung = {
  name: 'integer sums',
  idea: 'A group has one scale: its products are summed up as integers, and the sum is scaled. A byte is loaded once for its two weights.',
  source: `export function gemv(w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s, rows: i32, columns: i32): void {
  const groups = columns / 32;
  for (let r = 0; r < rows; r++) {
    let sum: f32 = 0;
    for (let g = 0; g < groups; g++) {
      const packed = w.from(16 * (r * groups + g)), values = x.from(32 * g);
      let part = 0;
      for (let i = 0; i < 16; i++) {
        const byte = packed[i];
        part += ((byte & 15) - 8) * values[i] + ((byte >> 4) - 8) * values[16 + i];
      }
      sum += wScale[r * groups + g] * xScale[g] * <f32>part;
    }
    y[r] = sum;
  }
}
`,
};
