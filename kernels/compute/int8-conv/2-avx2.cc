#include "../pairs-avx2.h"
#include "../requantize-avx2.h"
#include "pixel.h"

// Pairs of 16-bit products, for 4 pixels of 16 outputs at a time.
namespace {

constexpr size_t most_rows = 4;

// How sums of 16 outputs from `o` on become numbers of y.
struct Outputs {
  __m256i offset[2], weight_zero[2];
  Scale8 scale[2];

  Outputs(const int32_t *channel, size_t padded, uint8_t flip) {
    for (size_t v = 0; v < 2; v++) {
      const auto row = [&](size_t i) { return loaded(channel + i * padded + 8 * v); };
      offset[v] = _mm256_sub_epi32(row(0), _mm256_mullo_epi32(_mm256_set1_epi32(flip), row(5)));
      weight_zero[v] = row(4);
      scale[v] = Scale8(row(1), row(2), row(3));
    }
  }

  // The first `count` of them.
  void finish(const int32_t *sums, int32_t total, const Clip8 &clip, bool is_sums, uint8_t *y, size_t count) const {
    __m256i acc[2];
    for (size_t v = 0; v < 2; v++)
      acc[v] = _mm256_sub_epi32(_mm256_add_epi32(loaded(sums + 8 * v), offset[v]), _mm256_mullo_epi32(_mm256_set1_epi32(total), weight_zero[v]));
    if (is_sums)
      __builtin_memcpy(y, acc, 4 * count);
    else
      store16(y, bytes_in_order(clip(scale[0](acc[0])), clip(scale[1](acc[1]))), count);
  }
};

} // namespace

void int8_conv_avx2(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                    uint8_t *scratch) {
  if (s.pool > 1) return int8_conv_reference(x, weight, channel, y, s, first, last, scratch);
  const size_t out = s.out, padded = (out + 15) / 16 * 16;
  const size_t k = static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth, quads = (k + 3) / 4;
  const uint8_t flip = s.is_signed ? 128 : 0;
  const Clip8 clip(s.output_zero, s.low, s.high);
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
      const Outputs outputs(channel + o, padded, flip);
      for (size_t r = 0; r < count; r++)
        outputs.finish(sums[r], totals[r], clip, s.is_sums, y + ((p + r) * s.out_channels + o) * (s.is_sums ? 4 : 1), out - o < 16 ? out - o : 16);
    }
  }
}
