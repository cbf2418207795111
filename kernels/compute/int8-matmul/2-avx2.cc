#include "../pairs-avx2.h"
#include "../requantize-avx2.h"
#include "finish.h"

// Pairs of 16-bit products, for 4 rows of 16 columns at a time.
namespace {

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

// How sums of bytes that `flip` has moved become numbers of y: the columns from j on, at most 16.
struct Outputs {
  size_t count;
  __m256i offset[2] = {};
  Scale8 scale[2];
  Clip8 clip;
  bool is_sums;

  Outputs(const int32_t *channel, const int32_t *weights, const Int8MatmulShape &s, size_t j, uint8_t flip) : clip(s.output_zero, s.low, s.high), is_sums(s.is_sums) {
    const size_t n = s.n;
    count = n - j < 16 ? n - j : 16;
    int32_t rows[4][16] = {}; // offset, multiplier, left, right
    for (size_t i = 0; channel && i < (is_sums ? 1 : 4); i++) __builtin_memcpy(rows[i], channel + i * n + j, 4 * count);
    for (size_t v = 0; v < 2; v++) {
      const auto row = [&](size_t i) { return loaded(rows[i] + 8 * v); };
      offset[v] = _mm256_sub_epi32(row(0), _mm256_mullo_epi32(_mm256_set1_epi32(s.zero + flip), loaded(weights + 8 * v)));
      scale[v] = Scale8(row(1), row(2), row(3));
    }
  }

  void finish(const int32_t *sums, uint8_t *y) const {
    const __m256i acc[2] = {_mm256_add_epi32(loaded(sums), offset[0]), _mm256_add_epi32(loaded(sums + 8), offset[1])};
    if (is_sums)
      __builtin_memcpy(y, acc, 4 * count);
    else
      store16(y, bytes_in_order(clip(scale[0](acc[0])), clip(scale[1](acc[1]))), count);
  }
};

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
      const Outputs outputs(channel, weights, s, j, flip);
      for (size_t r = 0; r < count; r += 4) {
        const size_t rows = count - r < 4 ? count - r : 4;
        rows_of_pairs(rows, scratch + r * 4 * quads, quads, w, sums);
        for (size_t l = 0; l < rows; l++) outputs.finish(sums[l], y + ((i + r + l) * s.n + j) * (s.is_sums ? 4 : 1));
      }
    }
  }
}

void pack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last) { int8_matmul_blocked.pack(b, packed, k, n, first, last); }

} // namespace

const Int8Matmul int8_matmul_avx2 = {pack, run};
