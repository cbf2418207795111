import type { LoopRung } from '../rung.ts';

/** A way to compute a product of a 4-bit matrix and a vector: SIMD. */
export const simd: LoopRung = {
  name: 'SIMD',
  idea: 'One load brings the 32 weights of a group; the vector was widened to 16 bits once, and four instructions make the 32 products.',
  source: `export function gemv(w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s, rows: i32, columns: i32, scratch: I16s): void {
  for (let i = 0; i < columns; i += 16) {
    const bytes = x.vector(i);
    scratch.setVector(i, i16x8.extend_low_i8x16_s(bytes));
    scratch.setVector(i + 8, i16x8.extend_high_i8x16_s(bytes));
  }
  const groups = columns / 32;
  for (let r = 0; r < rows; r++) {
    let sums = f32x4.splat(0);
    for (let g = 0; g < groups; g++) {
      const part = dot(w.vector(16 * (r * groups + g)), scratch.from(32 * g));
      sums = f32x4.add(sums, f32x4.mul(f32x4.convert_i32x4_s(part), f32x4.splat(wScale[r * groups + g] * xScale[g])));
    }
    y[r] = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  }
}

// @ts-ignore: decorator
@inline function dot(packed: v128, x: I16s): v128 {
  const eight = i8x16.splat(8);
  const first = i8x16.sub(v128.and(packed, i8x16.splat(15)), eight), second = i8x16.sub(i8x16.shr_u(packed, 4), eight);
  return i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(first), x.vector(0)),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(first), x.vector(8)),
    ),
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(second), x.vector(16)),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(second), x.vector(24)),
    ),
  );
}
`,
};
