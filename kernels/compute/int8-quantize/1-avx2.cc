#include "../requantize-avx2.h"

// 16 numbers at once: cut towards zero, then one further away from it where at least a half was cut off, which is exact in float32. Clipped before they become
// integers, so that infinity does. The last ones are found with those before them once more, and fewer than 16 one after the other.
namespace {

struct Rounder {
  __m256 unit, low, high;
  __m256i zero;

  __m256i operator()(const float *x) const {
    const __m256 sign = _mm256_set1_ps(-0.0f), half = _mm256_set1_ps(0.5f), one = _mm256_set1_ps(1);
    const __m256 quotient = _mm256_div_ps(_mm256_loadu_ps(x), unit);
    const __m256 cut = _mm256_round_ps(quotient, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __m256 away = _mm256_cmp_ps(_mm256_andnot_ps(sign, _mm256_sub_ps(quotient, cut)), half, _CMP_GE_OQ);
    const __m256 rounded = _mm256_add_ps(cut, _mm256_and_ps(away, _mm256_or_ps(one, _mm256_and_ps(quotient, sign))));
    const __m256i numbers = _mm256_castps_si256(_mm256_cmp_ps(quotient, quotient, _CMP_ORD_Q));
    const __m256i clipped = _mm256_cvtps_epi32(_mm256_max_ps(low, _mm256_min_ps(high, rounded)));
    return _mm256_add_epi32(zero, _mm256_and_si256(numbers, clipped));
  }
};

} // namespace

void int8_quantize_avx2(const float *x, uint8_t *y, Int8QuantizeShape s, size_t first, size_t last) {
  if (last - first < 16) return int8_quantize_reference(x, y, s, first, last);
  float scale;
  __builtin_memcpy(&scale, &s.scale_bits, sizeof scale);
  const Rounder round = {_mm256_set1_ps(scale), _mm256_set1_ps(static_cast<float>(s.low - s.output_zero)),
                         _mm256_set1_ps(static_cast<float>(s.high - s.output_zero)), _mm256_set1_epi32(s.output_zero)};
  for (size_t i = first; i < last; i += 16) {
    if (last - i < 16) i = last - 16;
    _mm_storeu_si128(reinterpret_cast<__m128i *>(y + i), bytes_in_order(round(x + i), round(x + i + 8)));
  }
}
