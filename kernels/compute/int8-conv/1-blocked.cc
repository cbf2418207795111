#include "../requantize.h"

// What a pixel reads is gathered once, into a row of K bytes, for all its outputs; 16 of them are summed at a time in the order in which the weight lies.
// Then there is no border inside the loops, each byte is read in order, and a compiler can use vectors.
namespace {

void gather(const uint8_t *x, uint8_t *to, const Int8ConvShape &s, size_t p) {
  const ptrdiff_t image = p / (static_cast<size_t>(s.out_height) * s.out_width);
  const ptrdiff_t row = p / s.out_width % s.out_height, column = p % s.out_width;
  for (ptrdiff_t i = 0; i < s.kernel_height; i++)
    for (ptrdiff_t j = 0; j < s.kernel_width; j++) {
      const ptrdiff_t down = row * s.stride_down + i * s.dilation_down - s.top;
      const ptrdiff_t right = column * s.stride_right + j * s.dilation_right - s.left;
      const bool inside = down >= 0 && down < s.height && right >= 0 && right < s.width;
      const uint8_t *from = inside ? x + ((image * s.height + down) * s.width + right) * s.channels : nullptr;
      for (ptrdiff_t c = 0; c < s.depth; c++) *to++ = from ? from[c] : static_cast<uint8_t>(s.zero);
    }
}

template <typename Byte> void sums16(const Byte *row, const int8_t *weight, size_t quads, int32_t *sums) {
  for (size_t q = 0; q < quads; q++, row += 4, weight += 64)
    for (size_t o = 0; o < 16; o++)
      sums[o] += row[0] * weight[4 * o] + row[1] * weight[4 * o + 1] + row[2] * weight[4 * o + 2] + row[3] * weight[4 * o + 3];
}

} // namespace

void int8_conv_blocked(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                       uint8_t *scratch) {
  if (s.pool > 1) return int8_conv_reference(x, weight, channel, y, s, first, last, scratch);
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  const size_t k = static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth, quads = (k + 3) / 4;
  for (size_t i = k; i < 4 * quads; i++) scratch[i] = 0;
  for (size_t p = first; p < last; p++) {
    gather(x, scratch, s, p);
    int32_t total = 0;
    for (size_t i = 0; i < k && s.has_weight_zeros; i++) total += byte(scratch[i], s.is_signed);
    for (size_t o = 0; o < static_cast<size_t>(s.out); o += 16) {
      int32_t sums[16] = {};
      const int8_t *w = weight + o * quads * 4;
      if (s.is_signed)
        sums16(reinterpret_cast<const int8_t *>(scratch), w, quads, sums);
      else
        sums16(scratch, w, quads, sums);
      for (size_t l = o; l < o + 16 && l < static_cast<size_t>(s.out); l++) {
        const int32_t acc = wrapped(static_cast<int64_t>(sums[l - o]) + channel[l] - static_cast<int64_t>(total) * channel[4 * padded + l]);
        if (s.is_sums) {
          store_sum(y + 4 * (p * s.out_channels + l), acc);
          continue;
        }
        const int32_t value = scaled(acc, channel[padded + l], channel[2 * padded + l], channel[3 * padded + l]);
        y[p * s.out_channels + l] = stored(value, s.output_zero, s.low, s.high);
      }
    }
  }
}
