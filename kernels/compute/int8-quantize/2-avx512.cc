#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

// 16 numbers at once: cut towards zero, then one further away from it where at least a half was cut off, which is exact in float32. Clipped before they become
// integers, so that infinity does.
void int8_quantize_avx512(const float *x, uint8_t *y, Int8QuantizeShape s, size_t first, size_t last) {
  float scale;
  __builtin_memcpy(&scale, &s.scale_bits, sizeof scale);
  const __m512 unit = _mm512_set1_ps(scale), half = _mm512_set1_ps(0.5f), one = _mm512_set1_ps(1), sign = _mm512_set1_ps(-0.0f);
  const __m512 low = _mm512_set1_ps(static_cast<float>(s.low - s.output_zero)), high = _mm512_set1_ps(static_cast<float>(s.high - s.output_zero));
  const __m512i zero = _mm512_set1_epi32(s.output_zero);
  for (size_t i = first; i < last; i += 16) {
    const __mmask16 lanes = first_lanes(last - i);
    const __m512 quotient = _mm512_div_ps(_mm512_maskz_loadu_ps(lanes, x + i), unit);
    const __m512 cut = _mm512_roundscale_ps(quotient, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __mmask16 away = _mm512_cmp_ps_mask(_mm512_abs_ps(_mm512_sub_ps(quotient, cut)), half, _CMP_GE_OQ);
    const __m512 rounded = _mm512_mask_add_ps(cut, away, cut, _mm512_or_ps(one, _mm512_and_ps(quotient, sign)));
    const __mmask16 numbers = _mm512_cmp_ps_mask(quotient, quotient, _CMP_ORD_Q);
    const __m512i clipped = _mm512_maskz_cvtps_epi32(numbers, _mm512_max_ps(low, _mm512_min_ps(high, rounded)));
    _mm_mask_storeu_epi8(y + i, lanes, _mm512_cvtepi32_epi8(_mm512_add_epi32(clipped, zero)));
  }
}
