// What the rungs share that compute four neighbouring outputs of a row at once: a column of the image, two of its rows interleaved, is widened once for all of them, where the rungs before
// widen it for each. Windows of 3, 5 or 7 columns without dilation, with strides 1 and 2. Internal linkage, see requantize.h.
#pragma once
#include "../abi.h"

namespace {

constexpr int most_rows = 7, most_row_pairs = 4, together = 4;

inline bool in_lines(const Int8DepthwiseShape &s) {
  const int32_t width = s.kernel_width;
  return s.kernel_height <= most_rows && s.stride_right <= 2 && s.dilation_down == 1 && s.dilation_right == 1 && (width == 3 || width == 5 || width == 7);
}

// The rows of the image under a row of outputs, from their column 0 and the block's first channel on. A row outside is a vector of zero points at every column.
struct Lines {
  const uint8_t *row[most_rows + 1], *border;
  ptrdiff_t step[most_rows + 1];
  int rows;
  ptrdiff_t width;

  Lines(const Int8DepthwiseShape &s, const uint8_t *x, const uint8_t *zeros, size_t r) : border(zeros), rows(s.kernel_height), width(s.width) {
    const ptrdiff_t top = static_cast<ptrdiff_t>(r % s.out_height) * s.stride_down - s.top, image = static_cast<ptrdiff_t>(r / s.out_height);
    for (int i = 0; i <= rows; i++) {
      const ptrdiff_t a = top + (i < rows ? i : i - 1); // behind an odd number of rows the last one comes again, with weights of 0
      const bool inside = a >= 0 && a < s.height;
      row[i] = inside ? x + (image * s.height + a) * s.width * s.channels : border;
      step[i] = inside ? s.channels : 0;
    }
  }
};

// A Block has the weights of some channels and Taps columns, two rows interleaved: weight[⌈rows / 2⌉][Taps]; what sums begin with; and how its vectors work.
template <int Stride, bool Whole, typename Block> inline __attribute__((always_inline)) void sums_of(const Block &block, const Lines &lines, ptrdiff_t column, typename Block::Both (&sums)[together]) {
  constexpr int Taps = Block::taps;
  for (auto &sum : sums) sum = block.offset;
  for (int i = 0; i < lines.rows; i += 2) {
    const auto &weight = block.weight[i / 2];
#pragma GCC unroll 16
    for (int t = 0; t < (together - 1) * Stride + Taps; t++) {
      const bool inside = Whole || (column + t >= 0 && column + t < lines.width);
      const auto value = [&](int r) { return block.value(inside ? lines.row[r] + (column + t) * lines.step[r] : lines.border); };
      const auto a = value(i), b = value(i + 1);
      const typename Block::Both x = Block::interleave(a, b);
#pragma GCC unroll 4
      for (int o = 0; o < together; o++)
        if (t >= o * Stride && t < o * Stride + Taps) {
          sums[o].low = Block::dot(sums[o].low, x.low, weight[t - o * Stride].low);
          sums[o].high = Block::dot(sums[o].high, x.high, weight[t - o * Stride].high);
        }
    }
  }
}

// All outputs of a block of channels; x and y begin with its first channel.
template <int Stride, typename Block>
void walk_lines(const Block &block, const uint8_t *x, uint8_t *y, const uint8_t *border, const Int8DepthwiseShape &s, size_t first, size_t last) {
  const ptrdiff_t channels = s.channels;
  for (size_t r = first; r < last; r++) {
    const Lines lines(s, x, border, r);
    uint8_t *const to = y + r * s.out_width * channels;
    for (ptrdiff_t q = 0; q < s.out_width; q += together) {
      const ptrdiff_t column = q * Stride - s.left;
      typename Block::Both sums[together];
      if (column >= 0 && column + (together - 1) * Stride + Block::taps <= s.width)
        sums_of<Stride, true>(block, lines, column, sums);
      else
        sums_of<Stride, false>(block, lines, column, sums);
      for (ptrdiff_t o = 0; o < together && q + o < s.out_width; o++) block.store(to + (q + o) * channels, sums[o]);
    }
  }
}

template <typename Block>
void walk_lines(const Block &block, const uint8_t *x, uint8_t *y, const uint8_t *border, const Int8DepthwiseShape &s, size_t first, size_t last) {
  s.stride_right == 1 ? walk_lines<1>(block, x, y, border, s, first, last) : walk_lines<2>(block, x, y, border, s, first, last);
}

} // namespace
