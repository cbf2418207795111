#include <immintrin.h>

#include "../requantize.h"

// 32 channels at once, then 16. The largest of signed bytes is that of unsigned ones once all are moved up by 128. Sums are kept as 32-bit numbers, 8 a vector.
namespace {

struct Window {
  const uint8_t *from; // the first channel at its top left
  ptrdiff_t rows, columns, line, step;
};

// The same on 32 bytes and on 16.
inline __m256i loaded(const uint8_t *p, __m256i) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)); }
inline __m128i loaded(const uint8_t *p, __m128i) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(p)); }
inline __m256i larger(__m256i a, __m256i b) { return _mm256_max_epu8(a, b); }
inline __m128i larger(__m128i a, __m128i b) { return _mm_max_epu8(a, b); }
inline __m256i smaller(__m256i a, __m256i b) { return _mm256_min_epu8(a, b); }
inline __m128i smaller(__m128i a, __m128i b) { return _mm_min_epu8(a, b); }
inline void store(uint8_t *p, __m256i x) { _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), x); }
inline void store(uint8_t *p, __m128i x) { _mm_storeu_si128(reinterpret_cast<__m128i *>(p), x); }

template <typename Vector> void block(const Window &w, uint8_t *y, size_t c, Vector flips, Vector low, Vector high) {
  Vector found = low;
  for (ptrdiff_t i = 0; i < w.rows; i++)
    for (ptrdiff_t j = 0; j < w.columns; j++) found = larger(found, loaded(w.from + i * w.line + j * w.step + c, flips) ^ flips);
  store(y + c, smaller(found, high) ^ flips);
}

void most(const Window &w, uint8_t *y, size_t channels, const Int8PoolShape &s) {
  const uint8_t flip = s.is_signed ? 128 : 0;
  const __m256i flips = _mm256_set1_epi8(flip), low = _mm256_set1_epi8(s.low ^ flip), high = _mm256_set1_epi8(s.high ^ flip);
  const auto half = [](__m256i x) { return _mm256_castsi256_si128(x); };
  size_t c = 0;
  for (; c + 32 <= channels; c += 32) block(w, y, c, flips, low, high);
  for (; c + 16 <= channels; c += 16) block(w, y, c, half(flips), half(low), half(high));
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
