#include "../lanes-avx2.h"
#include "window.h"

// 8 channels at once. Some rows are walked for each vector of channels, so the weights of a small window, or the sums of its gradient, stay in registers where they
// have room (3 × 3: nine of sixteen), and the other half of a cache line is still near when its turn comes.
namespace {

// Calls part(channel, lanes, first row, last row) for all vectors of channels of a few rows, then of the next ones.
template <typename Part> void walk(const DepthwiseShape &s, size_t first, size_t last, const Part &part) {
  constexpr size_t block = 8;
  for (; first < last; first += block) {
    const size_t end = last - first < block ? last : first + block;
    vectors(static_cast<size_t>(s.channels), [&](size_t c, auto inside) { part(c, inside, first, end); });
  }
}

// One value of the output, over the taps inside the image.
template <bool Turned, typename Lanes>
__m256 edge(const float *image, const float *w, const DepthwiseShape &s, Span rows, int64_t a, int64_t b, Lanes inside) {
  __m256 sum = _mm256_setzero_ps();
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int64_t j = most(0, -b); j < least(s.kernel_width, s.width - b); j++)
      sum = _mm256_fmadd_ps(load(image + ((a + i) * s.width + b + j) * s.channels, inside), load(tap<Turned>(w, s, i, j), inside), sum);
  return sum;
}

// A row of the output: the taps inside the image are the window's rows `rows`, and its first row is the image's row a.
struct RowOf {
  int64_t n, a;
  Span rows;
  RowOf(const DepthwiseShape &s, size_t row)
      : n(static_cast<int64_t>(row) / s.out_height), a(static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top), rows(s.kernel_height, 1, a, s.height) {}
  bool whole(const DepthwiseShape &s) const { return rows.from == 0 && rows.to == s.kernel_height; }
};

// A window of Size × Size whose weights stay in registers over all rows. A sum for each row of the window: they do not wait for each other. Of a
// window that reaches beyond the image, each tap is asked whether it lies inside.
template <int Size, bool Turned, typename Lanes>
void square(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last, Lanes inside) {
  const Span shared(s.out_width, s.stride_right, -s.left, s.width - Size + 1);
  const int64_t right = s.channels, down = s.width * s.channels, step = s.stride_right * right;
  __m256 weights[Size][Size];
  for (int i = 0; i < Size; i++)
    for (int j = 0; j < Size; j++) weights[i][j] = load(tap<Turned>(w, s, i, j), inside);
  for (size_t row = first; row < last; row++) {
    const RowOf of(s, row);
    const float *const image = x + of.n * s.height * down, *at = image + of.a * down - s.left * right;
    float *out = y + static_cast<int64_t>(row) * s.out_width * right;
    const Span open = of.whole(s) ? shared : Span(0, 1, 0, 0);
    for (int64_t q = 0, b = -s.left; q < s.out_width; q++, b += s.stride_right, at += step, out += right) {
      __m256 sums[Size];
#pragma GCC unroll 5
      for (int i = 0; i < Size; i++) sums[i] = _mm256_setzero_ps();
      if (q >= open.from && q < open.to) {
#pragma GCC unroll 5
        for (int j = 0; j < Size; j++)
#pragma GCC unroll 5
          for (int i = 0; i < Size; i++) sums[i] = _mm256_fmadd_ps(load(at + i * down + j * right, inside), weights[i][j], sums[i]);
      } else {
#pragma GCC unroll 5
        for (int j = 0; j < Size; j++) {
          if (b + j < 0 || b + j >= s.width) continue;
#pragma GCC unroll 5
          for (int i = 0; i < Size; i++)
            if (i >= of.rows.from && i < of.rows.to) sums[i] = _mm256_fmadd_ps(load(at + i * down + j * right, inside), weights[i][j], sums[i]);
        }
      }
#pragma GCC unroll 5
      for (int i = 1; i < Size; i++) sums[0] = _mm256_add_ps(sums[0], sums[i]);
      store(out, inside, sums[0]);
    }
  }
}

// Any other window, value by value.
template <bool Turned, typename Lanes>
void any(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last, Lanes inside) {
  for (size_t row = first; row < last; row++) {
    const RowOf of(s, row);
    const float *const image = x + of.n * s.height * s.width * s.channels;
    float *const out = y + static_cast<int64_t>(row) * s.out_width * s.channels;
    for (int64_t q = 0; q < s.out_width; q++)
      store(out + q * s.channels, inside, edge<Turned>(image, w, s, of.rows, of.a, q * s.stride_right - s.left, inside));
  }
}

template <bool Turned> void convolve(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last) {
  const int64_t size = s.kernel_height == s.kernel_width ? s.kernel_width : 0;
  walk(s, first, last, [&](size_t c, auto inside, size_t from, size_t to) {
    if (size == 3) square<3, Turned>(x + c, w + c, y + c, s, from, to, inside);
    else if (size == 5) square<5, Turned>(x + c, w + c, y + c, s, from, to, inside);
    else any<Turned>(x + c, w + c, y + c, s, from, to, inside);
  });
}

void forward(const float *x, const float *w, float *y, DepthwiseShape s, size_t first, size_t last) { convolve<false>(x, w, y, s, first, last); }

