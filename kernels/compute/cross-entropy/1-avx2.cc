#include "../abi.h"
#include "../lanes-avx2.h"

// Eight classes at a time. exp is 2ⁿ · e^f with |f| ≤ ln 2 / 2 and a polynomial of e^f; the logarithm, one a row, is the library's.
namespace {

// e^x for x ≤ 0, within 2⁻²² of it; 0 where float32 has no normal number for it
__m256 exponential(__m256 x) {
  const __m256 is_normal = _mm256_cmp_ps(x, _mm256_set1_ps(-87), _CMP_GT_OQ);
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  // ln 2 in two parts, the first with few bits
  __m256 f = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
  f = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), f);
  __m256 e = _mm256_set1_ps(1.0f / 5040);
  constexpr float factors[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
  for (const float c : factors) e = _mm256_fmadd_ps(e, f, _mm256_set1_ps(c));
  // 2ⁿ by its bits: n > -127 where the result is kept
  const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_and_ps(is_normal, _mm256_mul_ps(e, _mm256_castsi256_ps(power)));
}

bool are_finite(__m256 z) {
  const __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), z);
  return _mm256_movemask_ps(_mm256_cmp_ps(size, _mm256_set1_ps(__builtin_inff()), _CMP_LT_OQ)) == 0xff;
}

float largest(__m256 v) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)), two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

} // namespace

void cross_entropy_avx2(const float *logits, const int32_t *labels, double *losses, float *gradient, int32_t *tops, CrossEntropyShape s, size_t first,
                        size_t last) {
  const size_t n = s.classes;
  const __m256 lowest = _mm256_set1_ps(-__builtin_inff()), less = _mm256_set1_ps(s.smoothing / static_cast<float>(n) * s.scale);
  for (size_t r = first; r < last; r++) {
    const float *const z = logits + r * n;
    float *const g = gradient + r * n;
    __m256 most = lowest;
    bool finite = true;
    vectors(n, [&](size_t c, auto inside) {
      const __m256 each = load(z + c, inside);
      finite = finite && are_finite(each);
      most = _mm256_max_ps(most, within(inside, each, lowest));
    });
    tops[r] = -1;
    if (!finite) {
      losses[r] = __builtin_nanf("");
      for (size_t c = 0; c < n; c++) g[c] = __builtin_nanf("");
      continue;
    }
    const float highest = largest(most);
    const __m256 top = _mm256_set1_ps(highest);
    __m256 sum = _mm256_setzero_ps(), all = sum;
    vectors(n, [&](size_t c, auto inside) {
      const __m256 each = within(inside, load(z + c, inside), lowest);
      const int equal = _mm256_movemask_ps(_mm256_cmp_ps(each, top, _CMP_EQ_OQ));
      if (equal && tops[r] < 0) tops[r] = static_cast<int32_t>(c) + __builtin_ctz(static_cast<unsigned>(equal));
      const __m256 below = within(inside, _mm256_sub_ps(each, top)), share = within(inside, exponential(below));
      store(g + c, inside, share);
      sum = _mm256_add_ps(sum, share);
      all = _mm256_add_ps(all, below);
    });
    const float shares = total(sum);
    const double norm = __builtin_log(static_cast<double>(shares)), own = norm - (static_cast<double>(z[labels[r]]) - highest);
    losses[r] = (1 - static_cast<double>(s.smoothing)) * own + (s.smoothing > 0 ? s.smoothing * (norm - total(all) / static_cast<double>(n)) : 0);
    const __m256 scale = _mm256_set1_ps(s.scale / shares);
    vectors(n, [&](size_t c, auto inside) { store(g + c, inside, _mm256_fmsub_ps(load(g + c, inside), scale, less)); });
    g[labels[r]] -= (1 - s.smoothing) * s.scale;
  }
}
