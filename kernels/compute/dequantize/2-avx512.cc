#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

__m256 half(__m256i q, __m256i zero, __m256 scale) {
  return _mm512_cvtpd_ps(_mm512_mul_pd(_mm512_cvtps_pd(scale), _mm512_sub_pd(_mm512_cvtepi32_pd(q), _mm512_cvtepi32_pd(zero))));
}

void block(__mmask16 lanes, const uint8_t *codes, __m512 scale, __m512i zero, int is_signed, float *reals) {
  const __m128i bytes = _mm_maskz_loadu_epi8(lanes, codes);
  const __m512i q = is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
  const __m256 first = half(_mm512_castsi512_si256(q), _mm512_castsi512_si256(zero), _mm512_castps512_ps256(scale));
  const __m256 second = half(_mm512_extracti32x8_epi32(q, 1), _mm512_extracti32x8_epi32(zero, 1), _mm512_extractf32x8_ps(scale, 1));
  _mm512_mask_storeu_ps(reals, lanes, _mm512_insertf32x8(_mm512_castps256_ps512(first), second, 1));
}

} // namespace

// 16 numbers at once, along the channels or, where a channel's numbers are neighbours, along these.
void dequantize_avx512(const uint8_t *codes, const float *scale, const int32_t *zero, float *reals, ChannelShape s, int is_signed) {
  for (size_t o = 0; o < s.outer; o++) {
    if (s.inner == 1) {
      for (size_t c = 0; c < s.channels; c += 16) {
        const __mmask16 lanes = first_lanes(s.channels - c);
        block(lanes, codes + c, _mm512_maskz_loadu_ps(lanes, scale + c), _mm512_maskz_loadu_epi32(lanes, zero + c), is_signed, reals + c);
      }
      codes += s.channels;
      reals += s.channels;
      continue;
    }
    for (size_t c = 0; c < s.channels; c++, codes += s.inner, reals += s.inner)
      for (size_t i = 0; i < s.inner; i += 16)
        block(first_lanes(s.inner - i), codes + i, _mm512_set1_ps(scale[c]), _mm512_set1_epi32(zero[c]), is_signed, reals + i);
  }
}
