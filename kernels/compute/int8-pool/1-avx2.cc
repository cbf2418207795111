#include "../blocks-avx2.h"
#include "../requantize-avx2.h"

// 32 channels at once, then 16, 8, 4 or 1. The largest of signed bytes is that of unsigned ones once all are moved up by 128. Sums are kept as 32-bit numbers, 8 a vector.
namespace {

struct Window {
  const uint8_t *from; // the first channel at its top left
  ptrdiff_t rows, columns, line, step;

  // take(where channel c stands) for each place.
  template <typename Take> void each(size_t c, Take take) const {
    for (ptrdiff_t i = 0; i < rows; i++)
      for (ptrdiff_t j = 0; j < columns; j++) take(from + i * line + j * step + c);
  }
};

__m256i loaded(const uint8_t *p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)); }

void most(const Window &w, uint8_t *y, size_t channels, const Int8PoolShape &s) {
  const uint8_t flip = s.is_signed ? 128 : 0;
  const __m256i flips = _mm256_set1_epi8(flip), low = _mm256_set1_epi8(s.low ^ flip), high = _mm256_set1_epi8(s.high ^ flip);
  const auto half = [](__m256i x) { return _mm256_castsi256_si128(x); };
  size_t done = 0;
  blocks<32>(done, channels, [&](size_t c) {
    __m256i found = low;
    w.each(c, [&](const uint8_t *p) { found = _mm256_max_epu8(found, loaded(p) ^ flips); });
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(y + c), _mm256_min_epu8(found, high) ^ flips);
  });
  if (done == channels) return;
  each_width([&](auto width) {
    constexpr size_t Count = decltype(width)::value;
    blocks<Count>(done, channels, [&](size_t c) {
      __m128i found = half(low);
      w.each(c, [&](const uint8_t *p) { found = _mm_max_epu8(found, some_bytes<Count>(p) ^ half(flips)); });
      store_bytes<Count>(y + c, _mm_min_epu8(found, half(high)) ^ half(flips));
    });
  });
}

// A whole number by another, cut towards zero: the quotient in double precision is never rounded up to the next one.
__m128i quotients(__m128i x, double count) { return _mm256_cvttpd_epi32(_mm256_div_pd(_mm256_cvtepi32_pd(x), _mm256_set1_pd(count))); }

void mean(const Window &w, uint8_t *y, size_t channels, const Int8PoolShape &s) {
  const int32_t count = static_cast<int32_t>(w.rows * w.columns);
  const __m256i half = _mm256_set1_epi32(count / 2);
  const Clip8 clip(0, s.low, s.high);
  size_t done = 0;
  each_width([&](auto width) {
    constexpr size_t Count = decltype(width)::value < 8 ? decltype(width)::value : 8;
    blocks<Count>(done, channels, [&](size_t c) {
      __m256i sums = _mm256_setzero_si256();
      w.each(c, [&](const uint8_t *p) {
        const __m128i bytes = some_bytes<Count>(p);
        sums = _mm256_add_epi32(sums, s.is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes));
      });
      sums = _mm256_add_epi32(sums, _mm256_sign_epi32(half, sums));
      const __m128i low = quotients(_mm256_castsi256_si128(sums), count), high = quotients(_mm256_extracti128_si256(sums, 1), count);
      const __m256i means = clip(_mm256_set_m128i(high, low));
      store_bytes<Count>(y + c, bytes_in_order(means, means));
    });
  });
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
