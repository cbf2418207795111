#include "block-avx512.h"

// 256 columns of B are packed at once and A's rows walk past them in blocks of 96: both stay in the L2 cache. Rows of A that lie pages apart, and so share few sets of the
// L1, are brought together first; a transposed A is read 8 rows side by side, and a transposed B is turned around in registers instead of gathered.
namespace {

constexpr size_t lanes = 16, deepest = 512, columns = 256, block_rows = 96, rows = 8, widest = 3;
constexpr size_t stride = deepest + lanes; // of a packed row: no power of two
constexpr size_t page = 1024;              // floats that lie a multiple of so many apart share sets of the L1
static_assert(columns * deepest + block_rows * stride + 64 <= matmul_scratch, "scratch is too small");

// How many vectors the panel at a column takes: 3 use the registers best; a single one is left over as seldom as can be.
inline size_t vectors_at(size_t left) {
  const size_t vectors = (left + lanes - 1) / lanes;
  return vectors <= widest ? vectors : vectors % 3 == 1 ? 2 : 3;
}

// Rows of 16 columns at a time into a panel of `step` floats a row, zeros behind the last column.
void pack_rows(const float *b, float *to, size_t depth, size_t width, size_t row, size_t step) {
  const __mmask16 inside = first_lanes(width);
  for (size_t p = 0; p < depth; p++) _mm512_storeu_ps(to + p * step, _mm512_maskz_loadu_ps(inside, b + p * row));
}

// `depth` elements of each of at most 16 rows, `from_row` apart, as columns: 16 by 16 at a time through four rounds of exchanges.
void transpose(const float *from, float *to, size_t count, size_t depth, size_t from_row, size_t step) {
  for (size_t p = 0; p < depth; p += lanes) {
    const __mmask16 inside = first_lanes(depth - p);
    __m512 a[16], b[16];
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++) a[i] = i < count ? _mm512_maskz_loadu_ps(inside, from + i * from_row + p) : _mm512_setzero_ps();
#pragma GCC unroll 8
    for (size_t i = 0; i < 16; i += 2) b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]), b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
#pragma GCC unroll 4
    for (size_t i = 0; i < 16; i += 4)
#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++) {
        const __m512d low = _mm512_castps_pd(b[i + h]), high = _mm512_castps_pd(b[i + h + 2]);
        a[i + 2 * h] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high)), a[i + 2 * h + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
      }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
      // a[i], a[i + 4], a[i + 8], a[i + 12] hold column 4 · lane + i of four rows each
      const __m512 x = _mm512_shuffle_f32x4(a[i], a[i + 4], 0x88), y = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0x88);
      const __m512 z = _mm512_shuffle_f32x4(a[i], a[i + 4], 0xdd), w = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0xdd);
      b[i] = _mm512_shuffle_f32x4(x, y, 0x88), b[i + 8] = _mm512_shuffle_f32x4(x, y, 0xdd);
      b[i + 4] = _mm512_shuffle_f32x4(z, w, 0x88), b[i + 12] = _mm512_shuffle_f32x4(z, w, 0xdd);
    }
    const size_t some = depth - p < lanes ? depth - p : lanes;
    if (some == lanes) {
#pragma GCC unroll 16
      for (size_t i = 0; i < 16; i++) _mm512_storeu_ps(to + (p + i) * step, b[i]);
    } else
      for (size_t i = 0; i < some; i++) _mm512_storeu_ps(to + (p + i) * step, b[i]);
  }
}

// Panels of B one after the other, [depth, vectors · 16] each.
void pack_b(const float *b, float *packed, size_t depth, size_t width, const MatmulShape &s) {
  for (size_t j = 0; j < width;) {
    const size_t vectors = vectors_at(width - j);
    for (size_t v = 0; v < vectors; v++) {
      const size_t at = j + v * lanes, some = width - at < lanes ? width - at : lanes;
      float *const to = packed + j * depth + v * lanes;
      if (s.b_column == 1)
        pack_rows(b + at, to, depth, some, s.b_row, vectors * lanes);
      else
        transpose(b + at * s.b_column, to, some, depth, s.b_column, vectors * lanes);
    }
    j += vectors * lanes;
  }
}

