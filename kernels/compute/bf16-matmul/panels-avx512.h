// How A and B become pairs along k, and which rows meet which columns. A rung says how two vectors are rounded and how pairs are multiplied. Internal linkage.
#pragma once
#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

constexpr size_t lanes = 16;
constexpr size_t deepest = 256;           // pairs along k at a time: those of 16 rows of A stay in the first cache
constexpr size_t row_step = deepest + 16; // not a power of two, so that rows share no sets of the cache

// Rows become columns, of 16 × 16 numbers of 32 bits.
void transpose(__m512i (&r)[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (size_t i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  // r[4 g + c] holds, in its quarter q, column 4 q + c of rows 4 g … 4 g + 3
#pragma GCC unroll 4
  for (size_t c = 0; c < 4; c++) {
    const __m512i even_top = _mm512_shuffle_i32x4(r[c], r[4 + c], 0x88), odd_top = _mm512_shuffle_i32x4(r[c], r[4 + c], 0xdd);
    const __m512i even_low = _mm512_shuffle_i32x4(r[8 + c], r[12 + c], 0x88), odd_low = _mm512_shuffle_i32x4(r[8 + c], r[12 + c], 0xdd);
    r[c] = _mm512_shuffle_i32x4(even_top, even_low, 0x88);
    r[4 + c] = _mm512_shuffle_i32x4(odd_top, odd_low, 0x88);
    r[8 + c] = _mm512_shuffle_i32x4(even_top, even_low, 0xdd);
    r[12 + c] = _mm512_shuffle_i32x4(odd_top, odd_low, 0xdd);
  }
}

// 16 numbers side by side, at each of `depth` places `step` apart → [pairs, 16].
template <typename Step> void zip(const float *from, size_t step, size_t width, size_t depth, uint32_t *to) {
  const __mmask16 inside = first_lanes(width);
  for (size_t p = 0; p < depth; p += 2, to += lanes) {
    const __m512 low = _mm512_maskz_loadu_ps(inside, from + p * step);
    const __m512 high = p + 1 < depth ? _mm512_maskz_loadu_ps(inside, from + (p + 1) * step) : _mm512_setzero_ps();
    _mm512_storeu_si512(to, Step::zip(low, high));
  }
}

// The 32 numbers of a row from place p on, rounded.
template <typename Step> __m512i piece(const float *row, size_t p, size_t depth) {
  const size_t left = depth - p;
  const __m512 low = _mm512_maskz_loadu_ps(first_lanes(left), row + p);
  const __m512 high = left > lanes ? _mm512_maskz_loadu_ps(first_lanes(left - lanes), row + p + lanes) : _mm512_setzero_ps();
  return Step::join(low, high);
}

// 16 rows, each `depth` numbers side by side → [pairs, 16].
template <typename Step> void turn(const float *from, size_t step, size_t width, size_t depth, uint32_t *to) {
  for (size_t p = 0; p < depth; p += 2 * lanes) {
    __m512i rows[16];
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++) rows[i] = i < width ? piece<Step>(from + i * step, p, depth) : _mm512_setzero_si512();
    transpose(rows);
    const size_t pairs = (depth - p + 1) / 2;
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++)
      if (i < pairs) _mm512_storeu_si512(to + (p / 2 + i) * lanes, rows[i]);
  }
}

template <typename Step> void pack_b(const float *b, uint16_t *packed, MatmulShape s, size_t first, size_t last) {
  for (size_t j = first; j < last; j++) {
    const float *const from = b + j * lanes * s.b_column;
    uint32_t *const to = reinterpret_cast<uint32_t *>(packed) + j * ((s.k + 1) / 2) * lanes;
    if (s.b_column == 1)
      zip<Step>(from, s.b_row, s.n - j * lanes, s.k, to);
    else
      turn<Step>(from, s.b_column, s.n - j * lanes, s.k, to);
  }
}

// Up to 16 rows of A as pairs: [pairs, 16], or a row after the other.
struct Left {
  alignas(64) uint32_t pairs[lanes * row_step];
  size_t row, pair; // from one row to the next, from one pair to the next

