// Bands: some places of the output, the lines of the images that they read, copied once with their borders and made unsigned, and where each place begins
// there. Internal linkage, see requantize.h.
#pragma once
#include "copy-avx512.h"

namespace {

constexpr size_t most_places = 512;        // of a band, before pooling
constexpr size_t band_bytes = 20480;       // of lines, less than half of the first cache
constexpr size_t most_line_bytes = 131072; // that one line of the output may read

inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

struct Lines {
  const Int8ConvShape &s;
  const uint8_t *x;
  size_t pool, columns, width; // places of a line with its borders that are read, their bytes
  size_t step, halo;           // lines from one output line to the next, and those that one reads
  uint8_t flip;                // what turns an activation into an unsigned byte

  Lines(const Int8ConvShape &shape, const uint8_t *from) : s(shape), x(from), pool(shape.pool), flip(shape.is_signed ? 128 : 0) {
    columns = (s.out_width * pool - 1) * s.stride_right + static_cast<size_t>(s.kernel_width - 1) * s.dilation_right + 1;
    width = columns * s.channels;
    step = pool * s.stride_down;
    halo = (pool - 1) * s.stride_down + static_cast<size_t>(s.kernel_height - 1) * s.dilation_down + 1;
  }
};

// Lines of one image from `top` on, which may lie above it.
void copy_lines(const Lines &l, uint8_t *to, ptrdiff_t image, ptrdiff_t top, size_t count) {
  const Int8ConvShape &s = l.s;
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(l.flip)), border = _mm512_set1_epi8(static_cast<char>(static_cast<uint8_t>(s.zero) ^ l.flip));
  const size_t before = smaller(s.left, l.columns), rest = l.columns - before;
  const size_t inside = smaller(rest, s.width), behind = rest - inside, depth = s.channels;
  const uint8_t *from = l.x + (image * s.height + top) * s.width * s.channels;
  if (top >= 0 && top + static_cast<ptrdiff_t>(count) <= s.height && inside == l.columns && inside == static_cast<size_t>(s.width))
    return copy(to, from, count * l.width, flip);
  for (ptrdiff_t row = top; row < top + static_cast<ptrdiff_t>(count); row++, to += l.width) {
    if (row < 0 || row >= s.height || inside == 0) {
      fill(to, l.width, border);
      continue;
    }
    fill(to, before * depth, border);
    copy(to + before * depth, l.x + (image * s.height + row) * s.width * s.channels, inside * depth, flip);
    fill(to + (before + inside) * depth, behind * depth, border);
  }
}

// Where the places of `count` pixels begin that lie beside each other, those of a pixel together.
inline void begins(const Lines &l, const uint8_t *from, size_t count, const uint8_t **at) {
  const size_t right = static_cast<size_t>(l.s.stride_right) * l.s.channels, down = l.s.stride_down * l.width;
  if (l.pool == 1)
    for (size_t i = 0; i < count; i++, from += right) at[i] = from;
  else if (l.pool == 2)
    for (size_t n = 0; n < count; n++, from += 2 * right, at += 4) {
      at[0] = from;
      at[1] = from + right;
      at[2] = from + down;
      at[3] = from + down + right;
    }
  else
    for (size_t n = 0; n < count; n++, from += l.pool * right)
      for (size_t i = 0; i < l.pool; i++)
        for (size_t j = 0; j < l.pool; j++) *at++ = from + i * down + j * right;
}

// Copies what pixels from p on read, as many as fit, and says how many; `at` gets where each place of each begins.
size_t make_band(const Lines &l, size_t p, size_t last, uint8_t *to, const uint8_t **at) {
  const Int8ConvShape &s = l.s;
  const size_t area = static_cast<size_t>(s.out_height) * s.out_width, most = most_places / (l.pool * l.pool), right = static_cast<size_t>(s.stride_right) * s.channels;
  size_t used = 0, count = 0;
  while (p < last && count < most) {
    const size_t room = used < band_bytes ? (band_bytes - used) / l.width : 0;
    if (used > 0 && room < l.halo) break;
    const size_t image = p / area, row = p % area / s.out_width, rows = room > l.halo ? (room - l.halo) / l.step + 1 : 1;
    const size_t end = smaller(smaller((p / s.out_width + rows) * s.out_width, (image + 1) * area), smaller(last, p + most - count));
    const size_t lines = ((end - 1) % area / s.out_width - row) * l.step + l.halo;
    uint8_t *const section = to + used;
    copy_lines(l, section, image, static_cast<ptrdiff_t>(row * l.step) - s.top, lines);
    used += lines * l.width;
    count += end - p;
    for (size_t r = row, column = p % s.out_width; p < end; r++, column = 0) {
      const size_t some = smaller(s.out_width - column, end - p);
      begins(l, section + (r - row) * l.step * l.width + column * l.pool * right, some, at);
      at += some * l.pool * l.pool;
      p += some;
    }
  }
  return count;
}

} // namespace
