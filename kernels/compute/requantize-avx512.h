// The same for 16 accumulators at once. Internal linkage, see requantize.h.
#pragma once
#include <immintrin.h>

#include "abi.h"

namespace {

// Multipliers and shifts of 16 channels.
struct Scale16 {
  __m512i multiplier, odd, left, right, mask, half;

  Scale16() = default;
  Scale16(__m512i m, __m512i l, __m512i r) : multiplier(m), odd(_mm512_srli_epi64(m, 32)), left(l), right(r) {
    mask = _mm512_sub_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), r), _mm512_set1_epi32(1));
    half = _mm512_srli_epi32(mask, 1);
  }

  __m512i operator()(__m512i acc) const {
    const __m512i nudge = _mm512_set1_epi64(1 << 30);
    const __m512i x = _mm512_sllv_epi32(acc, left);
    // bits 31 … 62 of the products: of the even lanes moved down, of the odd ones up into their lane
    const __m512i low = _mm512_srli_epi64(_mm512_add_epi64(_mm512_mul_epi32(x, multiplier), nudge), 31);
    const __m512i high = _mm512_slli_epi64(_mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), odd), nudge), 1);
    const __m512i product = _mm512_mask_mov_epi32(low, 0xaaaa, high);
    const __m512i edge = _mm512_add_epi32(half, _mm512_srli_epi32(product, 31));
    const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(product, mask), edge);
    const __m512i floor = _mm512_srav_epi32(product, right);
    return _mm512_mask_sub_epi32(floor, up, floor, _mm512_set1_epi32(-1));
  }
};

// clip(value + zero, low, high): clipped before the zero point is added, so that nothing wraps.
struct Clip16 {
  __m512i zero, low, high;

  Clip16(int32_t z, int32_t l, int32_t h) : zero(_mm512_set1_epi32(z)), low(_mm512_set1_epi32(l - z)), high(_mm512_set1_epi32(h - z)) {}

  __m512i operator()(__m512i x) const { return _mm512_add_epi32(zero, _mm512_max_epi32(low, _mm512_min_epi32(high, x))); }
};

} // namespace
