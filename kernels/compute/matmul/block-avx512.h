// What rungs of matmul with vectors of 16 share: a block of C that stays in registers. Each rung compiles its own copy.
#pragma once
#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

// Where a block reads A: element [i, p] is data[i · row + p · column].
struct Strides {
  size_t row, column;
};

// C += A · B for Rows rows of A and `width` columns, at most Vectors · 16, of a panel that holds `depth` rows of B with zeros behind the last column; C is not read
// unless s.adds. What `ahead` rows further will be added to is fetched meanwhile; 0 fetches nothing.
template <size_t Rows, size_t Vectors>
void block(const float *a, Strides from, const float *packed, float *c, size_t depth, size_t width, const MatmulShape &s, size_t ahead) {
  constexpr size_t lanes = 16;
  const __mmask16 last = first_lanes(width - (Vectors - 1) * lanes);
  __m512 sums[Rows][Vectors];
#pragma GCC unroll 16
  for (size_t i = 0; i < Rows; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v++)
      sums[i][v] = s.adds ? _mm512_maskz_loadu_ps(v + 1 == Vectors ? last : 0xffff, c + i * s.n + v * lanes) : _mm512_setzero_ps();
  if (ahead > 0) {
#pragma GCC unroll 16
    for (size_t i = 0; i < Rows; i++)
#pragma GCC unroll 4
      for (size_t v = 0; v < Vectors; v++) _mm_prefetch(c + (ahead + i) * s.n + v * lanes, _MM_HINT_T0);
  }
  const size_t row = from.row, column = from.column;
  for (size_t p = 0; p < depth; p++, packed += Vectors * lanes, a += column) {
    __m512 b[Vectors];
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v++) b[v] = _mm512_loadu_ps(packed + v * lanes);
#pragma GCC unroll 16
    for (size_t i = 0; i < Rows; i++) {
      const __m512 scale = _mm512_set1_ps(a[i * row]);
#pragma GCC unroll 4
      for (size_t v = 0; v < Vectors; v++) sums[i][v] = _mm512_fmadd_ps(scale, b[v], sums[i][v]);
    }
  }
#pragma GCC unroll 16
  for (size_t i = 0; i < Rows; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v++) _mm512_mask_storeu_ps(c + i * s.n + v * lanes, v + 1 == Vectors ? last : 0xffff, sums[i][v]);
}

// The block of the rows that are left, with as many rows as there are.
template <size_t Rows, size_t Vectors>
void rest(size_t left, const float *a, Strides from, const float *packed, float *c, size_t depth, size_t width, const MatmulShape &s, size_t ahead) {
  if (left >= Rows)
    block<Rows, Vectors>(a, from, packed, c, depth, width, s, ahead);
  else if constexpr (Rows > 1)
    rest<Rows - 1, Vectors>(left, a, from, packed, c, depth, width, s, ahead);
}

} // namespace
