#include "band-avx512.h"
#include "block-avx512-vnni.h"

// Nothing is gathered pixel by pixel: the lines that a band of the output reads are copied once, with their borders, and every place reads its pieces of four
// bytes there. 12 places of 32 outputs are 24 sums in registers; with a pool, four places that are pooled lie beside each other and are one before they become
// bytes. What does not suit (groups, gaps between the columns of a kernel, zero points of weights, sums) is for the rung before.
namespace {

constexpr size_t most_rows = 12;        // that are summed at once
constexpr size_t most_repacked = 65536; // bytes of weights

template <size_t Rows, size_t Vectors, size_t Pool>
void places(size_t rows, const uint8_t *const *at, const Window &k, const int8_t *weight, const Target &to) {
  if (rows == Rows)
    block<Rows, Vectors, Pool>(at, k, weight, to);
  else if constexpr (Rows > Pool)
    places<Rows - Pool, Vectors, Pool>(rows, at, k, weight, to);
}

// Weights whose pieces are not whole quads: each piece begins a new one.
void repack(const int8_t *weight, int8_t *to, size_t blocks, size_t rows, size_t piece) {
  const size_t quads = (piece + 3) / 4, packed = (rows * piece + 3) / 4;
  fill(reinterpret_cast<uint8_t *>(to), blocks * rows * quads * 64, _mm512_setzero_si512());
  for (size_t b = 0; b < blocks; b++)
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < piece; j++) {
        const size_t k = i * piece + j;
        const int8_t *from = weight + (b * packed + k / 4) * 64 + k % 4;
        int8_t *const at = to + (b * rows * quads + i * quads + j / 4) * 64 + j % 4;
        for (size_t o = 0; o < 64; o += 4) at[o] = from[o];
      }
}

// All outputs of a band: weights of a few outputs meet all its places, then those of the next.
void outputs(const uint8_t *const *at, size_t count, const Window &k, const int8_t *weight, const int32_t *channel, uint8_t *y, const Lines &lines) {
  const Int8ConvShape &s = lines.s;
  const size_t out = s.out, padded = (out + 15) / 16 * 16, step = s.out_channels;
  const size_t pool = s.pool * s.pool, blocks = (count + most_rows - 1) / most_rows, rows = (count / pool + blocks - 1) / blocks * pool;
  const size_t wide = rows <= most_rows / 2 && pool == 1 ? 4 : 2;
  Outputs16 scales[4];
  for (size_t o = 0, some; o < out; o += 16 * some, weight += some * k.stride) {
    const size_t vectors = (out - o + 15) / 16;
    some = vectors >= wide ? wide : vectors >= 2 ? 2 : 1;
    for (size_t v = 0; v < some; v++) scales[v] = Outputs16(channel + o + 16 * v, padded, out - o - 16 * v, lines.flip);
    Target now = {scales, y + o, step, s};
    for (size_t p = 0; p < count; p += rows, now.y += rows / pool * step) {
      const size_t next = smaller(rows, count - p);
      if (pool == 4)
        (some == 2 ? places<most_rows, 2, 4> : places<most_rows, 1, 4>)(next, at + p, k, weight, now);
      else if (some == 4)
        places<most_rows / 2, 4, 1>(next, at + p, k, weight, now);
      else
        (some == 2 ? places<most_rows, 2, 1> : places<most_rows, 1, 1>)(next, at + p, k, weight, now);
    }
  }
}

// Whether a block's sums may be pooled before they are scaled: nothing that is moved to the left wraps.
bool keeps_order(const int32_t *left, size_t out) {
  int32_t any = 0;
  for (size_t o = 0; o < out; o++) any |= left[o];
  return any == 0;
}

} // namespace

void int8_conv_avx512_vnni_lines(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape s, size_t first, size_t last,
                                 uint8_t *scratch) {
  const Lines lines(s, x);
  const size_t out = s.out, padded = (out + 15) / 16 * 16, piece = static_cast<size_t>(s.kernel_width) * s.depth, rows = s.kernel_height, quads = (piece + 3) / 4;
  const size_t repacked = rows > 1 && piece % 4 != 0 ? padded * rows * quads * 4 : 0;
  const bool lies_together = s.depth == s.channels && (s.kernel_width == 1 || s.dilation_right == 1), plain = !s.has_weight_zeros && !s.is_sums;
  const bool pools = s.pool == 1 || (s.pool == 2 && keeps_order(channel + 2 * padded, out));
  // the factors first: their product may be more than 64 bits hold
  const bool small = lines.columns <= most_line_bytes && lines.width <= most_line_bytes && lines.halo <= most_line_bytes / lines.width && piece <= most_repacked && repacked <= most_repacked;
  if (!lies_together || !plain || !pools || !small) return int8_conv_avx512_vnni(x, weight, channel, y, s, first, last, scratch);
  int8_t *const own = reinterpret_cast<int8_t *>(scratch);
  if (repacked) repack(weight, own, padded / 16, rows, piece);
  const Window window = {rows, quads, s.dilation_down * lines.width, (repacked ? rows * quads : (rows * piece + 3) / 4) * 64};
  const size_t pool = static_cast<size_t>(s.pool) * s.pool;
  const uint8_t *at[most_places];
  for (size_t p = first, count; p < last; p += count) {
    count = make_band(lines, p, last, scratch + repacked, at);
    outputs(at, count * pool, window, repacked ? own : weight, channel, y + p * s.out_channels, lines);
  }
}
