#include "../abi.h"
#include "../lanes-avx2.h"

// Eight channels at a time, in float32, and a row's three passes while it is in the nearest cache: the mean first, then the squares around it, so that nothing
// is lost far from zero.
namespace {

void apply(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *inverse, LayerNormShape s, size_t first, size_t last) {
  const size_t n = s.channels;
  const float count = static_cast<float>(n);
  for (size_t r = first; r < last; r++) {
    const float *const row = x + r * n;
    float *const out = y + r * n;
    __m256 sum = _mm256_setzero_ps(), squares = sum;
    vectors(n, [&](size_t c, auto inside) { sum = _mm256_add_ps(sum, load(row + c, inside)); });
    mean[r] = total(sum) / count;
    const __m256 middle = _mm256_set1_ps(mean[r]);
    vectors(n, [&](size_t c, auto inside) {
      const __m256 d = within(inside, _mm256_sub_ps(load(row + c, inside), middle));
      squares = _mm256_fmadd_ps(d, d, squares);
    });
    inverse[r] = 1 / _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(total(squares) / count + s.epsilon)));
    const __m256 scale = _mm256_set1_ps(inverse[r]);
    vectors(n, [&](size_t c, auto inside) {
      const __m256 normal = _mm256_mul_ps(_mm256_sub_ps(load(row + c, inside), middle), scale);
      store(out + c, inside, _mm256_fmadd_ps(normal, load(gamma + c, inside), load(beta + c, inside)));
    });
  }
}

void grad(const float *dy, const float *x, const float *gamma, const float *mean, const float *inverse, float *dx, float *dgamma, float *dbeta,
          LayerNormShape s, size_t first, size_t last) {
  const size_t n = s.channels;
  const float count = static_cast<float>(n);
  for (size_t c = 0; c < n; c++) dgamma[c] = dbeta[c] = 0;
  for (size_t r = first; r < last; r++) {
    const float *const given = dy + r * n, *const row = x + r * n;
    float *const out = dx + r * n;
    const __m256 middle = _mm256_set1_ps(mean[r]), scale = _mm256_set1_ps(inverse[r]);
    __m256 sum = _mm256_setzero_ps(), product = sum;
    vectors(n, [&](size_t c, auto inside) {
      const __m256 d = load(given + c, inside), g = _mm256_mul_ps(d, load(gamma + c, inside));
      const __m256 normal = within(inside, _mm256_mul_ps(_mm256_sub_ps(load(row + c, inside), middle), scale));
      sum = _mm256_add_ps(sum, g);
      product = _mm256_fmadd_ps(g, normal, product);
      store(dgamma + c, inside, _mm256_fmadd_ps(d, normal, load(dgamma + c, inside)));
      store(dbeta + c, inside, _mm256_add_ps(d, load(dbeta + c, inside)));
    });
    const __m256 all = _mm256_set1_ps(total(sum) / count), along = _mm256_set1_ps(total(product) / count);
    vectors(n, [&](size_t c, auto inside) {
      const __m256 g = _mm256_mul_ps(load(given + c, inside), load(gamma + c, inside));
      const __m256 normal = _mm256_mul_ps(_mm256_sub_ps(load(row + c, inside), middle), scale);
      store(out + c, inside, _mm256_mul_ps(scale, _mm256_fnmadd_ps(normal, along, _mm256_sub_ps(g, all))));
    });
  }
}

} // namespace

const LayerNorm layer_norm_avx2 = {apply, grad};
