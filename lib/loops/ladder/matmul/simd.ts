import type { LoopRung } from '../rung.ts';
import { tiles } from './tiles.ts';

/** A way to compute a product of float32 matrices: SIMD. */
export const simd: LoopRung = {
  name: 'SIMD',
  idea: 'Four columns in one register: an instruction loads, multiplies or adds four numbers.',
  source: `${tiles}

function add(sums: F32s, more: F32s, x: F32s, y: F32s, packed: F32s, width: i32, depth: i32): void {
  let p = 0;
  for (; p + 4 <= depth; p += 4) {
    const x0 = x.splat(p), x1 = x.splat(p + 1), x2 = x.splat(p + 2), x3 = x.splat(p + 3);
    const y0 = y.splat(p), y1 = y.splat(p + 1), y2 = y.splat(p + 2), y3 = y.splat(p + 3);
    const r0 = packed.from(p * tile), r1 = r0.from(tile), r2 = r1.from(tile), r3 = r2.from(tile);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const b0 = r0.vector(j), b1 = r1.vector(j), b2 = r2.vector(j), b3 = r3.vector(j);
      const s = f32x4.add(f32x4.add(f32x4.mul(x0, b0), f32x4.mul(x1, b1)), f32x4.add(f32x4.mul(x2, b2), f32x4.mul(x3, b3)));
      const t = f32x4.add(f32x4.add(f32x4.mul(y0, b0), f32x4.mul(y1, b1)), f32x4.add(f32x4.mul(y2, b2), f32x4.mul(y3, b3)));
      sums.setVector(j, f32x4.add(sums.vector(j), s));
      more.setVector(j, f32x4.add(more.vector(j), t));
    }
    for (; j < width; j++) {
      sums[j] += x[p] * r0[j] + x[p + 1] * r1[j] + x[p + 2] * r2[j] + x[p + 3] * r3[j];
      more[j] += y[p] * r0[j] + y[p + 1] * r1[j] + y[p + 2] * r2[j] + y[p + 3] * r3[j];
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
