// How the rungs of batch normalisation take rows, in a nameless namespace: each compiles its own copy.
#pragma once
#include <stddef.h>

namespace {

constexpr size_t widest = 4096, few = 256;

// `width` floats at a time, which are rows of `channels` and fill vectors of `lanes` exactly where there are few channels.
struct Layout {
  size_t width;
  bool repeats;
  Layout(size_t channels, size_t lanes, size_t least) : width(channels), repeats(false) {
    if (channels > few) return;
    while (width % lanes != 0) width += channels;
    for (const size_t unit = width; width < least;) width += unit;
    repeats = width != channels;
  }
};

// Sums over a width that holds each channel several times, added up by channel.
inline void add_up(float *out, const float *sums, size_t channels, size_t width) {
  for (size_t c = 0; c < channels; c++) {
    double sum = 0;
    for (size_t i = c; i < width; i += channels) sum += sums[i];
    out[c] = static_cast<float>(sum);
  }
}

} // namespace
