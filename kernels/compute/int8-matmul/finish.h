// What rungs of 16 columns share: rows of A as a multiple of four bytes, and how 16 sums become numbers of y. Internal linkage, see requantize.h.
#pragma once
#include "../requantize.h"

namespace {

// Of each row so many are copied into the scratch at once.
inline size_t padded_row(size_t k) { return (k + 3) / 4 * 4; }

inline void copy_row(const uint8_t *a, uint8_t *to, size_t k, uint8_t flip) {
  for (size_t p = 0; p < k; p++) to[p] = a[p] ^ flip;
  for (size_t p = k; p < padded_row(k); p++) to[p] = flip;
}

// `sums` of bytes that `flip` has moved, and the sums of the weights alone, of columns from j on.
inline void finish(const int32_t *sums, const int32_t *weights, const int32_t *channel, uint8_t *y, const Int8MatmulShape &s, size_t i, size_t j, uint8_t flip) {
  const size_t n = s.n;
  for (size_t l = 0; l < 16 && j + l < n; l++) {
    const int64_t offset = channel ? channel[j + l] : 0;
    const int32_t acc = wrapped(sums[l] + offset - static_cast<int64_t>(s.zero + flip) * weights[l]);
    if (s.is_sums)
      store_sum(y + 4 * (i * n + j + l), acc);
    else
      y[i * n + j + l] = stored(scaled(acc, channel[n + j + l], channel[2 * n + j + l], channel[3 * n + j + l]), s.output_zero, s.low, s.high);
  }
}

} // namespace
