#include "interleaved-avx512.h"

// Four neighbouring outputs of a row at once: a column of the image, two of its rows interleaved, is widened once for all of them, where the rung before widens it for each. Where sums
// are only moved to the right, both roundings are one shift. Windows of 3, 5 or 7 columns without dilation, with strides 1 and 2; the others are left to that rung.
namespace {

constexpr int most_rows = 7, most_row_pairs = 4, together = 4;

// 32 channels of a kernel of Taps columns.
template <int Taps> struct Block {
  Sums weight[most_row_pairs][Taps], offset;
  Scale16 low, high;
  Right16 right_low, right_high;
  bool only_right;
  __mmask32 lanes;

  Block(const int16_t *w, const int32_t *channel, size_t channels, int rows, __mmask32 inside) : lanes(inside) {
    const auto row = [&](int i, int j) {
      return i < rows ? _mm512_maskz_loadu_epi16(lanes, w + static_cast<size_t>(i * Taps + j) * channels) : _mm512_setzero_si512();
    };
    for (int i = 0; i < rows; i += 2)
      for (int j = 0; j < Taps; j++) weight[i / 2][j] = {_mm512_unpacklo_epi16(row(i, j), row(i + 1, j)), _mm512_unpackhi_epi16(row(i, j), row(i + 1, j))};
    offset = parameters(channel, lanes);
    const Sums multiplier = parameters(channel + channels, lanes), left = parameters(channel + 2 * channels, lanes);
    const Sums right = parameters(channel + 3 * channels, lanes, 1);
    low = Scale16(multiplier.low, left.low, right.low);
    high = Scale16(multiplier.high, left.high, right.high);
    only_right = Right16::fits(left.low, right.low, 0xffff) && Right16::fits(left.high, right.high, 0xffff);
    right_low = Right16(multiplier.low, right.low);
    right_high = Right16(multiplier.high, right.high);
  }

  void store(uint8_t *y, Sums sums, const Clip16 &clip) const {
    const __m512i a = only_right ? right_low(sums.low) : low(sums.low), b = only_right ? right_high(sums.high) : high(sums.high);
    _mm256_mask_storeu_epi8(y, lanes, _mm512_cvtepi16_epi8(_mm512_packs_epi32(clip(a), clip(b))));
  }
};

// The rows of the image under a row of outputs, from their column 0 and the block's first channel on. A row outside is a vector of zero points at every column.
struct Lines {
  const uint8_t *row[most_rows + 1], *border;
  ptrdiff_t step[most_rows + 1];
  int rows;
  ptrdiff_t width;
};

template <int Taps, int Stride, bool Signed, bool Whole>
void outputs(const Block<Taps> &block, const Lines &lines, ptrdiff_t column, Sums (&sums)[together]) {
  for (Sums &sum : sums) sum = block.offset;
  for (int i = 0; i < lines.rows; i += 2) {
    const auto &weight = block.weight[i / 2];
#pragma GCC unroll 16
    for (int t = 0; t < (together - 1) * Stride + Taps; t++) {
      const bool inside = Whole || (column + t >= 0 && column + t < lines.width);
      const auto value = [&](int r) { return widened<Signed>(inside ? lines.row[r] + (column + t) * lines.step[r] : lines.border, block.lanes); };
      const __m512i a = value(i), b = value(i + 1); // behind an odd number of rows the last one comes again, with weights of 0
      const __m512i low = _mm512_unpacklo_epi16(a, b), high = _mm512_unpackhi_epi16(a, b);
#pragma GCC unroll 4
      for (int o = 0; o < together; o++)
        if (t >= o * Stride && t < o * Stride + Taps) {
          sums[o].low = dot(sums[o].low, low, weight[t - o * Stride].low);
          sums[o].high = dot(sums[o].high, high, weight[t - o * Stride].high);
        }
    }
  }
}

template <int Taps, int Stride, bool Signed>
void all_rows(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  const ptrdiff_t channels = s.channels;
  const Clip16 clip(s.output_zero, s.low, s.high);
  alignas(32) uint8_t border[32];
  _mm256_store_si256(reinterpret_cast<__m256i *>(border), _mm256_set1_epi8(static_cast<uint8_t>(s.zero)));
  Lines lines;
  lines.border = border;
  lines.rows = s.kernel_height;
  lines.width = s.width;
  for (ptrdiff_t c = 0; c < channels; c += 32) {
    const Block<Taps> block(weight + c, channel + c, channels, s.kernel_height, channels - c >= 32 ? ~0u : (1u << (channels - c)) - 1);
    for (size_t r = first; r < last; r++) {
      const ptrdiff_t top = static_cast<ptrdiff_t>(r % s.out_height) * s.stride_down - s.top, image = static_cast<ptrdiff_t>(r / s.out_height);
      for (int i = 0; i <= s.kernel_height; i++) {
        const ptrdiff_t a = top + (i < s.kernel_height ? i : i - 1);
        const bool inside = a >= 0 && a < s.height;
        lines.row[i] = inside ? x + (image * s.height + a) * s.width * channels + c : border;
        lines.step[i] = inside ? channels : 0;
      }
      uint8_t *const to = y + r * s.out_width * channels + c;
      for (ptrdiff_t q = 0; q < s.out_width; q += together) {
        const ptrdiff_t column = q * Stride - s.left;
        Sums sums[together];
        if (column >= 0 && column + (together - 1) * Stride + Taps <= s.width)
          outputs<Taps, Stride, Signed, true>(block, lines, column, sums);
        else
          outputs<Taps, Stride, Signed, false>(block, lines, column, sums);
        for (ptrdiff_t o = 0; o < together && q + o < s.out_width; o++) block.store(to + (q + o) * channels, sums[o], clip);
      }
    }
  }
}

template <int Taps>
void of_width(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  if (s.stride_right == 1)
    (s.is_signed ? all_rows<Taps, 1, true> : all_rows<Taps, 1, false>)(x, weight, channel, y, s, first, last);
  else
    (s.is_signed ? all_rows<Taps, 2, true> : all_rows<Taps, 2, false>)(x, weight, channel, y, s, first, last);
}

} // namespace

void int8_depthwise_avx512_vnni_lines(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first,
                                      size_t last) {
  const int32_t width = s.kernel_width;
  if (s.kernel_height > most_rows || s.stride_right > 2 || s.dilation_down > 1 || s.dilation_right > 1 || (width != 3 && width != 5 && width != 7))
    int8_depthwise_avx512_vnni(x, weight, channel, y, s, first, last);
  else
    (width == 3 ? of_width<3> : width == 5 ? of_width<5> : of_width<7>)(x, weight, channel, y, s, first, last);
}
