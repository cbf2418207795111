#include "../requantize.h"

// The definition: Σ (a - zero) · b in the order of k, then an offset, then a byte.
static void run(const uint8_t *a, const int8_t *packed, const int32_t *channel, uint8_t *y, Int8MatmulShape s, size_t first, size_t last, uint8_t *) {
  const size_t k = s.k, n = s.n, quads = (k + 3) / 4;
  for (size_t i = first; i < last; i++)
    for (size_t j = 0; j < n; j++) {
      int64_t sum = channel ? channel[j] : 0;
      for (size_t p = 0; p < k; p++) sum += (byte(a[i * k + p], s.is_signed) - s.zero) * packed[((j / 16 * quads + p / 4) * 16 + j % 16) * 4 + p % 4];
      if (s.is_sums)
        store_sum(y + 4 * (i * n + j), wrapped(sum));
      else
        y[i * n + j] = stored(scaled(wrapped(sum), channel[n + j], channel[2 * n + j], channel[3 * n + j]), s.output_zero, s.low, s.high);
    }
}

static void pack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last) {
  const size_t quads = (k + 3) / 4;
  for (size_t block = first; block < last; block++)
    for (size_t q = 0; q < quads; q++)
      for (size_t l = 0; l < 16; l++)
        for (size_t i = 0; i < 4; i++) {
          const size_t p = 4 * q + i, j = 16 * block + l;
          packed[((block * quads + q) * 16 + l) * 4 + i] = p < k && j < n ? b[p * n + j] : 0;
        }
}

const Int8Matmul int8_matmul_reference = {pack, run};
