#include "../requantize.h"

// The definition, one output after the other.
void int8_depthwise_reference(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first,
                              size_t last) {
  const ptrdiff_t channels = s.channels;
  for (size_t r = first; r < last; r++)
    for (ptrdiff_t column = 0; column < s.out_width; column++)
      for (ptrdiff_t c = 0; c < channels; c++) {
        uint32_t sum = channel[c];
        for (ptrdiff_t i = 0; i < s.kernel_height; i++)
          for (ptrdiff_t j = 0; j < s.kernel_width; j++) {
            const ptrdiff_t image = r / s.out_height, row = r % s.out_height;
            const ptrdiff_t down = row * s.stride_down + i * s.dilation_down - s.top;
            const ptrdiff_t right = column * s.stride_right + j * s.dilation_right - s.left;
            const bool inside = down >= 0 && down < s.height && right >= 0 && right < s.width;
            const int32_t value = inside ? byte(x[((image * s.height + down) * s.width + right) * channels + c], s.is_signed) : s.zero;
            sum += static_cast<uint32_t>(value) * static_cast<uint32_t>(static_cast<int32_t>(weight[(i * s.kernel_width + j) * channels + c]));
          }
        const int32_t value = scaled(static_cast<int32_t>(sum), channel[channels + c], channel[2 * channels + c], channel[3 * channels + c]);
        y[(r * s.out_width + column) * channels + c] = stored(value, s.output_zero, s.low, s.high);
      }
}
