#include "../requantize.h"

// The definition, one output after the other.
void int8_pool_reference(const uint8_t *x, uint8_t *y, Int8PoolShape s, size_t first, size_t last) {
  const ptrdiff_t channels = s.channels;
  for (size_t r = first; r < last; r++)
    for (ptrdiff_t column = 0; column < s.out_width; column++)
      for (ptrdiff_t c = 0; c < channels; c++) {
        const ptrdiff_t top = static_cast<ptrdiff_t>(r % s.out_height) * s.stride_down - s.top, left = column * s.stride_right - s.left;
        int64_t sum = 0, count = 0;
        int32_t most = INT32_MIN;
        for (ptrdiff_t i = top < 0 ? 0 : top; i < s.height && i < top + s.window_height; i++)
          for (ptrdiff_t j = left < 0 ? 0 : left; j < s.width && j < left + s.window_width; j++) {
            const int32_t value = byte(x[((static_cast<ptrdiff_t>(r / s.out_height) * s.height + i) * s.width + j) * channels + c], s.is_signed);
            if (value > most) most = value;
            sum += value;
            count++;
          }
        const int64_t mean = (sum > 0 ? sum + count / 2 : sum - count / 2) / (count ? count : 1);
        y[(r * s.out_width + column) * channels + c] = stored(s.is_mean ? static_cast<int32_t>(mean) : most, 0, s.low, s.high);
      }
}
