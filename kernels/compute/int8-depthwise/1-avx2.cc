#include "interleaved-avx2.h"
#include "places.h"

// 16 channels at once, two places of a kernel together. Of fewer than 16 channels blocks of 8, 4 or 1 are made alike, and the last block lies over the one before where it must.
namespace {

// So many channels of a kernel.
template <size_t Count, bool Signed> struct Block {
  Sums weight[most_pairs], offset;
  Scale8 low, high;
  Clip8 clip;
  size_t taps;

  Block(const int16_t *w, const int32_t *channel, const Int8DepthwiseShape &s) : clip(s.output_zero, s.low, s.high), taps(taps_of(s)) {
    const size_t channels = s.channels;
    for (size_t t = 0; t < taps; t += 2) {
      const __m256i a = padded<Count>(w + t * channels), b = t + 1 < taps ? padded<Count>(w + (t + 1) * channels) : _mm256_setzero_si256();
      weight[t / 2] = interleave(a, b);
    }
    offset = parameters<Count>(channel);
    const Sums multiplier = parameters<Count>(channel + channels), left = parameters<Count>(channel + 2 * channels);
    const Sums right = parameters<Count>(channel + 3 * channels);
    low = Scale8(multiplier.low, left.low, right.low);
    high = Scale8(multiplier.high, left.high, right.high);
  }

  template <typename Place> void pixel(uint8_t *y, Place place) const {
    Sums sums = offset;
    for (size_t t = 0; t < taps; t += 2) {
      const __m256i a = widened<Count, Signed>(place(t));
      const __m256i b = widened<Count, Signed>(place(t + 1 < taps ? t + 1 : t)); // the last has a weight of 0 beside it
      const Sums x = interleave(a, b);
      sums.low = dot(sums.low, x.low, weight[t / 2].low);
      sums.high = dot(sums.high, x.high, weight[t / 2].high);
    }
    store_bytes<Count>(y, bytes_of(clip(low(sums.low)), clip(high(sums.high))));
  }
};

template <bool Signed>
void rows(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  uint8_t border[16];
  __builtin_memset(border, s.zero, sizeof border);
  const Places places(s, x, border);
  size_t done = 0;
  each_width([&](auto width) {
    constexpr size_t Count = decltype(width)::value;
    blocks<Count>(done, s.channels, [&](size_t c) {
      const Block<Count, Signed> block(weight + c, channel + c, s);
      places.walk(c, y, first, last, [&](uint8_t *to, auto place) { block.pixel(to, place); });
    });
  });
}

} // namespace

void int8_depthwise_avx2(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first, size_t last) {
  if (taps_of(s) > most_taps)
    int8_depthwise_reference(x, weight, channel, y, s, first, last);
  else if (s.is_signed)
    rows<true>(x, weight, channel, y, s, first, last);
  else
    rows<false>(x, weight, channel, y, s, first, last);
}
