#include "../abi.h"
#include "../lanes-avx2.h"

namespace {

struct Found {
  __m256 low, high, broken;

  // NaN leaves what was found before: the second operand of both comes back then
  template <typename Lanes> void take(Lanes inside, const float *x) {
    const __m256 v = load(x, inside);
    low = _mm256_min_ps(within(inside, v, low), low);
    high = _mm256_max_ps(within(inside, v, high), high);
    broken = _mm256_or_ps(broken, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
  }
};

// Channels side by side: 8 of them at once, four rows at a time, so that what is found is read and written a quarter as often.
int side_by_side(const float *x, float *low, float *high, ChannelShape s) {
  __m256 broken = _mm256_setzero_ps();
  for (size_t o = 0; o < s.outer; o += 4) {
    const size_t rows = s.outer - o < 4 ? s.outer - o : 4;
    vectors(s.channels, [&](size_t c, auto inside) {
      Found found = {load(low + c, inside), load(high + c, inside), broken};
      for (size_t r = 0; r < rows; r++) found.take(inside, x + (o + r) * s.channels + c);
      store(low + c, inside, found.low);
      store(high + c, inside, found.high);
      broken = found.broken;
    });
  }
  return _mm256_movemask_ps(broken) != 0;
}

} // namespace

// 8 numbers at once, along the channels or, where a channel's numbers are neighbours, along these.
int extremes_avx2(const float *x, float *low, float *high, ChannelShape s) {
  if (s.inner == 1) return side_by_side(x, low, high, s);
  __m256 broken = _mm256_setzero_ps();
  for (size_t o = 0; o < s.outer; o++)
    for (size_t c = 0; c < s.channels; c++, x += s.inner) {
      Found some[4];
      for (Found &found : some) found = {_mm256_set1_ps(low[c]), _mm256_set1_ps(high[c]), broken};
      size_t i = 0;
      for (; i + 32 <= s.inner; i += 32)
        for (size_t k = 0; k < 4; k++) some[k].take(All(), x + i + 8 * k);
      vectors(s.inner - i, [&](size_t at, auto inside) { some[0].take(inside, x + i + at); });
      for (const Found &found : some) {
        alignas(32) float lows[8], highs[8];
        _mm256_store_ps(lows, found.low);
        _mm256_store_ps(highs, found.high);
        for (size_t k = 0; k < 8; k++) {
          if (lows[k] < low[c]) low[c] = lows[k];
          if (highs[k] > high[c]) high[c] = highs[k];
        }
        broken = _mm256_or_ps(broken, found.broken);
      }
    }
  return _mm256_movemask_ps(broken) != 0;
}
