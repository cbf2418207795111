#include "../grids-avx2.h"
#include "../requantize-avx2.h"

// 8 numbers at once, in two halves of doubles.
namespace {

struct Rounder {
  __m256d low, high;

  // Clipped as a double, so that infinity ends at an end
  __m256d operator()(__m128 x, Grid grid) const {
    const __m256d quotient = _mm256_div_pd(_mm256_cvtps_pd(x), grid.scale);
    const __m256d rounded = _mm256_add_pd(_mm256_round_pd(quotient, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), grid.zero);
    return _mm256_and_pd(_mm256_cmp_pd(quotient, quotient, _CMP_ORD_Q), _mm256_max_pd(low, _mm256_min_pd(high, rounded)));
  }
};

} // namespace

void fake_quantize_avx2(const float *x, const float *scale, const int32_t *zero, uint8_t *codes, float *reals, ChannelShape s, CodeEnds ends) {
  const Rounder round = {_mm256_set1_pd(ends.low), _mm256_set1_pd(ends.high)};
  each_eight(scale, zero, s, [&](size_t at, auto inside, const Grids &grids) {
    const __m256 values = load(x + at, inside);
    const __m256d first = round(_mm256_castps256_ps128(values), grids.first), second = round(_mm256_extractf128_ps(values, 1), grids.second);
    if (codes) {
      const __m256i q = _mm256_set_m128i(_mm256_cvtpd_epi32(second), _mm256_cvtpd_epi32(first));
      const __m128i bytes = bytes_in_order(q, q);
      __builtin_memcpy(codes + at, &bytes, count_of(inside));
    }
    if (reals) store(reals + at, inside, _mm256_set_m128(real(second, grids.second), real(first, grids.first)));
  });
}
