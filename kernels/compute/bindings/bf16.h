// A product in bfloat16 with its scratch and its threads, for Node and for TensorFlow alike.
#pragma once
#include "../ladders.h"
#include "scratch.h"
#include "threads.h"

// C = bf16(A) · bf16(B), see abi.h; false where there is no memory. B is packed once for all threads, so much of k at a time that it stays in the second cache: what each sum
// is added up in depends on the shape alone.
inline bool multiply_bf16(const MatmulBf16 &kernel, const float *a, const float *b, float *c, const MatmulShape &shape, size_t threads) {
  constexpr size_t step = 512, most = 1 << 18;
  const size_t panels = (shape.n + 15) / 16;
  if (panels == 0 || shape.m == 0) return true;
  const size_t deep = most / (panels * 16) / step * step, depth = deep < step ? step : deep;
  uint16_t *const packed = reinterpret_cast<uint16_t *>(scratch_of(times(shape.k < depth ? shape.k + 1 : depth, panels * 16, sizeof(uint16_t)) + 64));
  if (!packed) return false;
  MatmulShape part = shape;
  size_t p = 0;
  do {
    part.k = shape.k - p < depth ? shape.k - p : depth;
    parallel(panels, 1, 64 * part.k, threads, [&](size_t first, size_t last) { kernel.pack(b + p * shape.b_row, packed, part, first, last); });
    parallel(shape.m, 16, 2 * part.k * shape.n, threads,
             [&](size_t first, size_t last) { kernel.multiply(a + p * shape.a_column, packed, c, part, first, last); });
    part.adds = 1;
    p += part.k;
  } while (p < shape.k);
  return true;
}

// A and B as they lie: dense, or dense and transposed.
inline MatmulShape transposable(size_t m, size_t k, size_t n, bool transpose_a, bool transpose_b) {
  return {m, k, n, transpose_a ? 1 : k, transpose_a ? m : 1, transpose_b ? 1 : n, transpose_b ? k : 1, 0};
}
