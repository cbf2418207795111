#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

struct Found {
  __m512 low, high;
  __mmask16 broken;

  // NaN leaves what was found before: the second operand of both comes back then
  void take(__mmask16 lanes, const float *x) {
    const __m512 v = _mm512_mask_loadu_ps(low, lanes, x);
    low = _mm512_min_ps(v, low);
    broken |= _mm512_mask_cmp_ps_mask(lanes, v, v, _CMP_UNORD_Q);
    high = _mm512_mask_max_ps(high, lanes, v, high);
  }
};

// Channels side by side: 16 of them at once, four rows at a time, so that what is found is read and written a quarter as often.
int side_by_side(const float *x, float *low, float *high, ChannelShape s) {
  __mmask16 broken = 0;
  for (size_t o = 0; o < s.outer; o += 4) {
    const size_t rows = s.outer - o < 4 ? s.outer - o : 4;
    for (size_t c = 0; c < s.channels; c += 16) {
      const __mmask16 lanes = first_lanes(s.channels - c);
      Found found = {_mm512_maskz_loadu_ps(lanes, low + c), _mm512_maskz_loadu_ps(lanes, high + c), 0};
      for (size_t r = 0; r < rows; r++) found.take(lanes, x + (o + r) * s.channels + c);
      _mm512_mask_storeu_ps(low + c, lanes, found.low);
      _mm512_mask_storeu_ps(high + c, lanes, found.high);
      broken |= found.broken;
    }
  }
  return broken != 0;
}

} // namespace

// 16 numbers at once, along the channels or, where a channel's numbers are neighbours, along these.
int extremes_avx512(const float *x, float *low, float *high, ChannelShape s) {
  if (s.inner == 1) return side_by_side(x, low, high, s);
  __mmask16 broken = 0;
  for (size_t o = 0; o < s.outer; o++)
    for (size_t c = 0; c < s.channels; c++, x += s.inner) {
      Found even = {_mm512_set1_ps(low[c]), _mm512_set1_ps(high[c]), 0}, odd = even;
      size_t i = 0;
      for (; i + 32 <= s.inner; i += 32) {
        even.take(0xffff, x + i);
        odd.take(0xffff, x + i + 16);
      }
      for (; i < s.inner; i += 16) even.take(first_lanes(s.inner - i), x + i);
      low[c] = _mm512_reduce_min_ps(_mm512_min_ps(even.low, odd.low));
      high[c] = _mm512_reduce_max_ps(_mm512_max_ps(even.high, odd.high));
      broken |= even.broken | odd.broken;
    }
  return broken != 0;
}
