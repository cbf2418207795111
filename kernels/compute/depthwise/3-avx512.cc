#include "../abi.h"
#include "../lanes-avx512.h"
#include "window.h"

#include <immintrin.h>

// 16 channels at once. All rows are walked for each vector of channels, so the weights of a small window, or the sums of its gradient, stay in registers.
namespace {

constexpr int64_t lanes = 16;

// One value of the output, over the taps inside the image.
template <bool Turned> __m512 edge(const float *image, const float *w, const DepthwiseShape &s, Span rows, int64_t a, int64_t b, __mmask16 inside) {
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int64_t j = most(0, -b); j < least(s.kernel_width, s.width - b); j++)
      sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(inside, image + ((a + i) * s.width + b + j) * s.channels),
                            _mm512_maskz_loadu_ps(inside, tap<Turned>(w, s, i, j)), sum);
  return sum;
}

// A row of the output under a window of Size rows: which of them lie inside the image, and where the first one's first column begins.
template <int Size> struct RowOf {
  int64_t begin;
  __mmask16 open[Size];
  RowOf(const DepthwiseShape &s, size_t row, __mmask16 inside) {
    const int64_t n = static_cast<int64_t>(row) / s.out_height, a = static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top;
    begin = ((n * s.height + a) * s.width - s.left) * s.channels;
    for (int i = 0; i < Size; i++) open[i] = a + i >= 0 && a + i < s.height ? inside : 0;
  }
};

// A window of Size × Size, whose weights stay in registers over all rows; a tap outside the image has no lanes. A sum for each row of the window: they do not
// wait for each other.
template <int Size, bool Turned> void square(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last) {
  const Span shared(s.out_width, s.stride_right, -s.left, s.width - Size + 1);
  const int64_t right = s.channels, down = s.width * s.channels;
  for (int64_t c = 0; c < s.channels; c += lanes) {
    const __mmask16 inside = first_lanes(s.channels - c);
    __m512 weights[Size][Size];
    for (int i = 0; i < Size; i++)
      for (int j = 0; j < Size; j++) weights[i][j] = _mm512_maskz_loadu_ps(inside, tap<Turned>(w, s, i, j) + c);
    for (size_t row = first; row < last; row++) {
      const RowOf<Size> of(s, row, inside);
      const float *at = x + of.begin + c;
      float *out = y + static_cast<int64_t>(row) * s.out_width * s.channels + c;
      for (int64_t q = 0, b = -s.left; q < s.out_width; q++, b += s.stride_right, at += s.stride_right * right, out += right) {
        const bool whole = q >= shared.from && q < shared.to;
        __m512 sums[Size];
#pragma GCC unroll 5
        for (int i = 0; i < Size; i++) sums[i] = _mm512_setzero_ps();
#pragma GCC unroll 5
        for (int j = 0; j < Size; j++) {
          const __mmask16 column = whole || (b + j >= 0 && b + j < s.width) ? 0xffff : 0;
#pragma GCC unroll 5
          for (int i = 0; i < Size; i++) {
            const __mmask16 taken = of.open[i] & column;
            sums[i] = _mm512_mask3_fmadd_ps(_mm512_maskz_loadu_ps(taken, at + i * down + j * right), weights[i][j], sums[i], taken);
          }
        }
#pragma GCC unroll 5
        for (int i = 1; i < Size; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);
        _mm512_mask_storeu_ps(out, inside, sums[0]);
      }
    }
  }
}

// Any other window, value by value.
template <bool Turned> void convolve(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last) {
  const bool is_square = s.kernel_height == s.kernel_width;
  if (is_square && s.kernel_width == 3) return square<3, Turned>(x, w, y, s, first, last);
  if (is_square && s.kernel_width == 5) return square<5, Turned>(x, w, y, s, first, last);
  for (size_t row = first; row < last; row++) {
    const int64_t n = static_cast<int64_t>(row) / s.out_height, a = static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top;
    const Span rows(s.kernel_height, 1, a, s.height);
    for (int64_t c = 0; c < s.channels; c += lanes) {
      const __mmask16 inside = first_lanes(s.channels - c);
      const float *const image = x + n * s.height * s.width * s.channels + c;
      float *const out = y + static_cast<int64_t>(row) * s.out_width * s.channels + c;
      for (int64_t q = 0; q < s.out_width; q++)
        _mm512_mask_storeu_ps(out + q * s.channels, inside, edge<Turned>(image, w + c, s, rows, a, q * s.stride_right - s.left, inside));
    }
  }
}

