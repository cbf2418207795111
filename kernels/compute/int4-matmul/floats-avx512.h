// Rows of float32 with weights of 4 bits: a code finds its number in a register of 16 (vpermps), which takes no mask and no conversion. Each rung compiles its own copy.
#pragma once
#include "panel-avx512.h"

namespace {

// What places at … end - 1 of each row give with a panel's codes from there.
template <size_t Rows, bool HasZeros>
__attribute__((always_inline)) inline void add_up(const float *const (&row)[Rows], size_t at, size_t end, const uint8_t *codes, __m512 zero, __m512 (&found)[Rows]) {
  constexpr size_t chains = Rows == 1 ? 4 : 2;
  const __m512 numbers = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // without zero points the register holds the numbers less 8
  const __m512 table = HasZeros ? numbers : _mm512_sub_ps(numbers, _mm512_set1_ps(8));
  __m512 sums[Rows][chains] = {};
  for (; at < end; at += 8, codes += 64) {
    __m512i both = _mm512_loadu_si512(codes);
    asm("" : "+v"(both)); // read once: gcc would read it again for each shift
#pragma GCC unroll 8
    for (unsigned j = 0; j < 8; j++) {
      const __m512 number = _mm512_permutexvar_ps(_mm512_srli_epi32(both, j < 4 ? 8 * j : 8 * j - 28), table);
      const __m512 code = HasZeros ? _mm512_sub_ps(number, zero) : number;
#pragma GCC unroll 8
      for (size_t i = 0; i < Rows; i++) sums[i][j % chains] = _mm512_fmadd_ps(_mm512_set1_ps(row[i][at + j]), code, sums[i][j % chains]);
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) {
    found[i] = _mm512_add_ps(sums[i][0], sums[i][1]);
    if constexpr (chains == 4) found[i] = _mm512_add_ps(found[i], _mm512_add_ps(sums[i][2], sums[i][3]));
  }
}

template <size_t Rows, bool HasZeros> void float_rows(const float *x, const Panel<HasZeros> &panel, float *y, size_t n) {
  const float *row[Rows];
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) {
    row[i] = x + i * panel.octets * 8;
    // an address a row and one place for all: gcc would keep an address for each place of each row
    asm("" : "+r"(row[i]));
  }
  __m512 all[Rows] = {};
  for (size_t g = 0, q = 0; g < panel.groups; q += panel.count(g), g++) {
    __m512 sums[Rows];
    add_up<Rows, HasZeros>(row, 8 * q, 8 * (q + panel.count(g)), panel.codes + 64 * q, panel.float_zero(g), sums);
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) all[i] = _mm512_fmadd_ps(panel.scale(g), sums[i], all[i]);
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) _mm512_mask_storeu_ps(y + i * n, panel.columns, all[i]);
}

} // namespace
