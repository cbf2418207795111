// What rungs of bytes with 256-bit vectors share, in a nameless namespace: each compiles its own copy.
#pragma once
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

// pmaddwd multiplies pairs of 16-bit numbers and adds them to 32 bits, so nothing saturates (pmaddubsw, on bytes, would). Four bytes of weights are split
// into those of even and of odd places, and four of a row alike: two instructions for 32 products. 4 rows of 16 outputs are 8 sums in registers.
namespace {

// Sums of Rows rows of `quads` · 4 unsigned bytes by 16 outputs, whose weights lie [quads, 16, 4].
template <size_t Rows> void pairs(const uint8_t *panel, size_t quads, const int8_t *weight, int32_t (*sums)[16]) {
  const __m256i low = _mm256_set1_epi16(0xff);
  __m256i acc[Rows][2];
  for (auto &row : acc) row[0] = row[1] = _mm256_setzero_si256();
  for (size_t q = 0; q < quads; q++, weight += 64) {
    __m256i even[2], odd[2];
    for (size_t v = 0; v < 2; v++) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(weight + 32 * v));
      even[v] = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
      odd[v] = _mm256_srai_epi16(w, 8);
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < Rows; r++) {
      int32_t four;
      __builtin_memcpy(&four, panel + (r * quads + q) * 4, 4);
      const __m256i bytes = _mm256_set1_epi32(four);
      const __m256i first = _mm256_and_si256(bytes, low), second = _mm256_srli_epi16(bytes, 8);
      for (size_t v = 0; v < 2; v++) {
        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(even[v], first));
        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(odd[v], second));
      }
    }
  }
  for (size_t r = 0; r < Rows; r++)
    for (size_t v = 0; v < 2; v++) _mm256_storeu_si256(reinterpret_cast<__m256i *>(sums[r] + 8 * v), acc[r][v]);
}

// The same for 1 … 4 rows.
inline void rows_of_pairs(size_t rows, const uint8_t *panel, size_t quads, const int8_t *weight, int32_t (*sums)[16]) {
  if (rows == 4) pairs<4>(panel, quads, weight, sums);
  if (rows == 3) pairs<3>(panel, quads, weight, sums);
  if (rows == 2) pairs<2>(panel, quads, weight, sums);
  if (rows == 1) pairs<1>(panel, quads, weight, sums);
}

} // namespace
