#include "../requantize.h"

namespace {

// Output o of one place of the convolution; the packed weight is read where it lies.
int32_t sum_at(const uint8_t *x, const int8_t *weight, const int32_t *channel, const Int8ConvShape &s, ptrdiff_t image, ptrdiff_t row, ptrdiff_t column,
               size_t o) {
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  const size_t quads = (static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth + 3) / 4;
  uint32_t sum = channel[o];
  size_t k = 0;
  for (ptrdiff_t i = 0; i < s.kernel_height; i++)
    for (ptrdiff_t j = 0; j < s.kernel_width; j++) {
      const ptrdiff_t down = row * s.stride_down + i * s.dilation_down - s.top;
      const ptrdiff_t right = column * s.stride_right + j * s.dilation_right - s.left;
      const bool inside = down >= 0 && down < s.height && right >= 0 && right < s.width;
      const size_t from = inside ? ((image * s.height + down) * s.width + right) * s.channels : 0;
      for (size_t c = 0; c < static_cast<size_t>(s.depth); c++, k++) {
        const int32_t value = inside ? byte(x[from + c], s.is_signed) : s.zero;
        const int32_t w = weight[((o / 16 * quads + k / 4) * 16 + o % 16) * 4 + k % 4];
        sum += static_cast<uint32_t>(value) * (static_cast<uint32_t>(w) - static_cast<uint32_t>(channel[4 * padded + o]));
      }
    }
  return static_cast<int32_t>(sum);
}

} // namespace

// The definition, one output after the other.
void int8_conv_reference(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last, uint8_t *) {
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  const ptrdiff_t pool = s.pool;
  for (size_t p = first; p < last; p++) {
    const ptrdiff_t image = p / (static_cast<size_t>(s.out_height) * s.out_width);
    const ptrdiff_t row = p / s.out_width % s.out_height, column = p % s.out_width;
    for (size_t o = 0; o < static_cast<size_t>(s.out); o++) {
      if (s.is_sums) {
        store_sum(y + 4 * (p * s.out_channels + o), sum_at(x, weight, channel, s, image, row, column, o));
        continue;
      }
      int32_t most = s.low;
      for (ptrdiff_t q = 0; q < pool * pool; q++) {
        const int32_t sum = sum_at(x, weight, channel, s, image, row * pool + q / pool, column * pool + q % pool, o);
        const int32_t value = clipped(scaled(sum, channel[padded + o], channel[2 * padded + o], channel[3 * padded + o]), s.output_zero, s.low, s.high);
        most = value > most ? value : most;
      }
      y[p * s.out_channels + o] = static_cast<uint8_t>(most);
    }
  }
}
