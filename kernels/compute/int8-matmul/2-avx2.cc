#include <immintrin.h>

#include "finish.h"

// pmaddwd multiplies pairs of 16-bit numbers and adds them to 32 bits, so nothing saturates. Four bytes of B are split into those of even and of odd places, and four of a
// row of A alike: two instructions for 32 products. 4 rows of 16 columns are 8 sums in registers.
namespace {

template <size_t Rows> void block(const uint8_t *a, size_t quads, const int8_t *packed, int32_t (*sums)[16]) {
  const __m256i low = _mm256_set1_epi16(0xff);
  __m256i acc[Rows][2];
  for (auto &row : acc) row[0] = row[1] = _mm256_setzero_si256();
  for (size_t q = 0; q < quads; q++, packed += 64) {
    __m256i even[2], odd[2];
    for (size_t v = 0; v < 2; v++) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(packed + 32 * v));
      even[v] = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
      odd[v] = _mm256_srai_epi16(w, 8);
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < Rows; r++) {
      int32_t four;
      __builtin_memcpy(&four, a + (r * quads + q) * 4, 4);
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

// The sums of the weights of 16 columns.
void weights16(const int8_t *packed, size_t quads, int32_t *sums) {
  __m256i acc[2] = {};
  const __m256i one = _mm256_set1_epi16(1);
  for (size_t q = 0; q < quads; q++, packed += 64)
    for (size_t v = 0; v < 2; v++) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(packed + 32 * v));
      const __m256i pairs = _mm256_add_epi16(_mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), _mm256_srai_epi16(w, 8));
      acc[v] = _mm256_add_epi32(acc[v], _mm256_madd_epi16(pairs, one));
    }
  for (size_t v = 0; v < 2; v++) _mm256_storeu_si256(reinterpret_cast<__m256i *>(sums + 8 * v), acc[v]);
}

void run(const uint8_t *a, const int8_t *packed, const int32_t *channel, uint8_t *y, Int8MatmulShape s, size_t first, size_t last, uint8_t *scratch) {
  const size_t k = s.k, quads = (k + 3) / 4;
  const uint8_t flip = s.is_signed ? 128 : 0;
  const size_t most = int8_matmul_scratch / (4 * quads + 1) / 4 * 4, taken = most < 4 ? 4 : most;
  for (size_t i = first; i < last; i += taken) {
    const size_t count = last - i < taken ? last - i : taken;
    for (size_t r = 0; r < count; r++) copy_row(a + (i + r) * k, scratch + r * 4 * quads, k, flip);
    for (size_t j = 0; j < static_cast<size_t>(s.n); j += 16) {
      int32_t sums[4][16], weights[16];
      const int8_t *const w = packed + j * quads * 4;
      weights16(w, quads, weights);
      for (size_t r = 0; r < count; r += 4) {
        const size_t rows = count - r < 4 ? count - r : 4;
        (rows == 4 ? block<4> : rows == 3 ? block<3> : rows == 2 ? block<2> : block<1>)(scratch + r * 4 * quads, quads, w, sums);
        for (size_t l = 0; l < rows; l++) finish(sums[l], weights, channel, y, s, i + r + l, j, flip);
      }
    }
  }
}

void pack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last) { int8_matmul_blocked.pack(b, packed, k, n, first, last); }

} // namespace

const Int8Matmul int8_matmul_avx2 = {pack, run};
