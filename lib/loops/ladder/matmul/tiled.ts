import type { LoopRung } from '../rung.ts';
import { tiles } from './tiles.ts';

/** A way to compute a product of float32 matrices: tiled and packed. */
export const tiled: LoopRung = {
  name: 'tiled and packed',
  idea: 'A tile of B is copied to where it lies together, and meets all rows of A, two at a time, while it is in the cache.',
  source: `${tiles}

function add(sums: F32s, more: F32s, x: F32s, y: F32s, packed: F32s, width: i32, depth: i32): void {
  let p = 0;
  for (; p + 4 <= depth; p += 4) {
    const x0 = x[p], x1 = x[p + 1], x2 = x[p + 2], x3 = x[p + 3];
    const y0 = y[p], y1 = y[p + 1], y2 = y[p + 2], y3 = y[p + 3];
    const r0 = packed.from(p * tile), r1 = r0.from(tile), r2 = r1.from(tile), r3 = r2.from(tile);
    for (let j = 0; j < width; j++) {
      const b0 = r0[j], b1 = r1[j], b2 = r2[j], b3 = r3[j];
      sums[j] += x0 * b0 + x1 * b1 + x2 * b2 + x3 * b3;
      more[j] += y0 * b0 + y1 * b1 + y2 * b2 + y3 * b3;
    }
  }
  for (; p < depth; p++) {
    const row = packed.from(p * tile), x0 = x[p], y0 = y[p];
    for (let j = 0; j < width; j++) {
      sums[j] += x0 * row[j];
      more[j] += y0 * row[j];
    }
  }
}
`,
};
