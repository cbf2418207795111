#include <immintrin.h>

#include "../abi.h"

// A block of C stays in registers while k runs: 6 rows of 16 columns are 12 sums, which with 2 vectors of B and 1 broadcast of A fill 15 of the 16
// registers. 12 independent sums hide the latency of a fused multiply-add (4 cycles, 2 a cycle: 8 are needed), and each load of B serves 6 rows.
namespace {

constexpr size_t rows = 6, lanes = 8, columns = 2 * lanes;

// Which lanes of a block's two vectors lie inside the matrix. A masked load reads nothing outside, a masked store writes nothing there.
struct Inside {
  __m256i left, right;
};

Inside inside(size_t width) {
  static const int ends[2 * lanes] = {-1, -1, -1, -1, -1, -1, -1, -1};
  const size_t left = width < lanes ? width : lanes;
  const auto first = [](size_t count) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(ends + lanes - count)); };
  return {first(left), first(width - left)};
}

// `depth` rows of B, 16 columns of them side by side, zeros beyond its last column: rows of B may lie a power of two apart, and then share few sets of
// the cache.
void pack(const float *b, float *packed, size_t depth, size_t width, const MatmulShape &s) {
  for (size_t p = 0; p < depth; p++)
    for (size_t j = 0; j < columns; j++) packed[p * columns + j] = j < width ? b[p * s.b_row + j * s.b_column] : 0;
}

// Rows × 16 columns of C, or fewer columns when not whole.
template <size_t Rows> void block(const float *a, const float *packed, float *c, size_t depth, const MatmulShape &s, Inside in) {
  __m256 sums[Rows][2];
  for (size_t i = 0; i < Rows; i++) {
    sums[i][0] = s.adds ? _mm256_maskload_ps(c + i * s.n, in.left) : _mm256_setzero_ps();
    sums[i][1] = s.adds ? _mm256_maskload_ps(c + i * s.n + lanes, in.right) : _mm256_setzero_ps();
  }
  for (size_t p = 0; p < depth; p++, packed += columns) {
    const __m256 left = _mm256_loadu_ps(packed), right = _mm256_loadu_ps(packed + lanes);
#pragma GCC unroll 6
    for (size_t i = 0; i < Rows; i++) {
      const __m256 scale = _mm256_broadcast_ss(a + i * s.a_row + p * s.a_column);
      sums[i][0] = _mm256_fmadd_ps(scale, left, sums[i][0]);
      sums[i][1] = _mm256_fmadd_ps(scale, right, sums[i][1]);
    }
  }
  for (size_t i = 0; i < Rows; i++) {
    _mm256_maskstore_ps(c + i * s.n, in.left, sums[i][0]);
    _mm256_maskstore_ps(c + i * s.n + lanes, in.right, sums[i][1]);
  }
}

// The block of the rows that are left, with as many rows as there are.
template <size_t Rows> void rest(size_t left, const float *a, const float *packed, float *c, size_t depth, const MatmulShape &s, Inside in) {
  if (left >= Rows)
    block<Rows>(a, packed, c, depth, s, in);
  else if constexpr (Rows > 1)
    rest<Rows - 1>(left, a, packed, c, depth, s, in);
}

} // namespace

void matmul_avx2(const float *a, const float *b, float *c, MatmulShape s, size_t first, size_t last, float *scratch) {
  if (s.k == 0) return matmul_reference(a, b, c, s, first, last, scratch);
  constexpr size_t deepest = matmul_scratch / columns;
  for (size_t p = 0; p < s.k; p += deepest, s.adds = 1) {
    const size_t depth = s.k - p < deepest ? s.k - p : deepest;
    for (size_t j = 0; j < s.n; j += columns) {
      const size_t width = s.n - j < columns ? s.n - j : columns;
      pack(b + p * s.b_row + j * s.b_column, scratch, depth, width, s);
      const Inside in = inside(width);
      for (size_t i = first; i < last; i += rows)
        rest<rows>(last - i, a + i * s.a_row + p * s.a_column, scratch, c + i * s.n + j, depth, s, in);
    }
  }
}
