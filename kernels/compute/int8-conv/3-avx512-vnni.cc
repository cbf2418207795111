#include "../requantize-avx512.h"
#include "copy-avx512.h"
#include "../lanes-avx512.h"

// vpdpbusd multiplies 64 unsigned bytes by 64 signed ones and adds each four products to a sum of 32 bits: a vector of the packed weight times four bytes
// of a pixel that are repeated in all lanes. Signed activations are moved up by 128, which the sum of the weights takes off again. 8 pixels of 32 outputs
// are 16 sums in registers, so that each load of weights serves 8 pixels; sums are made bytes 16 at a time.
namespace {

constexpr size_t most_rows = 8, most_blocks = 8;
constexpr size_t panel_bytes = 16384; // of gathered pixels, a third of the first cache

// Pixels of one call, as it sees them.
struct Plan {
  const Int8ConvShape &s;
  const uint8_t *x;
  size_t k, stride; // bytes of a gathered pixel, and from one to the next
  uint8_t flip;     // what turns an activation into an unsigned byte
  size_t element;   // bytes of an output
  bool whole_rows;  // the places of a kernel row lie side by side in the image
};

inline void end(uint8_t *to) {
  const int32_t nothing = 0; // zeros up to a multiple of 4, and more
  __builtin_memcpy(to, &nothing, sizeof nothing);
}

// One pixel's K bytes, unsigned, where its window reaches over the border or has gaps.
void gather_one(const Plan &plan, uint8_t *to, ptrdiff_t image, ptrdiff_t top, ptrdiff_t left) {
  const Int8ConvShape &s = plan.s;
  const __m512i flip = _mm512_set1_epi8(plan.flip), border = _mm512_set1_epi8(static_cast<uint8_t>(s.zero) ^ plan.flip);
  // places of a kernel row before the image and behind it; those between are one piece where there are no gaps
  const ptrdiff_t kernel = s.kernel_width, most_before = left < 0 ? -left : 0, most_behind = left + kernel > s.width ? left + kernel - s.width : 0;
  const size_t before = most_before < kernel ? most_before : kernel, behind = most_behind < kernel ? most_behind : kernel;
  const size_t width = static_cast<size_t>(kernel) * s.depth;
  for (ptrdiff_t i = 0; i < s.kernel_height; i++) {
    const ptrdiff_t down = top + i * s.dilation_down;
    const ptrdiff_t line = (image * s.height + down) * s.width;
    if (down < 0 || down >= s.height) {
      fill(to, width, border);
      to += width;
    } else if (plan.whole_rows) {
      const size_t start = before * s.depth, rest = behind * s.depth;
      if (start > 0) fill(to, start, border);
      if (start + rest < width) copy(to + start, plan.x + (line + left + static_cast<ptrdiff_t>(before)) * s.channels, width - start - rest, flip);
      if (rest > 0) fill(to + width - rest, rest, border);
      to += width;
    } else {
      for (ptrdiff_t j = 0; j < kernel; j++, to += s.depth) {
        const ptrdiff_t right = left + j * s.dilation_right;
        if (right < 0 || right >= s.width)
          fill(to, s.depth, border);
        else
          copy(to, plan.x + (line + right) * s.channels, s.depth, flip);
      }
    }
  }
  end(to);
}

// Pixels of one row of the output, from `column` on. Inside the image a row of the kernel is one piece; Bytes says how many at most, 0 any number.
template <size_t Bytes> void gather_row(const Plan &plan, uint8_t *to, ptrdiff_t image, ptrdiff_t row, ptrdiff_t column, size_t count) {
  const Int8ConvShape &s = plan.s;
  const __m512i flip = _mm512_set1_epi8(plan.flip);
  const ptrdiff_t top = row * s.stride_down - s.top, step = static_cast<ptrdiff_t>(s.dilation_down) * s.width * s.channels;
  const bool inside = plan.whole_rows && top >= 0 && top + static_cast<ptrdiff_t>(s.kernel_height - 1) * s.dilation_down < s.height;
  const size_t width = static_cast<size_t>(s.kernel_width) * s.depth;
  const ptrdiff_t first = (image * s.height + top) * s.width;
  ptrdiff_t left = column * s.stride_right - s.left;
  for (; count > 0; count--, to += plan.stride, left += s.stride_right) {
    if (!inside || left < 0 || left + s.kernel_width > s.width) {
      gather_one(plan, to, image, top, left);
      continue;
    }
    const uint8_t *from = plan.x + (first + left) * s.channels;
    uint8_t *at = to;
    for (ptrdiff_t i = 0; i < s.kernel_height; i++, from += step, at += width) {
      if (Bytes == 16)
        copy16(at, from, width, flip);
      else if (Bytes == 32)
        copy32(at, from, width, flip);
      else
        copy(at, from, width, flip);
    }
    end(at);
  }
}

void gather(const Plan &plan, uint8_t *to, size_t p, size_t count) {
  const Int8ConvShape &s = plan.s;
  const size_t area = static_cast<size_t>(s.out_height) * s.out_width, width = static_cast<size_t>(s.kernel_width) * s.depth;
  const auto row_of = width <= 16 ? gather_row<16> : width <= 32 ? gather_row<32> : gather_row<0>;
  ptrdiff_t image = p / area, row = p % area / s.out_width, column = p % s.out_width;
  while (count > 0) {
    const size_t left = s.out_width - column, some = count < left ? count : left;
    row_of(plan, to, image, row, column, some);
    to += some * plan.stride;
    count -= some;
    column = 0;
    if (++row < s.out_height) continue;
    row = 0;
    image++;
  }
}

int32_t total(const uint8_t *row, size_t k) {
  uint32_t sum = 0;
  for (size_t i = 0; i < k; i++) sum += row[i];
  return static_cast<int32_t>(sum);
}

inline __m512i dot(__m512i sums, __m512i bytes, __m512i weights) {
  // as assembly: gcc 12 copies the sums around its own form of this instruction, at half the speed
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(bytes), "v"(weights));
  return sums;
}

