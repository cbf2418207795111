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

// Rows × 16 columns of C, or fewer columns when not whole.
template <size_t Rows, bool Whole> void block(const float *a, const float *b, float *c, MatmulShape shape, Inside in) {
  const auto [m, k, n] = shape;
  __m256 sums[Rows][2];
  for (auto &sum : sums) sum[0] = sum[1] = _mm256_setzero_ps();
  for (size_t p = 0; p < k; p++, b += n) {
    const __m256 left = Whole ? _mm256_loadu_ps(b) : _mm256_maskload_ps(b, in.left);
    const __m256 right = Whole ? _mm256_loadu_ps(b + lanes) : _mm256_maskload_ps(b + lanes, in.right);
#pragma GCC unroll 6
    for (size_t i = 0; i < Rows; i++) {
      const __m256 scale = _mm256_broadcast_ss(a + i * k + p);
      sums[i][0] = _mm256_fmadd_ps(scale, left, sums[i][0]);
      sums[i][1] = _mm256_fmadd_ps(scale, right, sums[i][1]);
    }
  }
  for (size_t i = 0; i < Rows; i++, c += n) {
    if (Whole) {
      _mm256_storeu_ps(c, sums[i][0]);
      _mm256_storeu_ps(c + lanes, sums[i][1]);
    } else {
      _mm256_maskstore_ps(c, in.left, sums[i][0]);
      _mm256_maskstore_ps(c + lanes, in.right, sums[i][1]);
    }
  }
}

// The block of the rows that are left, with as many rows as there are.
template <size_t Rows> void rest(size_t left, bool whole, const float *a, const float *b, float *c, MatmulShape shape, Inside in) {
  if (left < Rows) {
    if constexpr (Rows > 1) rest<Rows - 1>(left, whole, a, b, c, shape, in);
  } else if (whole) {
    block<Rows, true>(a, b, c, shape, in);
  } else {
    block<Rows, false>(a, b, c, shape, in);
  }
}

} // namespace

void matmul_avx2(const float *a, const float *b, float *c, MatmulShape shape) {
  const auto [m, k, n] = shape;
  for (size_t j = 0; j < n; j += columns) {
    const size_t width = n - j < columns ? n - j : columns;
    const Inside in = inside(width);
    for (size_t i = 0; i < m; i += rows) rest<rows>(m - i, width == columns, a + i * k, b + j, c + i * n + j, shape, in);
  }
}
