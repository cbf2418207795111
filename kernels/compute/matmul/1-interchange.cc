#include "../abi.h"

// The two inner loops change places: the innermost now walks along rows of B and C, so that each cache line is used whole and the compiler can
// use vectors. Every sum keeps its order, so the result is the reference's to the last bit.
void matmul_interchange(const float *a, const float *b, float *__restrict c, MatmulShape s, size_t first, size_t last, float *) {
  if (!s.adds)
    for (size_t i = first * s.n; i < last * s.n; i++) c[i] = 0;
  for (size_t i = first; i < last; i++)
    for (size_t p = 0; p < s.k; p++) {
      const float scale = a[i * s.a_row + p * s.a_column];
      const float *const row = b + p * s.b_row;
      float *const out = c + i * s.n;
      if (s.b_column == 1)
        for (size_t j = 0; j < s.n; j++) out[j] += scale * row[j];
      else
        for (size_t j = 0; j < s.n; j++) out[j] += scale * row[j * s.b_column];
    }
}
