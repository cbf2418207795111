#include "interleaved-avx512.h"
#include "lines.h"

// Four neighbouring outputs of a row at once, of 32 channels. Where sums are only moved to the right, both roundings are one shift. What is not in_lines is left to the rung before.
namespace {

// 32 channels of a kernel of Taps columns.
template <int Taps, bool Signed> struct Block {
  typedef Sums Both;
  static constexpr int taps = Taps;
  Sums weight[most_row_pairs][Taps], offset;
  Scale16 low, high;
  Right16 right_low, right_high;
  Clip16 clip;
  bool only_right;
  __mmask32 lanes;

  Block(const int16_t *w, const int32_t *channel, const Int8DepthwiseShape &s, __mmask32 inside) : clip(s.output_zero, s.low, s.high), lanes(inside) {
    const size_t channels = s.channels;
    const auto row = [&](int i, int j) {
      return i < s.kernel_height ? _mm512_maskz_loadu_epi16(lanes, w + static_cast<size_t>(i * Taps + j) * channels) : _mm512_setzero_si512();
    };
    for (int i = 0; i < s.kernel_height; i += 2)
      for (int j = 0; j < Taps; j++) weight[i / 2][j] = interleave(row(i, j), row(i + 1, j));
    offset = parameters(channel, lanes);
    const Sums multiplier = parameters(channel + channels, lanes), left = parameters(channel + 2 * channels, lanes);
    const Sums right = parameters(channel + 3 * channels, lanes, 1);
    low = Scale16(multiplier.low, left.low, right.low);
    high = Scale16(multiplier.high, left.high, right.high);
    only_right = Right16::fits(left.low, right.low, 0xffff) && Right16::fits(left.high, right.high, 0xffff);
    right_low = Right16(multiplier.low, right.low);
    right_high = Right16(multiplier.high, right.high);
  }

  __m512i value(const uint8_t *from) const { return widened<Signed>(from, lanes); }
  static Sums interleave(__m512i a, __m512i b) { return ::interleave(a, b); }
  static __m512i dot(__m512i sums, __m512i x, __m512i w) { return ::dot(sums, x, w); }

  void store(uint8_t *y, Sums sums) const {
    const __m512i a = only_right ? right_low(sums.low) : low(sums.low), b = only_right ? right_high(sums.high) : high(sums.high);
    _mm256_mask_storeu_epi8(y, lanes, _mm512_cvtepi16_epi8(_mm512_packs_epi32(clip(a), clip(b))));
  }
};

template <int Taps, bool Signed>
void blocks(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  alignas(32) uint8_t border[32];
  _mm256_store_si256(reinterpret_cast<__m256i *>(border), _mm256_set1_epi8(static_cast<uint8_t>(s.zero)));
  for (ptrdiff_t c = 0; c < s.channels; c += 32) {
    const Block<Taps, Signed> block(weight + c, channel + c, s, s.channels - c >= 32 ? ~0u : (1u << (s.channels - c)) - 1);
    walk_lines(block, x + c, y + c, border, s, first, last);
  }
}

} // namespace

void int8_depthwise_avx512_vnni_lines(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first,
                                      size_t last) {
  if (!in_lines(s)) return int8_depthwise_avx512_vnni(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 3) (s.is_signed ? blocks<3, true> : blocks<3, false>)(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 5) (s.is_signed ? blocks<5, true> : blocks<5, false>)(x, weight, channel, y, s, first, last);
  if (s.kernel_width == 7) (s.is_signed ? blocks<7, true> : blocks<7, false>)(x, weight, channel, y, s, first, last);
}
