#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

// Sixteen channels at a time, in float32, and a row's three passes while it is in the nearest cache: the mean first, then the squares around it, so that nothing
// is lost far from zero.
namespace {

constexpr size_t lanes = 16;

void apply(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *inverse, LayerNormShape s, size_t first, size_t last) {
  const size_t n = s.channels;
  for (size_t r = first; r < last; r++) {
    const float *const row = x + r * n;
    __m512 sum = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
    for (size_t c = 0; c < n; c += lanes) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(first_lanes(n - c), row + c));
    mean[r] = _mm512_reduce_add_ps(sum) / static_cast<float>(n);
    const __m512 middle = _mm512_set1_ps(mean[r]);
    for (size_t c = 0; c < n; c += lanes) {
      const __m512 d = _mm512_maskz_sub_ps(first_lanes(n - c), _mm512_maskz_loadu_ps(first_lanes(n - c), row + c), middle);
      squares = _mm512_fmadd_ps(d, d, squares);
    }
    const float variance = _mm512_reduce_add_ps(squares) / static_cast<float>(n) + s.epsilon;
    inverse[r] = 1 / _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(variance)));
    const __m512 scale = _mm512_set1_ps(inverse[r]);
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(k, row + c), middle), scale);
      const __m512 moved = _mm512_fmadd_ps(normal, _mm512_maskz_loadu_ps(k, gamma + c), _mm512_maskz_loadu_ps(k, beta + c));
      _mm512_mask_storeu_ps(y + r * n + c, k, moved);
    }
  }
}

void grad(const float *dy, const float *x, const float *gamma, const float *mean, const float *inverse, float *dx, float *dgamma, float *dbeta,
          LayerNormShape s, size_t first, size_t last) {
  const size_t n = s.channels;
  for (size_t c = 0; c < n; c += lanes) {
    _mm512_mask_storeu_ps(dgamma + c, first_lanes(n - c), _mm512_setzero_ps());
    _mm512_mask_storeu_ps(dbeta + c, first_lanes(n - c), _mm512_setzero_ps());
  }
  for (size_t r = first; r < last; r++) {
    const size_t row = r * n;
    const __m512 middle = _mm512_set1_ps(mean[r]), scale = _mm512_set1_ps(inverse[r]);
    __m512 sum = _mm512_setzero_ps(), product = _mm512_setzero_ps();
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      const __m512 given = _mm512_maskz_loadu_ps(k, dy + row + c), g = _mm512_mul_ps(given, _mm512_maskz_loadu_ps(k, gamma + c));
      const __m512 normal = _mm512_maskz_mul_ps(k, _mm512_sub_ps(_mm512_maskz_loadu_ps(k, x + row + c), middle), scale);
      sum = _mm512_add_ps(sum, g);
      product = _mm512_fmadd_ps(g, normal, product);
      _mm512_mask_storeu_ps(dgamma + c, k, _mm512_fmadd_ps(given, normal, _mm512_maskz_loadu_ps(k, dgamma + c)));
      _mm512_mask_storeu_ps(dbeta + c, k, _mm512_add_ps(given, _mm512_maskz_loadu_ps(k, dbeta + c)));
    }
    const __m512 all = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / static_cast<float>(n));
    const __m512 along = _mm512_set1_ps(_mm512_reduce_add_ps(product) / static_cast<float>(n));
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      const __m512 g = _mm512_mul_ps(_mm512_maskz_loadu_ps(k, dy + row + c), _mm512_maskz_loadu_ps(k, gamma + c));
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(k, x + row + c), middle), scale);
      _mm512_mask_storeu_ps(dx + row + c, k, _mm512_mul_ps(scale, _mm512_fnmadd_ps(normal, along, _mm512_sub_ps(g, all))));
    }
  }
}

} // namespace

const LayerNorm layer_norm_avx512 = {apply, grad};
