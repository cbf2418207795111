#include "../blocks-avx2.h"
#include "../requantize-avx2.h"
#include "places.h"

// 16 channels at once: two places of a kernel are taken together, their bytes widened to 16 bits and interleaved, so that pmaddwd adds both products in 32 bits.
// Interleaving moves channels inside the vectors; packing the results to bytes moves them back. Of fewer than 16 channels blocks of 8, 4 or 1 are made alike, and
// the last block lies over the one before where it must.
namespace {

struct Sums {
  __m256i low, high;
};

// `Count` numbers and zeros behind them.
template <size_t Count, typename Number> __m256i padded(const Number *from) {
  alignas(32) Number all[32 / sizeof(Number)] = {};
  __builtin_memcpy(all, from, Count * sizeof(Number));
  return _mm256_load_si256(reinterpret_cast<const __m256i *>(all));
}

// A row of `channel`, in the order that interleaving gives.
template <size_t Count> Sums parameters(const int32_t *row) {
  const __m256i first = padded<Count < 8 ? Count : 8>(row), second = Count > 8 ? padded<8>(row + Count - 8) : _mm256_setzero_si256();
  return {_mm256_permute2x128_si256(first, second, 0x20), _mm256_permute2x128_si256(first, second, 0x31)};
}

template <size_t Count, bool Signed> __m256i widened(const uint8_t *from) {
  const __m128i bytes = some_bytes<Count>(from);
  return Signed ? _mm256_cvtepi8_epi16(bytes) : _mm256_cvtepu8_epi16(bytes);
}

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
      weight[t / 2] = {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
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
      sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weight[t / 2].low));
      sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weight[t / 2].high));
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
