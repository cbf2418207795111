#include "../packed-sums.h"
#include "finish.h"

// 16 columns at a time, in the order in which they are packed: every byte is read in order, and a compiler can use vectors.
namespace {

void run(const uint8_t *a, const int8_t *packed, const int32_t *channel, uint8_t *y, Int8MatmulShape s, size_t first, size_t last, uint8_t *scratch) {
  const size_t k = s.k, quads = (k + 3) / 4;
  for (size_t i = first; i < last; i++) {
    copy_row(a + i * k, scratch, k, 0);
    for (size_t j = 0; j < static_cast<size_t>(s.n); j += 16) {
      int32_t sums[16] = {}, weights[16] = {};
      const int8_t *const w = packed + j * quads * 4;
      if (s.is_signed)
        sums16(reinterpret_cast<const int8_t *>(scratch), w, quads, sums);
      else
        sums16(scratch, w, quads, sums);
      for (size_t q = 0; q < 64 * quads && s.zero != 0; q++) weights[q / 4 % 16] += w[q];
      finish(sums, weights, channel, y, s, i, j, 0);
    }
  }
}

void pack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last) {
  const size_t quads = (k + 3) / 4;
  for (size_t block = first; block < last; block++) {
    const size_t j = 16 * block, some = n - j < 16 ? n - j : 16;
    int8_t *const to = packed + block * quads * 64;
    for (size_t p = 0; p < 4 * quads; p++)
      for (size_t l = 0; l < 16; l++) to[p / 4 * 64 + 4 * l + p % 4] = p < k && l < some ? b[p * n + j + l] : 0;
  }
}

} // namespace

const Int8Matmul int8_matmul_blocked = {pack, run};
