#include "../packed-sums.h"
#include "pixel.h"

// What a pixel reads is gathered once, into a row of K bytes, for all its outputs; 16 of them are summed at a time in the order in which the weight lies.
// Then there is no border inside the loops, each byte is read in order, and a compiler can use vectors.
void int8_conv_blocked(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                       uint8_t *scratch) {
  if (s.pool > 1) return int8_conv_reference(x, weight, channel, y, s, first, last, scratch);
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  const size_t k = static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth, quads = (k + 3) / 4;
  for (size_t i = k; i < 4 * quads; i++) scratch[i] = 0;
  for (size_t p = first; p < last; p++) {
    gather(x, scratch, s, p, 0);
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
        finish(acc, channel, y, s, p, l);
      }
    }
  }
}
