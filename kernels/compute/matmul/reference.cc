#include "../abi.h"

// The definition: c[i, j] = Σ_p a[i, p] · b[p, j], added up in the order of p. Walking down a column of B touches a new cache line at each step.
void matmul_reference(const float *a, const float *b, float *c, MatmulShape shape) {
  const auto [m, k, n] = shape;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      float sum = 0;
      for (size_t p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
}
