#include "../abi.h"

// The two inner loops change places: the innermost now walks along rows of B and C, so that each cache line is used whole and the compiler can
// use vectors. Every sum keeps its order, so the result is the reference's to the last bit.
void matmul_interchange(const float *a, const float *b, float *__restrict c, MatmulShape shape) {
  const auto [m, k, n] = shape;
  for (size_t i = 0; i < m * n; i++) c[i] = 0;
  for (size_t i = 0; i < m; i++)
    for (size_t p = 0; p < k; p++) {
      const float scale = a[i * k + p];
      for (size_t j = 0; j < n; j++) c[i * n + j] += scale * b[p * n + j];
    }
}