void forward(const float *x, const float *w, float *y, DepthwiseShape s, size_t first, size_t last) { convolve<false>(x, w, y, s, first, last); }

// With strides, a place of the input is reached by some of the taps only.
void spread(const float *dy, const float *w, float *dx, const DepthwiseShape &s, size_t first, size_t last) {
  constexpr int64_t most_columns = 64;
  struct Column {
    int64_t first, last, from; // taps first, first + stride … last; the first one's column of dy
  } columns[most_columns];
  for (int64_t begin = 0; begin < s.width; begin += most_columns) {
    const int64_t count = least(most_columns, s.width - begin);
    for (int64_t b = 0; b < count; b++) {
      const Taps taps(begin + b, s.left, s.kernel_width, s.stride_right, s.out_width);
      columns[b] = {taps.first, taps.last, (begin + b + s.left - taps.first) / s.stride_right};
    }
    for (size_t row = first; row < last; row++) {
      const int64_t n = static_cast<int64_t>(row) / s.height, a = static_cast<int64_t>(row) % s.height;
      const Taps down(a, s.top, s.kernel_height, s.stride_down, s.out_height);
      for (int64_t c = 0; c < s.channels; c += lanes) {
        const __mmask16 inside = first_lanes(s.channels - c);
        const float *const image = dy + n * s.out_height * s.out_width * s.channels + c, *const weights = w + c;
        float *const out = dx + (static_cast<int64_t>(row) * s.width + begin) * s.channels + c;
        for (int64_t b = 0; b < count; b++) {
          __m512 sum = _mm512_setzero_ps();
          for (int64_t i = down.first; i <= down.last; i += s.stride_down) {
            const float *at = image + ((a + s.top - i) / s.stride_down * s.out_width + columns[b].from) * s.channels;
            for (int64_t j = columns[b].first; j <= columns[b].last; j += s.stride_right, at -= s.channels)
              sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(inside, at), _mm512_maskz_loadu_ps(inside, weights + (i * s.kernel_width + j) * s.channels), sum);
          }
          _mm512_mask_storeu_ps(out + b * s.channels, inside, sum);
        }
      }
    }
  }
}

void to_input(const float *dy, const float *w, float *dx, DepthwiseShape s, size_t first, size_t last) {
  if (s.stride_down != 1 || s.stride_right != 1) return spread(dy, w, dx, s, first, last);
  const DepthwiseShape turned = {s.images,    s.out_height, s.out_width, s.channels, s.kernel_height, s.kernel_width, s.height,
                                 s.width, 1, 1, s.kernel_height - 1 - s.top, s.kernel_width - 1 - s.left};
  convolve<true>(dy, w, dx, turned, first, last);
}

// Taps j … j + Count - 1 of one row of the window, over the columns that all of them reach inside the image.
template <int Count>
void row_of_filter(const float *x, const float *dy, float *dw, const DepthwiseShape &s, int64_t count, __mmask16 inside) {
  __m512 sums[Count];
  for (int j = 0; j < Count; j++) sums[j] = _mm512_maskz_loadu_ps(inside, dw + j * s.channels);
  for (int64_t q = 0; q < count; q++, x += s.stride_right * s.channels, dy += s.channels) {
    const __m512 g = _mm512_maskz_loadu_ps(inside, dy);
#pragma GCC unroll 8
    for (int j = 0; j < Count; j++) sums[j] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(inside, x + j * s.channels), g, sums[j]);
  }
  for (int j = 0; j < Count; j++) _mm512_mask_storeu_ps(dw + j * s.channels, inside, sums[j]);
}

