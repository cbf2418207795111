#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

// Sixteen classes at a time. exp is 2ⁿ · e^f with |f| ≤ ln 2 / 2 and a polynomial of e^f; the logarithm, one a row, is the library's.
namespace {

constexpr size_t lanes = 16;

// e^x for x ≤ 0, within 2⁻²² of it; 0 where float32 has no normal number for it
__m512 exponential(__m512 x) {
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  // ln 2 in two parts, the first with few bits
  __m512 f = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  f = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), f);
  __m512 e = _mm512_set1_ps(1.0f / 5040);
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1.0f / 720));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1.0f / 120));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1.0f / 24));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1.0f / 6));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(0.5f));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1));
  e = _mm512_fmadd_ps(e, f, _mm512_set1_ps(1));
  return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(-87), _CMP_GT_OQ), e, n);
}

bool is_finite(__m512 z, __mmask16 k) { return _mm512_mask_fpclass_ps_mask(k, z, 0x99) == 0; }

} // namespace

void cross_entropy_avx512(const float *logits, const int32_t *labels, double *losses, float *gradient, int32_t *tops, CrossEntropyShape s, size_t first,
                          size_t last) {
  const size_t n = s.classes;
  const float other = s.smoothing / static_cast<float>(n), lowest = -__builtin_inff();
  for (size_t r = first; r < last; r++) {
    const float *const z = logits + r * n;
    float *const g = gradient + r * n;
    __m512 most = _mm512_set1_ps(lowest);
    bool finite = true;
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      const __m512 each = _mm512_mask_loadu_ps(_mm512_set1_ps(lowest), k, z + c);
      finite = finite && is_finite(each, k);
      most = _mm512_max_ps(most, each);
    }
    const float highest = _mm512_reduce_max_ps(most);
    tops[r] = -1;
    if (!finite) {
      losses[r] = __builtin_nanf("");
      for (size_t c = 0; c < n; c++) g[c] = __builtin_nanf("");
      continue;
    }
    const __m512 top = _mm512_set1_ps(highest);
    __m512 sum = _mm512_setzero_ps(), all = _mm512_setzero_ps();
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      const __m512 each = _mm512_maskz_loadu_ps(k, z + c);
      const __mmask16 equal = _mm512_mask_cmp_ps_mask(k, each, top, _CMP_EQ_OQ);
      if (equal && tops[r] < 0) tops[r] = static_cast<int32_t>(c) + __builtin_ctz(equal);
      const __m512 below = _mm512_maskz_sub_ps(k, each, top), share = _mm512_maskz_mov_ps(k, exponential(below));
      _mm512_mask_storeu_ps(g + c, k, share);
      sum = _mm512_add_ps(sum, share);
      all = _mm512_add_ps(all, below);
    }
    const float total = _mm512_reduce_add_ps(sum);
    const double norm = __builtin_log(static_cast<double>(total)), own = norm - (static_cast<double>(z[labels[r]]) - highest);
    losses[r] = (1 - static_cast<double>(s.smoothing)) * own + (s.smoothing > 0 ? s.smoothing * (norm - _mm512_reduce_add_ps(all) / static_cast<double>(n)) : 0);
    const __m512 scale = _mm512_set1_ps(s.scale / total), less = _mm512_set1_ps(other * s.scale);
    for (size_t c = 0; c < n; c += lanes) {
      const __mmask16 k = first_lanes(n - c);
      _mm512_mask_storeu_ps(g + c, k, _mm512_fmsub_ps(_mm512_maskz_loadu_ps(k, g + c), scale, less));
    }
    g[labels[r]] -= (1 - s.smoothing) * s.scale;
  }
}