// Where a block's results go.
struct Target {
  const int32_t *channel;
  uint8_t *y;
  size_t padded, left; // outputs in a row of `channel`, and those from the block's first to the last
  const int32_t *totals;
};

template <size_t Rows, size_t Vectors> void block(const Plan &plan, const uint8_t *panel, const int8_t *weight, const Target &to) {
  const size_t quads = plan.stride / 4;
  __m512i sums[Rows][Vectors];
#pragma GCC unroll 8
  for (size_t r = 0; r < Rows; r++)
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v++) sums[r][v] = _mm512_setzero_si512();
  for (size_t q = 0; q < quads; q++) {
    __m512i w[Vectors];
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v++) w[v] = _mm512_loadu_si512(weight + (v * quads + q) * 64);
#pragma GCC unroll 8
    for (size_t r = 0; r < Rows; r++) {
      int32_t four;
      __builtin_memcpy(&four, panel + r * plan.stride + 4 * q, 4);
      const __m512i bytes = _mm512_set1_epi32(four);
#pragma GCC unroll 4
      for (size_t v = 0; v < Vectors; v++) sums[r][v] = dot(sums[r][v], bytes, w[v]);
    }
  }
  const Clip16 clip(plan.s.output_zero, plan.s.low, plan.s.high);
  const __m512i moved = _mm512_set1_epi32(plan.flip);
