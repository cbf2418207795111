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

} // namespace
