#include <immintrin.h>

#include "../requantize.h"

// 32 channels at once. The largest of signed bytes is that of unsigned ones once all are moved up by 128. Sums are kept as 32-bit numbers, 8 a vector.
namespace {

struct Window {
  const uint8_t *from; // the first channel at its top left
  ptrdiff_t rows, columns, line, step;
};

void most(const Window &w, uint8_t *y, size_t channels, const Int8PoolShape &s) {
  const uint8_t flip = s.is_signed ? 128 : 0;
  size_t c = 0;
  const __m256i flips = _mm256_set1_epi8(flip), low = _mm256_set1_epi8(s.low ^ flip), high = _mm256_set1_epi8(s.high ^ flip);
  const auto load = [](const uint8_t *p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)); };
  for (; c + 32 <= channels; c += 32) {
    __m256i found = low;
    for (ptrdiff_t i = 0; i < w.rows; i++)
      for (ptrdiff_t j = 0; j < w.columns; j++) found = _mm256_max_epu8(found, _mm256_xor_si256(load(w.from + i * w.line + j * w.step + c), flips));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(y + c), _mm256_xor_si256(_mm256_min_epu8(found, high), flips));
  }
  for (; c < channels; c++) {
    int32_t found = s.low;
    for (ptrdiff_t i = 0; i < w.rows; i++)
      for (ptrdiff_t j = 0; j < w.columns; j++) {
        const int32_t value = byte(w.from[i * w.line + j * w.step + c], s.is_signed);
        if (value > found) found = value;
      }
    y[c] = stored(found, 0, s.low, s.high);
  }
}

void mean(const Window &w, uint8_t *y, size_t channels, const Int8PoolShape &s) {
  const int32_t count = static_cast<int32_t>(w.rows * w.columns);
  for (size_t c = 0; c < channels; c += 8) {
    const size_t lanes = channels - c < 8 ? channels - c : 8;
    int32_t sums[8] = {};
    if (lanes == 8) {
      __m256i all = _mm256_setzero_si256();
      for (ptrdiff_t i = 0; i < w.rows; i++)
        for (ptrdiff_t j = 0; j < w.columns; j++) {
          const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(w.from + i * w.line + j * w.step + c));
          all = _mm256_add_epi32(all, s.is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes));
        }
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(sums), all);
    } else {
      for (ptrdiff_t i = 0; i < w.rows; i++)
        for (ptrdiff_t j = 0; j < w.columns; j++)
          for (size_t l = 0; l < lanes; l++) sums[l] += byte(w.from[i * w.line + j * w.step + c + l], s.is_signed);
    }
    for (size_t l = 0; l < lanes; l++)
      y[c + l] = stored((sums[l] > 0 ? sums[l] + count / 2 : sums[l] - count / 2) / count, 0, s.low, s.high);
  }
}

} // namespace

void int8_pool_avx2(const uint8_t *x, uint8_t *y, Int8PoolShape s, size_t first, size_t last) {
  const ptrdiff_t channels = s.channels;
  // sums of 32 bits hold 2^22 bytes
  if (s.is_mean && static_cast<int64_t>(s.window_height) * s.window_width > 1 << 22) return int8_pool_reference(x, y, s, first, last);
  const auto cut = [](ptrdiff_t at, ptrdiff_t end) { return at < 0 ? 0 : at > end ? end : at; };
  for (size_t r = first; r < last; r++) {
    const ptrdiff_t top = static_cast<ptrdiff_t>(r % s.out_height) * s.stride_down - s.top;
    const ptrdiff_t from = cut(top, s.height), to = cut(top + s.window_height, s.height);
    const ptrdiff_t line = static_cast<ptrdiff_t>(r / s.out_height) * s.height + from;
    for (ptrdiff_t column = 0; column < s.out_width; column++) {
      const ptrdiff_t left = column * s.stride_right - s.left, begin = cut(left, s.width), end = cut(left + s.window_width, s.width);
      const Window window = {x + (line * s.width + begin) * channels, to - from, end - begin, s.width * channels, channels};
      (s.is_mean ? mean : most)(window, y + (r * s.out_width + column) * channels, channels, s);
    }
  }
}
