#include <immintrin.h>

#include "../abi.h"

// 8 columns in a vector: products of bytes are added in pairs of 16 bits (pmaddubsw, which cannot overflow here: 2 · 15 · 128) and then of 32.
namespace {

// What a panel of 16 columns takes, a half of it at a time.
struct Panel {
  const uint8_t *codes, *zeros;
  const float *scales;
  size_t octets, groups, size;

  Panel(const Int4Weights &w, const Int4Shape &s, size_t panel)
      : octets((s.k + 7) / 8), groups((s.k + s.group - 1) / s.group), size(s.group / 8) {
    codes = w.codes + panel * octets * 64;
    zeros = w.zero ? w.zero + panel * groups * 16 : nullptr;
    scales = w.scale + panel * groups * 16;
  }

  size_t count(size_t g) const { return octets - g * size < size ? octets - g * size : size; }
  __m256i code(size_t q, size_t half) const { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(codes + q * 64 + half * 32)); }
  __m256 scale(size_t g, size_t half) const { return _mm256_loadu_ps(scales + g * 16 + half * 8); }
  __m256i zero(size_t g, size_t half) const {
    if (!zeros) return _mm256_set1_epi32(8);
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(zeros + g * 16 + half * 8)));
  }
};

void store(float *y, __m256 sums, size_t width) {
  const __m256i place = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const int columns = width < 8 ? static_cast<int>(width) : 8;
  _mm256_maskstore_ps(y, _mm256_cmpgt_epi32(_mm256_set1_epi32(columns), place), sums);
}

__m256 floats_of(const float *x, const Panel &panel, size_t half) {
  const __m256i low = _mm256_set1_epi32(15);
  __m256 all = _mm256_setzero_ps();
  for (size_t g = 0, q = 0; g < panel.groups; g++) {
    const __m256 zero = _mm256_cvtepi32_ps(panel.zero(g, half));
    __m256 sums[4] = {};
    for (const size_t end = q + panel.count(g); q < end; q++) {
      const __m256i codes = panel.code(q, half);
#pragma GCC unroll 8
      for (int i = 0; i < 8; i++) {
        const __m256i one = _mm256_and_si256(_mm256_srli_epi32(codes, i < 4 ? 8 * i : 8 * i - 28), low);
        sums[i % 4] = _mm256_fmadd_ps(_mm256_broadcast_ss(x + 8 * q + i), _mm256_sub_ps(_mm256_cvtepi32_ps(one), zero), sums[i % 4]);
      }
    }
    all = _mm256_fmadd_ps(panel.scale(g, half), _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])), all);
  }
  return all;
}

__m256 bytes_of(const int8_t *b, const int32_t *sums_of, const Panel &panel, size_t half) {
  const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
  const auto four = [](const int8_t *from) {
    int32_t word;
    __builtin_memcpy(&word, from, 4);
    return _mm256_set1_epi32(word);
  };
  __m256 all = _mm256_setzero_ps();
  for (size_t g = 0, q = 0; g < panel.groups; g++) {
    __m256i sums = _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_mullo_epi32(panel.zero(g, half), _mm256_set1_epi32(sums_of[g])));
    for (const size_t end = q + panel.count(g); q < end; q++) {
      const __m256i codes = panel.code(q, half);
      const __m256i first = _mm256_maddubs_epi16(_mm256_and_si256(codes, low), four(b + 8 * q));
      const __m256i second = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi32(codes, 4), low), four(b + 8 * q + 4));
      sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_add_epi16(first, second), ones));
    }
    all = _mm256_fmadd_ps(panel.scale(g, half), _mm256_cvtepi32_ps(sums), all);
  }
  return all;
}

template <typename Row> void walk(const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last, const Row &row) {
  for (size_t p = first; p < last; p++) {
    const Panel panel(w, s, p);
    for (size_t i = 0; i < s.m; i++)
      for (size_t half = 0, j = 16 * p; half < 2 && j < s.n; half++, j += 8) store(y + i * s.n + j, row(i, panel, half), s.n - j);
  }
}

void floats(const float *x, const Int4Limbs *, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  walk(*w, y, s, first, last, [&](size_t i, const Panel &panel, size_t half) { return floats_of(x + i * panel.octets * 8, panel, half); });
}

void bytes(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  walk(*w, y, s, first, last, [&](size_t i, const Panel &panel, size_t half) {
    return _mm256_mul_ps(_mm256_set1_ps(x_scale[i]), bytes_of(b + i * panel.octets * 8, sums + i * panel.groups, panel, half));
  });
}

} // namespace

const Int4Matmul int4_matmul_avx2 = {floats, bytes, nullptr};
