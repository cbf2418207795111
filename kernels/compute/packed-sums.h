// What rungs of bytes share that take one row at a time, in a nameless namespace: each compiles its own copy.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace {

// Adds to 16 sums what a row of `quads` · 4 bytes gives with 16 outputs, whose weights lie [quads, 16, 4].
template <typename Byte> void sums16(const Byte *row, const int8_t *weight, size_t quads, int32_t *sums) {
  for (size_t q = 0; q < quads; q++, row += 4, weight += 64)
    for (size_t o = 0; o < 16; o++)
      sums[o] += row[0] * weight[4 * o] + row[1] * weight[4 * o + 1] + row[2] * weight[4 * o + 2] + row[3] * weight[4 * o + 3];
}

} // namespace
