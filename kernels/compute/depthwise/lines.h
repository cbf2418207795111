// What the rungs share that compute some neighbouring outputs of a row at once: a value of x is loaded once for all of them, and their sums do not wait for each other.
// V brings the vectors. In a nameless namespace: each rung compiles its own copy.
#pragma once
#include "window.h"

namespace {

constexpr int most_taps = 7;

// Outputs of one row for a vector of channels: out[o · out_step] = Σ x[i · down + (column + o · stride + j) · right] · w[i · w_down + j · w_right] over `rows` rows i of
// the window and those taps j whose column lies in 0 … width - 1.
struct Line {
  const float *x;
  int64_t down, rows, column, width, right;
  const float *w;
  int64_t w_down, w_right;
  float *out;
  int64_t out_step, count;
};

// Count outputs from `first` on, of which those that there are are stored. Whole: every column that is read lies inside.
template <typename V, int Taps, int Stride, int Count, bool Whole, typename Lanes> void outputs(const Line &l, int64_t first, Lanes inside) {
  const int64_t column = l.column + first * Stride;
  typename V::Vector sums[Count], weights[Taps];
#pragma GCC unroll 8
  for (int o = 0; o < Count; o++) sums[o] = V::zeros();
  for (int64_t i = 0; i < l.rows; i++) {
    const float *const w = l.w + i * l.w_down;
#pragma GCC unroll 8
    for (int j = 0; j < Taps; j++) weights[j] = V::load(w + j * l.w_right, inside);
    int64_t at = i * l.down + column * l.right; // as a number, since it may lie before the array
#pragma GCC unroll 24
    for (int t = 0; t < (Count - 1) * Stride + Taps; t++, at += l.right) {
      if (!Whole && (column + t < 0 || column + t >= l.width)) continue;
      const typename V::Vector x = V::load(l.x + at, inside);
#pragma GCC unroll 8
      for (int o = 0; o < Count; o++)
        if (t >= o * Stride && t < o * Stride + Taps) sums[o] = V::multiplied(x, weights[t - o * Stride], sums[o]);
    }
  }
  float *const out = l.out + first * l.out_step;
#pragma GCC unroll 8
  for (int o = 0; o < Count; o++)
    if (first + o < l.count) V::store(out + o * l.out_step, inside, sums[o]);
}

template <typename V, int Taps, int Stride, int Count, typename Lanes> void some(const Line &l, int64_t first, Lanes inside) {
  const int64_t column = l.column + first * Stride;
  if (column >= 0 && column + (Count - 1) * Stride + Taps <= l.width)
    outputs<V, Taps, Stride, Count, true>(l, first, inside);
  else
    outputs<V, Taps, Stride, Count, false>(l, first, inside);
}

template <typename V, int Taps, int Stride, typename Lanes> void whole_line(const Line &l, Lanes inside) {
  int64_t o = 0;
  for (; l.count - o > 4; o += 8) some<V, Taps, Stride, 8>(l, o, inside);
  if (o < l.count) some<V, Taps, Stride, 4>(l, o, inside);
}

// For 1 … most_taps taps with stride 1, or 5 or 7 with stride 2.
template <typename V, typename Lanes> void line(const Line &l, int64_t taps, int64_t stride, Lanes inside) {
  if (stride == 2) return taps == 5 ? whole_line<V, 5, 2>(l, inside) : whole_line<V, 7, 2>(l, inside);
  if (taps == 1) whole_line<V, 1, 1>(l, inside);
  if (taps == 2) whole_line<V, 2, 1>(l, inside);
  if (taps == 3) whole_line<V, 3, 1>(l, inside);
  if (taps == 4) whole_line<V, 4, 1>(l, inside);
  if (taps == 5) whole_line<V, 5, 1>(l, inside);
  if (taps == 6) whole_line<V, 6, 1>(l, inside);
  if (taps == 7) whole_line<V, 7, 1>(l, inside);
}

// Calls part(channel, lanes, row) for each vector of channels of eight rows, row after row, then of the next eight.
template <typename V, typename Part> void each_row(int64_t channels, size_t first, size_t last, const Part &part) {
  constexpr size_t block = 8;
  for (; first < last; first += block)
    V::vectors(static_cast<size_t>(channels), [&](size_t c, auto inside) {
      for (size_t row = first; row < last && row < first + block; row++) part(c, inside, row);
    });
}

inline bool is_wide(const DepthwiseShape &s) { return (s.kernel_width == 5 || s.kernel_width == 7) && s.stride_right <= 2; }

// Narrow windows where V says that they gain.
template <typename V> bool forward_in_lines(const DepthwiseShape &s) {
  return is_wide(s) || (V::narrow && s.kernel_width <= most_taps && s.stride_right == 1);
}

template <typename V> void forward_lines(const float *x, const float *w, float *y, const DepthwiseShape &s, size_t first, size_t last) {
  const int64_t right = s.channels, down = s.width * right;
  each_row<V>(right, first, last, [&](size_t c, auto inside, size_t row) {
    const int64_t n = static_cast<int64_t>(row) / s.out_height, a = static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top;
    const Span rows(s.kernel_height, 1, a, s.height);
    const Line l = {x + (n * s.height + a + rows.from) * down + c, down, rows.to - rows.from, -s.left, s.width, right,
                    w + rows.from * s.kernel_width * right + c, s.kernel_width * right, right, y + static_cast<int64_t>(row) * s.out_width * right + c, right, s.out_width};
    line<V>(l, s.kernel_width, s.stride_right, inside);
  });
}

template <typename V> bool to_input_in_lines(const DepthwiseShape &s) { return is_wide(s) || (V::narrow && up(s.kernel_width, s.stride_right) <= most_taps); }

// Places of a row of dx that lie stride_right apart are reached by the same taps, every stride_right-th one: they are the outputs of a convolution of dy by these, turned round.
template <typename V> void to_input_lines(const float *dy, const float *w, float *dx, const DepthwiseShape &s, size_t first, size_t last) {
  const int64_t right = s.channels, down = s.out_width * right, apart = s.stride_right;
  each_row<V>(right, first, last, [&](size_t c, auto inside, size_t row) {
    const int64_t n = static_cast<int64_t>(row) / s.height, a = static_cast<int64_t>(row) % s.height;
    const Taps reached(a, s.top, s.kernel_height, s.stride_down, s.out_height);
    const int64_t rows = reached.last < reached.first ? 0 : (reached.last - reached.first) / s.stride_down + 1;
    const float *const from = dy + (n * s.out_height + (a + s.top - reached.first) / s.stride_down) * down + c;
    for (int64_t b = 0; b < least(apart, s.width); b++) {
      const int64_t tap = (b + s.left) % apart, taps = up(s.kernel_width - tap, apart);
      const Line l = {from, -down, taps ? rows : 0, (b + s.left) / apart - (taps - 1), s.out_width, right,
                      w + (reached.first * s.kernel_width + tap + (taps - 1) * apart) * right + c, s.stride_down * s.kernel_width * right, -apart * right,
                      dx + (static_cast<int64_t>(row) * s.width + b) * right + c, apart * right, up(s.width - b, apart)};
      line<V>(l, taps ? taps : 1, 1, inside);
    }
  });
}

// A row of the window under a row of dy.
struct Gradients {
  const float *x, *dy;
  int64_t column, width, right, count; // the column under the first tap and place of dy
};

// Adds what Count places of dy from `first` on give to the sums of Taps neighbouring taps.
template <typename V, int Taps, int Stride, int Count, bool Whole, typename Lanes>
inline __attribute__((always_inline)) void add(typename V::Vector (&sums)[Taps], const Gradients &l, int64_t first, Lanes inside) {
  const int64_t column = l.column + first * Stride;
  int64_t at = column * l.right; // as a number, since it may lie before the array
  typename V::Vector dy[Count];
#pragma GCC unroll 8
  for (int o = 0; o < Count; o++) dy[o] = V::load(l.dy + (first + o) * l.right, inside);
#pragma GCC unroll 24
  for (int t = 0; t < (Count - 1) * Stride + Taps; t++, at += l.right) {
    if (!Whole && (column + t < 0 || column + t >= l.width)) continue;
    const typename V::Vector x = V::load(l.x + at, inside);
#pragma GCC unroll 8
    for (int o = 0; o < Count; o++)
      if (t >= o * Stride && t < o * Stride + Taps) sums[t - o * Stride] = V::multiplied(x, dy[o], sums[t - o * Stride]);
  }
}

template <typename V, int Taps, int Stride, typename Lanes> void add_line(const Gradients &l, float *dw, Lanes inside) {
  typename V::Vector sums[Taps];
  for (int j = 0; j < Taps; j++) sums[j] = V::load(dw + j * l.right, inside);
  const Span whole(l.count, Stride, l.column, l.width - Taps + 1);
  int64_t o = 0;
  for (; o < whole.from; o++) add<V, Taps, Stride, 1, false>(sums, l, o, inside);
  for (; o + 8 <= whole.to; o += 8) add<V, Taps, Stride, 8, true>(sums, l, o, inside);
  for (; o + 4 <= whole.to; o += 4) add<V, Taps, Stride, 4, true>(sums, l, o, inside);
  for (; o < l.count; o++) add<V, Taps, Stride, 1, false>(sums, l, o, inside);
  for (int j = 0; j < Taps; j++) V::store(dw + j * l.right, inside, sums[j]);
}

// The gradient of a filter that is_wide.
template <typename V> void to_filter_lines(const float *x, const float *dy, float *dw, const DepthwiseShape &s, size_t first, size_t last) {
  const int64_t right = s.channels;
  for (int64_t i = 0; i < s.kernel_height * s.kernel_width * right; i++) dw[i] = 0;
  each_row<V>(right, first, last, [&](size_t c, auto inside, size_t row) {
    const int64_t n = static_cast<int64_t>(row) / s.out_height, a = static_cast<int64_t>(row) % s.out_height * s.stride_down - s.top;
    const Span rows(s.kernel_height, 1, a, s.height);
    for (int64_t i = rows.from; i < rows.to; i++) {
      const Gradients l = {x + (n * s.height + a + i) * s.width * right + c, dy + static_cast<int64_t>(row) * s.out_width * right + c, -s.left, s.width, right, s.out_width};
      float *const sums = dw + i * s.kernel_width * right + c;
      if (s.kernel_width == 5)
        s.stride_right == 1 ? add_line<V, 5, 1>(l, sums, inside) : add_line<V, 5, 2>(l, sums, inside);
      else
        s.stride_right == 1 ? add_line<V, 7, 1>(l, sums, inside) : add_line<V, 7, 2>(l, sums, inside);
    }
  });
}

// The rung with vectors V, on the rung before it.
template <typename V> struct InLines {
  static void forward(const float *x, const float *w, float *y, DepthwiseShape s, size_t first, size_t last) {
    forward_in_lines<V>(s) ? forward_lines<V>(x, w, y, s, first, last) : V::before().forward(x, w, y, s, first, last);
  }
  static void to_input(const float *dy, const float *w, float *dx, DepthwiseShape s, size_t first, size_t last) {
    to_input_in_lines<V>(s) ? to_input_lines<V>(dy, w, dx, s, first, last) : V::before().to_input(dy, w, dx, s, first, last);
  }
  static void to_filter(const float *x, const float *dy, float *dw, DepthwiseShape s, size_t first, size_t last) {
    is_wide(s) ? to_filter_lines<V>(x, dy, dw, s, first, last) : V::before().to_filter(x, dy, dw, s, first, last);
  }
};

} // namespace
