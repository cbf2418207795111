#include "../grids-avx2.h"

// 8 numbers at once, in two halves of doubles.
void dequantize_avx2(const uint8_t *codes, const float *scale, const int32_t *zero, float *reals, ChannelShape s, int is_signed) {
  each_eight(scale, zero, s, [&](size_t at, auto inside, const Grids &grids) {
    int64_t eight = 0;
    __builtin_memcpy(&eight, codes + at, count_of(inside));
    const __m128i bytes = _mm_cvtsi64_si128(eight);
    const __m256i q = is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes);
    const __m128 first = real(_mm256_cvtepi32_pd(_mm256_castsi256_si128(q)), grids.first);
    const __m128 second = real(_mm256_cvtepi32_pd(_mm256_extracti128_si256(q, 1)), grids.second);
    store(reals + at, inside, _mm256_set_m128(second, first));
  });
}