  template <typename Step> void take(const float *a, size_t count, size_t depth, const MatmulShape &s) {
    const bool side_by_side = s.a_column == 1;
    row = side_by_side ? row_step : 1;
    pair = side_by_side ? 1 : lanes;
    if (!side_by_side) return zip<Step>(a, s.a_column, count, depth, pairs);
    for (size_t i = 0; i < count; i++)
      for (size_t p = 0; p < depth; p += 2 * lanes) _mm512_store_si512(pairs + i * row_step + p / 2, piece<Step>(a + i * s.a_row, p, depth));
  }
};

struct Place {
  float *c;
  size_t row, width, step; // columns of C from one row to the next, how many are there, numbers from one panel of B to the next
  bool adds;
};

template <typename Step, size_t Rows, size_t Vectors> void block(const uint32_t *a, const Left &left, const uint32_t *b, size_t pairs, const Place &to) {
  const __mmask16 last = first_lanes(to.width - (Vectors - 1) * lanes);
  __m512 sums[Rows][Vectors];
#pragma GCC unroll 16
  for (size_t i = 0; i < Rows; i++)
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; v++)
      sums[i][v] = to.adds ? _mm512_maskz_loadu_ps(v + 1 == Vectors ? last : 0xffff, to.c + i * to.row + v * lanes) : _mm512_setzero_ps();
  const size_t row = left.row, pair = left.pair, step = to.step;
  for (size_t p = 0; p < pairs; p++, a += pair, b += lanes) Step::template add<Rows, Vectors>(sums, a, row, b, step);
#pragma GCC unroll 16
  for (size_t i = 0; i < Rows; i++)
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; v++) _mm512_mask_storeu_ps(to.c + i * to.row + v * lanes, v + 1 == Vectors ? last : 0xffff, sums[i][v]);
}

template <typename Step, size_t Rows, size_t Vectors>
void rest(size_t count, const uint32_t *a, const Left &left, const uint32_t *b, size_t pairs, const Place &to) {
  if (count >= Rows)
    block<Step, Rows, Vectors>(a, left, b, pairs, to);
  else if constexpr (Rows > 1)
    rest<Step, Rows - 1, Vectors>(count, a, left, b, pairs, to);
}

// The rows at hand with one panel of B.
template <typename Step, size_t Vectors> void panel(size_t count, const Left &left, const uint32_t *b, size_t pairs, Place to) {
  constexpr size_t rows = Vectors == 1 ? 16 : 8;
  for (size_t i = 0; i < count; i += rows, to.c += rows * to.row) rest<Step, rows, Vectors>(count - i, left.pairs + i * left.row, left, b, pairs, to);
}

template <typename Step> void multiply_rows(const float *a, const uint16_t *packed, float *c, MatmulShape s, size_t first, size_t last) {
  const size_t all = (s.k + 1) / 2, panels = (s.n + lanes - 1) / lanes;
  Left left;
  for (size_t i = first; i < last; i += lanes) {
    const size_t count = last - i < lanes ? last - i : lanes;
    size_t p = 0;
    do {
      const size_t pairs = all - p < deepest ? all - p : deepest, depth = s.k - 2 * p < 2 * pairs ? s.k - 2 * p : 2 * pairs;
      left.take<Step>(a + i * s.a_row + 2 * p * s.a_column, count, depth, s);
      for (size_t j = 0, taken; j < panels; j += taken) {
        const size_t more = panels - j;
        // a single vector is left over as seldom as can be
        taken = more <= 3 ? more : more % 3 == 1 ? 2 : 3;
        const uint32_t *const b = reinterpret_cast<const uint32_t *>(packed) + (j * all + p) * lanes;
        const size_t columns = s.n - j * lanes;
        const Place to = {c + i * s.n + j * lanes, s.n, columns < taken * lanes ? columns : taken * lanes, all * lanes, s.adds || p > 0};
        (taken == 1 ? panel<Step, 1> : taken == 2 ? panel<Step, 2> : panel<Step, 3>)(count, left, b, pairs, to);
      }
      p += pairs;
    } while (p < all);
  }
}

} // namespace
