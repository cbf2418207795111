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

// The same where nothing is moved to the left and everything at least one bit to the right: both roundings are then one shift of the 64-bit product. What the
// second adds is a whole number of what the first cuts off, so that it may be added before; halves go away from zero by one less for negative sums.
struct Right16 {
  __m512i multiplier, odd, even_nudge, odd_nudge, even_count, odd_count;

  Right16() = default;
  Right16(__m512i m, __m512i right) : multiplier(m), odd(_mm512_srli_epi64(m, 32)) {
    const __m512i first = _mm512_set1_epi64(31), one = _mm512_set1_epi64(1), nudge = _mm512_set1_epi64(1 << 30);
    even_count = _mm512_add_epi64(first, _mm512_and_si512(right, _mm512_set1_epi64(0xffffffff)));
    odd_count = _mm512_add_epi64(first, _mm512_srli_epi64(right, 32));
    even_nudge = _mm512_add_epi64(nudge, _mm512_sllv_epi64(one, _mm512_sub_epi64(even_count, one)));
    odd_nudge = _mm512_add_epi64(nudge, _mm512_sllv_epi64(one, _mm512_sub_epi64(odd_count, one)));
  }

  static bool fits(__m512i left, __m512i right, __mmask16 lanes) {
    return (_mm512_test_epi32_mask(left, left) & lanes) == 0 && (_mm512_testn_epi32_mask(right, right) & lanes) == 0;
  }

  static __m512i half(__m512i product, __m512i nudge, __m512i count) {
    const __m512i less = _mm512_set1_epi64(-(int64_t(1) << 31)), moved = _mm512_add_epi64(product, nudge);
    return _mm512_srav_epi64(_mm512_mask_add_epi64(moved, _mm512_movepi64_mask(product), moved, less), count);
  }

  __m512i operator()(__m512i acc) const {
    const __m512i even = half(_mm512_mul_epi32(acc, multiplier), even_nudge, even_count);
    const __m512i other = half(_mm512_mul_epi32(_mm512_srli_epi64(acc, 32), odd), odd_nudge, odd_count);
    return _mm512_mask_shuffle_epi32(even, 0xaaaa, other, static_cast<_MM_PERM_ENUM>(0xa0)); // odd lanes from the lane before
  }
};

// clip(value + zero, low, high): clipped before the zero point is added, so that nothing wraps.
struct Clip16 {
  __m512i zero, low, high;

  Clip16(int32_t z, int32_t l, int32_t h) : zero(_mm512_set1_epi32(z)), low(_mm512_set1_epi32(l - z)), high(_mm512_set1_epi32(h - z)) {}

  __m512i operator()(__m512i x) const { return _mm512_add_epi32(zero, _mm512_max_epi32(low, _mm512_min_epi32(high, x))); }
};

} // namespace
