// Which taps of a window lie inside an image, for the rungs of depthwise convolution, in a nameless namespace: each compiles its own copy.
#pragma once
#include "../abi.h"

namespace {

inline int64_t up(int64_t a, int64_t b) { return a <= 0 ? 0 : (a + b - 1) / b; }
inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// The part of 0 … count - 1 whose place (at · stride + offset) lies in 0 … size - 1.
struct Span {
  int64_t from, to;
  Span(int64_t count, int64_t stride, int64_t offset, int64_t size)
      : from(least(count, up(-offset, stride))), to(most(from, least(count, up(size - offset, stride)))) {}
};

// The weight of a tap: the gradient with respect to x is the same convolution with the window turned round.
template <bool Turned> const float *tap(const float *w, const DepthwiseShape &s, int64_t i, int64_t j) {
  return w + (Turned ? (s.kernel_height - 1 - i) * s.kernel_width + s.kernel_width - 1 - j : i * s.kernel_width + j) * s.channels;
}

// The taps that reach a place of the input lie `stride` apart: tap t of place a comes from row (a + before - t) / stride.
struct Taps {
  int64_t first, last; // first, first + stride … last
  Taps(int64_t a, int64_t before, int64_t taps, int64_t stride, int64_t out) {
    const int64_t reach = a + before;
    // the row must not lie beyond the output: t ≥ reach − (out − 1) · stride; and not before it: t ≤ reach
    first = reach % stride;
    const int64_t lowest = reach - (out - 1) * stride;
    if (lowest > first) first = lowest;
    last = least(taps - 1, reach);
  }
};

} // namespace
