// What the rungs share that gather what a pixel reads and finish one output at a time. Internal linkage, see requantize.h.
#pragma once
#include "../requantize.h"

namespace {

// The K bytes that a pixel reads, each exclusive-or `flip`; what lies outside the image is `zero`.
inline void gather(const uint8_t *x, uint8_t *to, const Int8ConvShape &s, size_t p, uint8_t flip) {
  const ptrdiff_t image = p / (static_cast<size_t>(s.out_height) * s.out_width);
  const ptrdiff_t row = p / s.out_width % s.out_height, column = p % s.out_width;
  for (ptrdiff_t i = 0; i < s.kernel_height; i++)
    for (ptrdiff_t j = 0; j < s.kernel_width; j++) {
      const ptrdiff_t down = row * s.stride_down + i * s.dilation_down - s.top;
      const ptrdiff_t right = column * s.stride_right + j * s.dilation_right - s.left;
      const bool inside = down >= 0 && down < s.height && right >= 0 && right < s.width;
      const uint8_t *from = inside ? x + ((image * s.height + down) * s.width + right) * s.channels : nullptr;
      for (ptrdiff_t c = 0; c < s.depth; c++) *to++ = (from ? from[c] : static_cast<uint8_t>(s.zero)) ^ flip;
    }
}

// Output l of pixel p: its sum, or the byte that requantizing makes of it.
inline void finish(int32_t acc, const int32_t *channel, uint8_t *y, const Int8ConvShape &s, size_t p, size_t l) {
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  if (s.is_sums) return store_sum(y + 4 * (p * s.out_channels + l), acc);
  const int32_t value = scaled(acc, channel[padded + l], channel[2 * padded + l], channel[3 * padded + l]);
  y[p * s.out_channels + l] = stored(value, s.output_zero, s.low, s.high);
}

} // namespace
