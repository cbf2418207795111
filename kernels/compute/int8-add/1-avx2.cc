#include "../requantize-avx2.h"

// 16 sums at once. The last ones are found with those before them once more, and fewer than 16 one after the other.
namespace {

Scale8 all(int32_t multiplier, int32_t left, int32_t right) {
  return Scale8(_mm256_set1_epi32(multiplier), _mm256_set1_epi32(left), _mm256_set1_epi32(right));
}

// One side of the sums.
template <bool Signed> struct Side {
  Scale8 scale;
  __m256i zero;
  __m128i ahead;

  __m256i operator()(__m128i bytes) const {
    const __m256i whole = Signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes);
    return scale(_mm256_sll_epi32(_mm256_sub_epi32(whole, zero), ahead));
  }
};

__m128i loaded(const uint8_t *p) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(p)); }

template <bool Signed> void sum(const uint8_t *a, const uint8_t *b, uint8_t *y, const Int8AddShape &s, size_t first, size_t last) {
  const __m128i ahead = _mm_cvtsi32_si128(s.ahead & 31);
  const Side<Signed> of_a = {all(s.a_multiplier, s.a_left, s.a_right), _mm256_set1_epi32(s.a_zero), ahead};
  const Side<Signed> of_b = {all(s.b_multiplier, s.b_left, s.b_right), _mm256_set1_epi32(s.b_zero), ahead};
  const Scale8 scale = all(s.multiplier, s.left, s.right);
  const Clip8 clip(s.output_zero, s.low, s.high);
  const __m256i sign = _mm256_set1_epi32(s.sign);
  const auto eight = [&](__m128i left, __m128i right) { return clip(scale(_mm256_add_epi32(of_a(left), _mm256_sign_epi32(of_b(right), sign)))); };
  for (size_t i = first; i < last; i += 16) {
    if (last - i < 16) i = last - 16;
    const __m128i left = loaded(a + i), right = loaded(b + i);
    const __m256i low = eight(left, right), high = eight(_mm_srli_si128(left, 8), _mm_srli_si128(right, 8));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(y + i), bytes_in_order(low, high));
  }
}

} // namespace

void int8_add_avx2(const uint8_t *a, const uint8_t *b, uint8_t *y, Int8AddShape s, size_t first, size_t last) {
  if (last - first < 16)
    int8_add_reference(a, b, y, s, first, last);
  else if (s.is_signed)
    sum<true>(a, b, y, s, first, last);
  else
    sum<false>(a, b, y, s, first, last);
}
