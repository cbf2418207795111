// What rungs share that take some channels at once: all pixels are walked for each block of channels, whose weights are made ready once. Internal linkage, see requantize.h.
#pragma once
#include "../abi.h"

namespace {

// Kernels of more places than `most_taps` are left to the reference.
constexpr size_t most_pairs = 32, most_taps = 2 * most_pairs;

inline size_t taps_of(const Int8DepthwiseShape &s) { return static_cast<size_t>(s.kernel_height) * s.kernel_width; }

// Where the places of a kernel lie, as steps from its first one.
struct Places {
  const Int8DepthwiseShape &s;
  const uint8_t *x, *border; // a place outside the image is read from the border, a vector full of zero points
  ptrdiff_t steps[most_taps], down_to, right_to;

  Places(const Int8DepthwiseShape &shape, const uint8_t *image, const uint8_t *zeros) : s(shape), x(image), border(zeros) {
    for (ptrdiff_t t = 0; t < static_cast<ptrdiff_t>(taps_of(s)); t++)
      steps[t] = (t / s.kernel_width * s.dilation_down * s.width + t % s.kernel_width * s.dilation_right) * s.channels;
    down_to = static_cast<ptrdiff_t>(s.kernel_height - 1) * s.dilation_down;
    right_to = static_cast<ptrdiff_t>(s.kernel_width - 1) * s.dilation_right;
  }

  // For each pixel of rows first … last - 1: pixel(where its channel c goes, place), where place(t) says where tap t of that channel is read.
  template <typename Pixel> void walk(ptrdiff_t c, uint8_t *y, size_t first, size_t last, Pixel pixel) const {
    const ptrdiff_t channels = s.channels;
    for (size_t r = first; r < last; r++) {
      const ptrdiff_t top = static_cast<ptrdiff_t>(r % s.out_height) * s.stride_down - s.top;
      const ptrdiff_t line = static_cast<ptrdiff_t>(r / s.out_height) * s.height + top;
      const bool inside = top >= 0 && top + down_to < s.height;
      uint8_t *to = y + r * s.out_width * channels + c;
      for (ptrdiff_t column = 0; column < s.out_width; column++, to += channels) {
        const ptrdiff_t left = column * s.stride_right - s.left;
        // as a number, since it may lie before the array
        const ptrdiff_t from = (line * s.width + left) * channels + c;
        if (inside && left >= 0 && left + right_to < s.width) {
          const uint8_t *base = x + from;
          pixel(to, [&](size_t t) { return base + steps[t]; });
          continue;
        }
        const uint8_t *places[most_taps];
        size_t t = 0;
        for (ptrdiff_t i = 0; i < s.kernel_height; i++)
          for (ptrdiff_t j = 0; j < s.kernel_width; j++, t++) {
            const ptrdiff_t down = top + i * s.dilation_down, right = left + j * s.dilation_right;
            places[t] = down >= 0 && down < s.height && right >= 0 && right < s.width ? x + (from + steps[t]) : border;
          }
        pixel(to, [&](size_t t) { return places[t]; });
      }
    }
  }
};

} // namespace
