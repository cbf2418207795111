#include "../requantize-avx512.h"
#include "../lanes-avx512.h"

// 16 sums at once; the last ones with a mask.
namespace {

template <bool Signed> __m512i moved(const uint8_t *from, __mmask16 lanes, __m512i zero, __m128i ahead) {
  const __m128i bytes = _mm_maskz_loadu_epi8(lanes, from);
  return _mm512_sll_epi32(_mm512_sub_epi32(Signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes), zero), ahead);
}

Scale16 all(int32_t multiplier, int32_t left, int32_t right) {
  return Scale16(_mm512_set1_epi32(multiplier), _mm512_set1_epi32(left), _mm512_set1_epi32(right));
}

template <bool Signed> void sum(const uint8_t *a, const uint8_t *b, uint8_t *y, const Int8AddShape &s, size_t first, size_t last) {
  const Scale16 scale_a = all(s.a_multiplier, s.a_left, s.a_right), scale_b = all(s.b_multiplier, s.b_left, s.b_right);
  const Scale16 scale = all(s.multiplier, s.left, s.right);
  const Clip16 clip(s.output_zero, s.low, s.high);
  const __m512i zero_a = _mm512_set1_epi32(s.a_zero), zero_b = _mm512_set1_epi32(s.b_zero);
  const __m128i ahead = _mm_cvtsi32_si128(s.ahead & 31);
  for (size_t i = first; i < last; i += 16) {
    const __mmask16 lanes = first_lanes(last - i);
    const __m512i left = scale_a(moved<Signed>(a + i, lanes, zero_a, ahead)), right = scale_b(moved<Signed>(b + i, lanes, zero_b, ahead));
    const __m512i both = s.sign > 0 ? _mm512_add_epi32(left, right) : _mm512_sub_epi32(left, right);
    _mm_mask_storeu_epi8(y + i, lanes, _mm512_cvtepi32_epi8(clip(scale(both))));
  }
}

} // namespace

void int8_add_avx512(const uint8_t *a, const uint8_t *b, uint8_t *y, Int8AddShape s, size_t first, size_t last) {
  if (s.is_signed)
    sum<true>(a, b, y, s, first, last);
  else
    sum<false>(a, b, y, s, first, last);
}
