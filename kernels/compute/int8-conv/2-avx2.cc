#include "../pairs-avx2.h"
#include "pixel.h"

// Pairs of 16-bit products, for 4 pixels of 16 outputs at a time.
static constexpr size_t most_rows = 4;

void int8_conv_avx2(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                    uint8_t *scratch) {
  if (s.pool > 1) return int8_conv_reference(x, weight, channel, y, s, first, last, scratch);
  const size_t out = s.out, padded = (out + 15) / 16 * 16;
  const size_t k = static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth, quads = (k + 3) / 4;
  const uint8_t flip = s.is_signed ? 128 : 0;
  for (size_t p = first; p < last; p += most_rows) {
    const size_t count = last - p < most_rows ? last - p : most_rows;
    int32_t totals[most_rows] = {}, sums[most_rows][16];
    for (size_t r = 0; r < count; r++) {
      uint8_t *const to = scratch + r * 4 * quads;
      gather(x, to, s, p + r, flip);
      for (size_t i = k; i < 4 * quads; i++) to[i] = 0;
      for (size_t i = 0; i < k && s.has_weight_zeros; i++) totals[r] += to[i] - flip;
    }
    for (size_t o = 0; o < out; o += 16) {
      rows_of_pairs(count, scratch, quads, weight + o * quads * 4, sums);
      for (size_t r = 0; r < count; r++)
        for (size_t l = o; l < o + 16 && l < out; l++) {
          const int64_t moved = static_cast<int64_t>(flip) * channel[5 * padded + l] + static_cast<int64_t>(totals[r]) * channel[4 * padded + l];
          const int32_t acc = wrapped(static_cast<int64_t>(sums[r][l - o]) + channel[l] - moved);
          finish(acc, channel, y, s, p + r, l);
        }
    }
  }
}
