#include "../abi.h"

// The definition. Rounding looks at the bits: adding half of the last kept bit, and one less where that bit is even, carries exactly where it must.
namespace {

union Bits {
  float number;
  uint32_t bits;
};

uint16_t rounded(float x) {
  const uint32_t bits = Bits{x}.bits;
  if (x != x) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float number(uint16_t code) {
  Bits made;
  made.bits = static_cast<uint32_t>(code) << 16;
  return made.number;
}

void pack(const float *b, uint16_t *packed, MatmulShape s, size_t first, size_t last) {
  const size_t pairs = (s.k + 1) / 2;
  for (size_t j = 16 * first; j < 16 * last; j++)
    for (size_t p = 0; p < 2 * pairs; p++)
      packed[((j / 16 * pairs + p / 2) * 16 + j % 16) * 2 + p % 2] = j < s.n && p < s.k ? rounded(b[p * s.b_row + j * s.b_column]) : 0;
}

void multiply(const float *a, const uint16_t *packed, float *c, MatmulShape s, size_t first, size_t last) {
  const size_t pairs = (s.k + 1) / 2;
  for (size_t i = first; i < last; i++)
    for (size_t j = 0; j < s.n; j++) {
      float sum = s.adds ? c[i * s.n + j] : 0;
      for (size_t p = 0; p < s.k; p++)
        sum += number(rounded(a[i * s.a_row + p * s.a_column])) * number(packed[((j / 16 * pairs + p / 2) * 16 + j % 16) * 2 + p % 2]);
      c[i * s.n + j] = sum;
    }
}

} // namespace

const MatmulBf16 matmul_bf16_reference = {pack, multiply};