// A window of Size × Size, all of whose sums stay in registers over all rows; a tap outside the image has no lanes.
template <int Size> void square_filter(const float *x, const float *dy, float *dw, const DepthwiseShape &s, size_t first, size_t last) {
  const Span shared(s.out_width, s.stride_right, -s.left, s.width - Size + 1);
  const int64_t right = s.channels, down = s.width * s.channels;
  for (int64_t c = 0; c < s.channels; c += lanes) {
    const __mmask16 inside = first_lanes(s.channels - c);
    __m512 sums[Size][Size];
    for (auto &row : sums)
      for (auto &sum : row) sum = _mm512_setzero_ps();
    for (size_t row = first; row < last; row++) {
      const RowOf<Size> of(s, row, inside);
      const float *at = x + of.begin + c, *g = dy + static_cast<int64_t>(row) * s.out_width * s.channels + c;
      for (int64_t q = 0, b = -s.left; q < s.out_width; q++, b += s.stride_right, at += s.stride_right * right, g += right) {
        const __m512 each = _mm512_maskz_loadu_ps(inside, g);
        const bool whole = q >= shared.from && q < shared.to;
#pragma GCC unroll 5
        for (int j = 0; j < Size; j++) {
          const __mmask16 column = whole || (b + j >= 0 && b + j < s.width) ? 0xffff : 0;
#pragma GCC unroll 5
          for (int i = 0; i < Size; i++) {
            const __mmask16 taken = of.open[i] & column;
            sums[i][j] = _mm512_mask3_fmadd_ps(_mm512_maskz_loadu_ps(taken, at + i * down + j * right), each, sums[i][j], taken);
          }
        }
      }
    }
    for (int i = 0; i < Size; i++)
      for (int j = 0; j < Size; j++) _mm512_mask_storeu_ps(dw + (i * Size + j) * s.channels + c, inside, sums[i][j]);
  }
}

void any_filter(const float *x, const float *dy, float *dw, DepthwiseShape s, size_t first, size_t last) {
  for (int64_t i = 0; i < s.kernel_height * s.kernel_width * s.channels; i++) dw[i] = 0;
  const int64_t k = s.kernel_width;
  const Span shared(s.out_width, s.stride_right, -s.left, s.width - k + 1);
  for (size_t row = first; row < last; row++) {
    const int64_t n = static_cast<int64_t>(row) / s.out_height, a = static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top;
    const Span rows(s.kernel_height, 1, a, s.height);
    for (int64_t c = 0; c < s.channels; c += lanes) {
      const __mmask16 inside = first_lanes(s.channels - c);
      const float *const g = dy + static_cast<int64_t>(row) * s.out_width * s.channels + c;
      for (int64_t i = rows.from; i < rows.to; i++) {
        const float *const line = x + ((n * s.height + a + i) * s.width - s.left) * s.channels + c;
        float *const sums = dw + i * k * s.channels + c;
        const auto part = [&](int64_t j, int64_t from, int64_t to, auto kernel) {
          if (from < to) kernel(line + (from * s.stride_right + j) * s.channels, g + from * s.channels, sums + j * s.channels, s, to - from, inside);
        };
        for (int64_t j = 0; j < k;) {
          const int64_t taken = k - j >= 5 ? 5 : k - j >= 3 ? 3 : 1;
          part(j, shared.from, shared.to, taken == 5 ? row_of_filter<5> : taken == 3 ? row_of_filter<3> : row_of_filter<1>);
          j += taken;
        }
        // the columns at the borders, each tap by itself
        for (int64_t j = 0; j < k; j++) {
          const Span own(s.out_width, s.stride_right, j - s.left, s.width);
          if (shared.from == shared.to) {
            part(j, own.from, own.to, row_of_filter<1>);
          } else {
            part(j, own.from, shared.from, row_of_filter<1>);
            part(j, shared.to, own.to, row_of_filter<1>);
          }
        }
      }
    }
  }
}

void to_filter(const float *x, const float *dy, float *dw, DepthwiseShape s, size_t first, size_t last) {
  const bool is_square = s.kernel_height == s.kernel_width;
  if (is_square && s.kernel_width == 3) return square_filter<3>(x, dy, dw, s, first, last);
  if (is_square && s.kernel_width == 5) return square_filter<5>(x, dy, dw, s, first, last);
  any_filter(x, dy, dw, s, first, last);
}

} // namespace

const Depthwise depthwise_avx512 = {forward, to_input, to_filter};