#pragma GCC unroll 4
  for (size_t v = 0; v < Vectors; v++) {
    const int32_t *c = to.channel + 16 * v;
    const auto row = [&](size_t i) { return _mm512_loadu_si512(c + i * to.padded); };
    const Scale16 scale(row(1), row(2), row(3));
    const __m512i offset = _mm512_sub_epi32(row(0), _mm512_mullo_epi32(moved, row(5))), zero = row(4);
    const size_t left = to.left - 16 * v;
    const __mmask16 lanes = first_lanes(left);
#pragma GCC unroll 8
    for (size_t r = 0; r < Rows; r++) {
      __m512i acc = _mm512_add_epi32(sums[r][v], offset);
      if (plan.s.has_weight_zeros) acc = _mm512_sub_epi32(acc, _mm512_mullo_epi32(zero, _mm512_set1_epi32(to.totals[r])));
      uint8_t *const y = to.y + (r * plan.s.out_channels + 16 * v) * plan.element;
      if (plan.s.is_sums)
        _mm512_mask_storeu_epi32(y, lanes, acc);
      else
        _mm_mask_storeu_epi8(y, lanes, _mm512_cvtepi32_epi8(clip(scale(acc))));
    }
  }
}

template <size_t Rows> void outputs(const Plan &plan, const uint8_t *panel, const int8_t *weight, Target to) {
  constexpr size_t most = Rows > 4 ? 2 : 4;
  const auto next = [&](size_t count) {
    to.channel += 16 * count;
    to.y += 16 * count * plan.element;
    to.left = to.left > 16 * count ? to.left - 16 * count : 0;
    weight += count * plan.stride * 16;
  };
  for (; to.left > 16 * (most - 1); next(most)) block<Rows, most>(plan, panel, weight, to);
  if constexpr (most == 4)
    if (to.left > 16) block<Rows, 2>(plan, panel, weight, to), next(2);
  if (to.left > 0) block<Rows, 1>(plan, panel, weight, to);
}

template <size_t Rows> void pixels(size_t rows, const Plan &plan, const uint8_t *panel, const int8_t *weight, const Target &to) {
  if (rows == Rows)
    outputs<Rows>(plan, panel, weight, to);
  else if constexpr (Rows > 1)
    pixels<Rows - 1>(rows, plan, panel, weight, to);
}

} // namespace

void int8_conv_avx512_vnni(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                           uint8_t *scratch) {
  if (s.pool > 1) return int8_conv_reference(x, weight, channel, y, s, first, last, scratch);
  const size_t k = static_cast<size_t>(s.kernel_height) * s.kernel_width * s.depth;
  const Plan plan = {s, x, k, (k + 3) / 4 * 4, static_cast<uint8_t>(s.is_signed ? 128 : 0), s.is_sums ? 4u : 1u,
                     s.kernel_width == 1 || (s.dilation_right == 1 && s.depth == s.channels)};
  const size_t padded = (static_cast<size_t>(s.out) + 15) / 16 * 16;
  // blocks of nearly the same size: a last one of a single pixel would wait for its sums. Several are gathered before the first is read, so that what was
  // stored has arrived
  const size_t blocks = (last - first + most_rows - 1) / most_rows, rows = blocks ? (last - first + blocks - 1) / blocks : 0;
  const size_t fitting = panel_bytes / plan.stride / most_rows, wanted = fitting < 1 ? 1 : fitting > most_blocks ? most_blocks : fitting;
  const size_t panel = rows * wanted;
  for (size_t p = first; p < last; p += panel) {
    const size_t count = last - p < panel ? last - p : panel;
    gather(plan, scratch, p, count);
    int32_t totals[most_rows * most_blocks];
    // the weight zero point meets x itself, not what it was moved up to
    for (size_t r = 0; r < count && s.has_weight_zeros; r++)
      totals[r] = total(scratch + r * plan.stride, k) - static_cast<int32_t>(plan.flip * static_cast<uint32_t>(k));
    for (size_t r = 0; r < count; r += rows) {
      uint8_t *const to = y + (p + r) * s.out_channels * plan.element;
      const size_t some = count - r < rows ? count - r : rows;
      pixels<most_rows>(some, plan, scratch + r * plan.stride, weight, {channel, to, padded, static_cast<size_t>(s.out), totals + r});
    }
  }
}
