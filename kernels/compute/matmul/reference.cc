#include "../abi.h"

// The definition: c[i, j] = Σ_p a[i, p] · b[p, j], added up in the order of p. Walking down a column of B touches a new cache line at each step.
void matmul_reference(const float *a, const float *b, float *c, MatmulShape s, size_t first, size_t last, float *) {
  for (size_t i = first; i < last; i++)
    for (size_t j = 0; j < s.n; j++) {
      float sum = s.adds ? c[i * s.n + j] : 0;
      for (size_t p = 0; p < s.k; p++) sum += a[i * s.a_row + p * s.a_column] * b[p * s.b_row + j * s.b_column];
      c[i * s.n + j] = sum;
    }
}
