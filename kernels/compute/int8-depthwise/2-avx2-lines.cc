#include "interleaved-avx2.h"
#include "lines.h"

// Four neighbouring outputs of a row at once, of 16 channels, or 8, 4 or 1. What is not in_lines is left to the rung before, and so are 3 columns with stride 2,
// which gain nothing.
namespace {

// So many channels of a kernel of Taps columns.
template <size_t Count, int Taps, bool Signed> struct Block {
  typedef Sums Both;
  static constexpr int taps = Taps;
  Sums weight[most_row_pairs][Taps], offset;
  Scale8 low, high;
  Clip8 clip;

  Block(const int16_t *w, const int32_t *channel, const Int8DepthwiseShape &s) : clip(s.output_zero, s.low, s.high) {
    const size_t channels = s.channels;
    const auto row = [&](int i, int j) {
      return i < s.kernel_height ? padded<Count>(w + static_cast<size_t>(i * Taps + j) * channels) : _mm256_setzero_si256();
    };
    for (int i = 0; i < s.kernel_height; i += 2)
      for (int j = 0; j < Taps; j++) weight[i / 2][j] = interleave(row(i, j), row(i + 1, j));
    offset = parameters<Count>(channel);
    const Sums multiplier = parameters<Count>(channel + channels), left = parameters<Count>(channel + 2 * channels);
    const Sums right = parameters<Count>(channel + 3 * channels);
    low = Scale8(multiplier.low, left.low, right.low);
    high = Scale8(multiplier.high, left.high, right.high);
  }

  __m256i value(const uint8_t *from) const { return widened<Count, Signed>(from); }
  static Sums interleave(__m256i a, __m256i b) { return ::interleave(a, b); }
  static __m256i dot(__m256i sums, __m256i x, __m256i w) { return ::dot(sums, x, w); }
  void store(uint8_t *y, Sums sums) const { store_bytes<Count>(y, bytes_of(clip(low(sums.low)), clip(high(sums.high)))); }
};

template <int Taps, bool Signed>
void all_channels(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  uint8_t border[16];
  __builtin_memset(border, s.zero, sizeof border);
  size_t done = 0;
  each_width([&](auto width) {
    constexpr size_t Count = decltype(width)::value;
    blocks<Count>(done, s.channels, [&](size_t c) {
      const Block<Count, Taps, Signed> block(weight + c, channel + c, s);
      walk_lines(block, x + c, y + c, border, s, first, last);
    });
  });
}

} // namespace

void int8_depthwise_avx2_lines(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first, size_t last) {
  if (!in_lines(s) || (s.kernel_width == 3 && s.stride_right == 2)) return int8_depthwise_avx2(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 3) (s.is_signed ? all_channels<3, true> : all_channels<3, false>)(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 5) (s.is_signed ? all_channels<5, true> : all_channels<5, false>)(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 7) (s.is_signed ? all_channels<7, true> : all_channels<7, false>)(x, weight, channel, y, s, first, last);
}