struct PackedA {
  const float *data;
  Strides strides;
  size_t block; // from one block of 8 rows to the next
};

// Rows of A: where they lie, or nearer together if pages apart, or where A is transposed 8 of them side by side.
PackedA pack_a(const float *a, float *to, size_t count, size_t depth, const MatmulShape &s) {
  if (s.a_column == 1 && s.a_row % page != 0) return {a, {s.a_row, 1}, rows * s.a_row};
  if (s.a_column == 1) {
    for (size_t i = 0; i < count; i++)
      for (size_t p = 0; p < depth; p += lanes) {
        const __mmask16 inside = first_lanes(depth - p);
        _mm512_mask_storeu_ps(to + i * stride + p, inside, _mm512_maskz_loadu_ps(inside, a + i * s.a_row + p));
      }
    return {to, {stride, 1}, rows * stride};
  }
  for (size_t p = 0; p < depth; p++)
    for (size_t i = 0; i < count; i += rows) {
      const __mmask8 inside = count - i >= rows ? 0xff : (1u << (count - i)) - 1;
      _mm256_mask_storeu_ps(to + i * depth + p * rows, inside, _mm256_maskz_loadu_ps(inside, a + p * s.a_column + i));
    }
  return {to, {1, rows}, rows * depth};
}

// `count` packed rows by `width` packed columns.
void multiply(const PackedA &a, const float *packed, float *c, size_t count, size_t depth, size_t width, const MatmulShape &s) {
  for (size_t j = 0; j < width;) {
    const size_t vectors = vectors_at(width - j), some = width - j < vectors * lanes ? width - j : vectors * lanes;
    const auto run = vectors == 1 ? rest<rows, 1> : vectors == 2 ? rest<rows, 2> : rest<rows, 3>;
    for (size_t i = 0; i < count; i += rows) run(count - i, a.data + i / rows * a.block, a.strides, packed + j * depth, c + i * s.n + j, depth, some, s, rows);
    j += vectors * lanes;
  }
}

} // namespace

// Packing pays for a transposed B, and where A is so large that it comes from memory for each panel of B, if it need not be copied too.
static bool pays(const MatmulShape &s, size_t count) {
  constexpr size_t large = 1 << 22; // floats
  const bool walks = (s.a_row == 1 || s.a_column == 1) && (s.b_row == 1 || s.b_column == 1);
  return walks && s.k > 0 && (s.b_column != 1 || (s.a_column == 1 && s.a_row % page != 0 && s.n >= 256 && count > large / s.k));
}

// Every sum is the one of the rung before, in its order: which of them runs, and how many threads, changes no bit.
void matmul_avx512_packed(const float *a, const float *b, float *c, MatmulShape s, size_t first, size_t last, float *scratch) {
  if (!pays(s, last - first)) return matmul_avx512(a, b, c, s, first, last, scratch);
  float *const packed_b = scratch, *const packed_a = scratch + columns * deepest;
  for (size_t j = 0; j < s.n; j += columns) {
    const size_t width = s.n - j < columns ? s.n - j : columns;
    MatmulShape part = s;
    for (size_t p = 0; p < s.k; p += deepest, part.adds = 1) {
      const size_t depth = s.k - p < deepest ? s.k - p : deepest;
      pack_b(b + p * s.b_row + j * s.b_column, packed_b, depth, width, s);
      for (size_t i = first; i < last; i += block_rows) {
        const size_t count = last - i < block_rows ? last - i : block_rows;
        const PackedA packed = pack_a(a + i * s.a_row + p * s.a_column, packed_a, count, depth, s);
        multiply(packed, packed_b, c + i * s.n + j, count, depth, width, part);
      }
    }
  }
}
