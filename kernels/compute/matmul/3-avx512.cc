#include "block-avx512.h"

// Vectors of 16, and 32 registers: as many rows as fit for the columns at hand (16 rows of one vector, 12 of two, 8 of three, 6 of four), so that a narrow
// matrix, such as a layer of few channels, wastes nothing.
namespace {

// 512 rows of B at a time: a panel of them lies in the L2, and is read from there in time; fewer would load and store C more often.
constexpr size_t lanes = 16, deepest = 512, widest = 4;
static_assert(deepest * widest * lanes <= matmul_scratch, "scratch is too small");

constexpr size_t rows_for(size_t vectors) { return vectors == 1 ? 16 : vectors == 2 ? 12 : vectors == 3 ? 8 : 6; }

// `depth` rows of B, Vectors · 16 columns of them side by side, zeros beyond its last column.
template <size_t Vectors> void pack(const float *b, float *packed, size_t depth, size_t width, const MatmulShape &s) {
  if (s.b_column == 1) {
    for (size_t p = 0; p < depth; p++)
      for (size_t v = 0; v < Vectors; v++) {
        const size_t at = v * lanes;
        _mm512_storeu_ps(packed + p * Vectors * lanes + at, _mm512_maskz_loadu_ps(at < width ? first_lanes(width - at) : 0, b + p * s.b_row + at));
      }
    return;
  }
  const __m512i each = _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(static_cast<int>(s.b_column)));
  for (size_t p = 0; p < depth; p++)
    for (size_t v = 0; v < Vectors; v++) {
      const size_t at = v * lanes;
      const __mmask16 inside = at < width ? first_lanes(width - at) : 0;
      const float *const from = b + p * s.b_row + (at < width ? at * s.b_column : 0);
      _mm512_storeu_ps(packed + p * Vectors * lanes + at, _mm512_mask_i32gather_ps(_mm512_setzero_ps(), inside, each, from, 4));
    }
}

template <size_t Vectors>
void panel(const float *a, const float *b, float *c, size_t depth, size_t width, const MatmulShape &s, size_t first, size_t last, float *scratch) {
  constexpr size_t rows = rows_for(Vectors);
  pack<Vectors>(b, scratch, depth, width, s);
  for (size_t i = first; i < last; i += rows) rest<rows, Vectors>(last - i, a + i * s.a_row, {s.a_row, s.a_column}, scratch, c + i * s.n, depth, width, s, 0);
}

} // namespace

void matmul_avx512(const float *a, const float *b, float *c, MatmulShape s, size_t first, size_t last, float *scratch) {
  if (s.k == 0 || s.b_column > 1 << 26) return matmul_reference(a, b, c, s, first, last, scratch);
  for (size_t p = 0; p < s.k; p += deepest, s.adds = 1) {
    const size_t depth = s.k - p < deepest ? s.k - p : deepest;
    for (size_t j = 0, width; j < s.n; j += width) {
      const size_t vectors = (s.n - j + lanes - 1) / lanes;
      // 2 and 3 vectors use the registers best; a single one is left over as seldom as can be
      const size_t taken = vectors <= widest ? vectors : vectors % 3 == 1 ? 2 : 3;
      width = s.n - j < taken * lanes ? s.n - j : taken * lanes;
      const float *const from_a = a + p * s.a_column, *const from_b = b + p * s.b_row + j * s.b_column;
      (taken == 1 ? panel<1> : taken == 2 ? panel<2> : taken == 3 ? panel<3> : panel<4>)(from_a, from_b, c + j, depth, width, s, first, last, scratch);
    }
  }
}
