#include <immintrin.h>

#include "../abi.h"

namespace {

struct Places {
  __m512d low, per_unit, last;
  __m256i none;

  // cut towards zero, which is ⌊ ⌋ from 0 on
  __m256i operator()(__m256 values) const {
    const __m512d place = _mm512_mul_pd(_mm512_sub_pd(_mm512_cvtps_pd(values), low), per_unit);
    const __mmask8 numbers = _mm512_cmp_pd_mask(place, place, _CMP_ORD_Q);
    return _mm512_mask_cvttpd_epi32(none, numbers, _mm512_max_pd(_mm512_setzero_pd(), _mm512_min_pd(last, place)));
  }
};

struct Tables {
  uint32_t *a, *b, *c, *d;

  // through registers, since what was just written as a vector is slow to be read in pieces
  void count(__m128i places) const {
    const uint64_t first = static_cast<uint64_t>(_mm_cvtsi128_si64(places)), second = static_cast<uint64_t>(_mm_extract_epi64(places, 1));
    a[static_cast<uint32_t>(first)]++;
    b[first >> 32]++;
    c[static_cast<uint32_t>(second)]++;
    d[second >> 32]++;
  }

  void count(const Places &places, __m512i bits) const {
    const __m512 values = _mm512_castsi512_ps(bits);
    const __m256i first = places(_mm512_castps512_ps256(values)), second = places(_mm512_extractf32x8_ps(values, 1));
    count(_mm256_castsi256_si128(first));
    count(_mm256_extracti128_si256(first, 1));
    count(_mm256_castsi256_si128(second));
    count(_mm256_extracti128_si256(second, 1));
  }
};

} // namespace

// The places of 16 numbers at once. Neighbours are counted in tables of their own: where they fall into one bin, its count would have to be written
// before it is read again. What a last vector has too many is NaN, and belongs to no bin.
void histogram_avx512(const float *x, size_t length, uint32_t *tables, HistogramShape s) {
  const Places places = {_mm512_set1_pd(s.low), _mm512_set1_pd(s.per_unit), _mm512_set1_pd(static_cast<double>(s.bins) - 1),
                         _mm256_set1_epi32(static_cast<int>(s.bins))};
  const size_t stride = static_cast<size_t>(s.bins) + 1;
  const Tables four = {tables, tables + stride, tables + 2 * stride, tables + 3 * stride};
  const __m512i kept = _mm512_set1_epi32(s.is_absolute ? 0x7fffffff : -1);
  size_t i = 0;
  for (; i + 16 <= length; i += 16) four.count(places, _mm512_and_si512(kept, _mm512_loadu_si512(x + i)));
  if (i == length) return;
  const __mmask16 lanes = static_cast<__mmask16>((1u << (length - i)) - 1);
  four.count(places, _mm512_and_si512(kept, _mm512_mask_loadu_epi32(_mm512_set1_epi32(0x7fc00000), lanes, x + i)));
}
