#include <immintrin.h>

#include "../requantize.h"

// pmaddwd multiplies pairs of 16-bit numbers and adds them to 32 bits, so nothing saturates (pmaddubsw, on bytes, would). Four bytes of weights are split
// into those of even and of odd places, and four of a pixel alike: two instructions for 32 products. 4 pixels of 16 outputs are 8 sums in registers.
namespace {

constexpr size_t most_rows = 4;

void gather(const uint8_t *x, uint8_t *to, const Int8ConvShape &s, size_t p, uint8_t flip) {
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

template <size_t Rows> void block(const uint8_t *panel, size_t quads, const int8_t *weight, int32_t (*sums)[16]) {
  const __m256i low = _mm256_set1_epi16(0xff);
  __m256i acc[Rows][2];
  for (auto &row : acc) row[0] = row[1] = _mm256_setzero_si256();
  for (size_t q = 0; q < quads; q++, weight += 64) {
    __m256i even[2], odd[2];
    for (size_t v = 0; v < 2; v++) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(weight + 32 * v));
      even[v] = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
      odd[v] = _mm256_srai_epi16(w, 8);
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < Rows; r++) {
      int32_t four;
      __builtin_memcpy(&four, panel + (r * quads + q) * 4, 4);
      const __m256i bytes = _mm256_set1_epi32(four);
      const __m256i first = _mm256_and_si256(bytes, low), second = _mm256_srli_epi16(bytes, 8);
      for (size_t v = 0; v < 2; v++) {
        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(even[v], first));
        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(odd[v], second));
      }
    }
  }
  for (size_t r = 0; r < Rows; r++)
    for (size_t v = 0; v < 2; v++) _mm256_storeu_si256(reinterpret_cast<__m256i *>(sums[r] + 8 * v), acc[r][v]);
}

void pixels(size_t rows, const uint8_t *panel, size_t quads, const int8_t *weight, int32_t (*sums)[16]) {
  if (rows == 4) block<4>(panel, quads, weight, sums);
  if (rows == 3) block<3>(panel, quads, weight, sums);
  if (rows == 2) block<2>(panel, quads, weight, sums);
  if (rows == 1) block<1>(panel, quads, weight, sums);
}

} // namespace

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
      pixels(count, scratch, quads, weight + o * quads * 4, sums);
      for (size_t r = 0; r < count; r++)
        for (size_t l = o; l < o + 16 && l < out; l++) {
          const int64_t moved = static_cast<int64_t>(flip) * channel[5 * padded + l] + static_cast<int64_t>(totals[r]) * channel[4 * padded + l];
          const int32_t acc = wrapped(static_cast<int64_t>(sums[r][l - o]) + channel[l] - moved);
          if (s.is_sums) {
            store_sum(y + 4 * ((p + r) * s.out_channels + l), acc);
            continue;
          }
          const int32_t value = scaled(acc, channel[padded + l], channel[2 * padded + l], channel[3 * padded + l]);
          y[(p + r) * s.out_channels + l] = stored(value, s.output_zero, s.low, s.high);
        }
    }
  }
}
