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

} // namespace

// The places of 16 numbers at once. Neighbours are counted in tables of their own: where they fall into one bin, its count would have to be written
// before it is read again.
void histogram_avx512(const float *x, size_t length, uint32_t *tables, HistogramShape s) {
  const Places places = {_mm512_set1_pd(s.low), _mm512_set1_pd(s.per_unit), _mm512_set1_pd(static_cast<double>(s.bins) - 1),
                         _mm256_set1_epi32(static_cast<int>(s.bins))};
  const size_t stride = static_cast<size_t>(s.bins) + 1;
  uint32_t *const table[4] = {tables, tables + stride, tables + 2 * stride, tables + 3 * stride};
  const __m512i kept = _mm512_set1_epi32(s.is_absolute ? 0x7fffffff : -1);
  for (size_t i = 0; i < length; i += 16) {
    const size_t number = length - i < 16 ? length - i : 16;
    const __mmask16 lanes = static_cast<__mmask16>((1u << number) - 1);
    const __m512i bits = _mm512_and_si512(kept, _mm512_maskz_loadu_epi32(lanes, x + i));
    alignas(64) uint32_t bins[16];
    const __m512 values = _mm512_castsi512_ps(bits);
    _mm256_store_si256(reinterpret_cast<__m256i *>(bins), places(_mm512_castps512_ps256(values)));
    _mm256_store_si256(reinterpret_cast<__m256i *>(bins + 8), places(_mm512_extractf32x8_ps(values, 1)));
    if (number == 16)
      for (size_t k = 0; k < 16; k++) table[k % 4][bins[k]]++;
    else
      for (size_t k = 0; k < number; k++) table[k % 4][bins[k]]++;
  }
}
