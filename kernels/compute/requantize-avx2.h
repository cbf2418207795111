// The same for 8 accumulators at once, and how vectors of them become bytes. Internal linkage, see requantize.h.
#pragma once
#include <immintrin.h>

#include "abi.h"

namespace {

// Multipliers and shifts of 8 channels.
struct Scale8 {
  __m256i multiplier, odd, left, right, mask, half;

  Scale8() = default;
  Scale8(__m256i m, __m256i l, __m256i r) : multiplier(m), odd(_mm256_srli_epi64(m, 32)), left(l), right(r) {
    const __m256i one = _mm256_set1_epi32(1);
    mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, r), one);
    half = _mm256_srli_epi32(mask, 1);
  }

  __m256i operator()(__m256i acc) const {
    const __m256i nudge = _mm256_set1_epi64x(1 << 30);
    const __m256i x = _mm256_sllv_epi32(acc, left);
    // bits 31 … 62 of the products: of the even lanes moved down, of the odd ones up into their lane
    const __m256i low = _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, multiplier), nudge), 31);
    const __m256i high = _mm256_slli_epi64(_mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), odd), nudge), 1);
    const __m256i product = _mm256_blend_epi32(low, high, 0xaa);
    const __m256i edge = _mm256_add_epi32(half, _mm256_srli_epi32(product, 31));
    const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(product, mask), edge); // -1 where it is
    return _mm256_sub_epi32(_mm256_srav_epi32(product, right), up);
  }
};

// clip(value + zero, low, high): clipped before the zero point is added, so that nothing wraps.
struct Clip8 {
  __m256i zero, low, high;

  Clip8(int32_t z, int32_t l, int32_t h) : zero(_mm256_set1_epi32(z)), low(_mm256_set1_epi32(l - z)), high(_mm256_set1_epi32(h - z)) {}

  __m256i operator()(__m256i x) const { return _mm256_add_epi32(zero, _mm256_max_epi32(low, _mm256_min_epi32(high, x))); }
};

// Bytes, signed or not, of numbers from -128 to 255 in the order of the lanes: the first half of `a`, of `b`, the second of `a`, of `b`.
inline __m128i bytes_of(__m256i a, __m256i b) {
  const __m256i words = _mm256_and_si256(_mm256_packs_epi32(a, b), _mm256_set1_epi16(0xff));
  return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

// The same in the order of 8 numbers of `a` and 8 of `b`.
inline __m128i bytes_in_order(__m256i a, __m256i b) { return _mm_shuffle_epi32(bytes_of(a, b), 0xd8); }

inline __m256i loaded(const int32_t *from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)); }

// The first `count` of 16 bytes.
inline void store16(uint8_t *to, __m128i bytes, size_t count) {
  if (count == 16)
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), bytes);
  else
    __builtin_memcpy(to, &bytes, count);
}

} // namespace