// With strides, a place of the input is reached by some of the taps only: tap after tap is added to the places that it reaches.
void spread(const float *dy, const float *w, float *dx, const DepthwiseShape &s, size_t first, size_t last) {
  const int64_t right = s.channels, step = s.stride_right * right;
  walk(s, first, last, [&](size_t c, auto inside, size_t from, size_t to) {
    for (size_t row = from; row < to; row++) {
      const int64_t n = static_cast<int64_t>(row) / s.height, a = static_cast<int64_t>(row) % s.height;
      const Taps down(a, s.top, s.kernel_height, s.stride_down, s.out_height);
      float *const out = dx + static_cast<int64_t>(row) * s.width * right + c;
      for (int64_t b = 0; b < s.width; b++) store(out + b * right, inside, _mm256_setzero_ps());
      for (int64_t i = down.first; i <= down.last; i += s.stride_down) {
        const float *const line = dy + (n * s.out_height + (a + s.top - i) / s.stride_down) * s.out_width * right + c;
        for (int64_t j = 0; j < s.kernel_width; j++) {
          const __m256 weight = load(tap<false>(w, s, i, j) + c, inside);
          const Span reached(s.out_width, s.stride_right, j - s.left, s.width);
          float *at = out + (j - s.left) * right + reached.from * step;
          for (int64_t q = reached.from; q < reached.to; q++, at += step) store(at, inside, _mm256_fmadd_ps(load(line + q * right, inside), weight, load(at, inside)));
        }
      }
    }
  });
}

void to_input(const float *dy, const float *w, float *dx, DepthwiseShape s, size_t first, size_t last) {
  if (s.stride_down != 1 || s.stride_right != 1) return spread(dy, w, dx, s, first, last);
  const DepthwiseShape turned = {s.images,    s.out_height, s.out_width, s.channels, s.kernel_height, s.kernel_width, s.height,
                                 s.width, 1, 1, s.kernel_height - 1 - s.top, s.kernel_width - 1 - s.left};
  convolve<true>(dy, w, dx, turned, first, last);
}

// Tap (i, j) summed over the columns from … to - 1 of one row of dy.
template <typename Lanes> void one_tap(const float *x, const float *dy, float *dw, const DepthwiseShape &s, Span columns, Lanes inside) {
  __m256 sum = load(dw, inside);
  for (int64_t q = columns.from; q < columns.to; q++)
    sum = _mm256_fmadd_ps(load(x + q * s.stride_right * s.channels, inside), load(dy + q * s.channels, inside), sum);
  store(dw, inside, sum);
}

template <typename Lanes> void any_filter(const float *x, const float *dy, float *dw, const DepthwiseShape &s, size_t first, size_t last, Lanes inside) {
  for (size_t row = first; row < last; row++) {
    const RowOf of(s, row);
    const float *const g = dy + static_cast<int64_t>(row) * s.out_width * s.channels;
    for (int64_t i = of.rows.from; i < of.rows.to; i++)
      for (int64_t j = 0; j < s.kernel_width; j++) {
        const float *const at = x + ((of.n * s.height + of.a + i) * s.width - s.left + j) * s.channels;
        one_tap(at, g, dw + (i * s.kernel_width + j) * s.channels, s, Span(s.out_width, s.stride_right, j - s.left, s.width), inside);
      }
  }
}

// 3 × 3: all nine sums stay in registers over the places whose window lies inside the image; the others are added tap by tap.
template <typename Lanes> void filter_3(const float *x, const float *dy, float *dw, const DepthwiseShape &s, size_t first, size_t last, Lanes inside) {
  const Span shared(s.out_width, s.stride_right, -s.left, s.width - 2);
  const int64_t right = s.channels, down = s.width * s.channels, step = s.stride_right * right;
  __m256 sums[3][3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) sums[i][j] = load(dw + (i * 3 + j) * right, inside);
  for (size_t row = first; row < last; row++) {
    const RowOf of(s, row);
    const float *at = x + (of.n * s.height + of.a) * down - s.left * right, *g = dy + static_cast<int64_t>(row) * s.out_width * right;
    const Span open = of.whole(s) ? shared : Span(0, 1, 0, 0);
    for (int64_t q = 0, b = -s.left; q < s.out_width; q++, b += s.stride_right, at += step, g += right) {
      const __m256 each = load(g, inside);
      const bool whole = q >= open.from && q < open.to;
#pragma GCC unroll 3
      for (int i = 0; i < 3; i++)
#pragma GCC unroll 3
        for (int j = 0; j < 3; j++)
          if (whole || (i >= of.rows.from && i < of.rows.to && b + j >= 0 && b + j < s.width))
            sums[i][j] = _mm256_fmadd_ps(load(at + i * down + j * right, inside), each, sums[i][j]);
    }
  }
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) store(dw + (i * 3 + j) * right, inside, sums[i][j]);
}

void to_filter(const float *x, const float *dy, float *dw, DepthwiseShape s, size_t first, size_t last) {
  for (int64_t i = 0; i < s.kernel_height * s.kernel_width * s.channels; i++) dw[i] = 0;
  walk(s, first, last, [&](size_t c, auto inside, size_t from, size_t to) {
    if (s.kernel_height == 3 && s.kernel_width == 3) filter_3(x + c, dy + c, dw + c, s, from, to, inside);
    else any_filter(x + c, dy + c, dw + c, s, from, to, inside);
  });
}

} // namespace

const Depthwise depthwise_avx2 = {forward, to_input, to_filter};
