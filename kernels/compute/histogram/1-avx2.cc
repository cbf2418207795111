#include "../abi.h"
#include "../lanes-avx2.h"

namespace {

struct Places {
  __m256d low, per_unit, last;
  __m128i none;

  // cut towards zero, which is ⌊ ⌋ from 0 on
  __m128i operator()(__m128 values) const {
    const __m256d place = _mm256_mul_pd(_mm256_sub_pd(_mm256_cvtps_pd(values), low), per_unit);
    const __m256d numbers = _mm256_cmp_pd(place, place, _CMP_ORD_Q);
    const __m128i found = _mm256_cvttpd_epi32(_mm256_max_pd(_mm256_setzero_pd(), _mm256_min_pd(last, place)));
    // the lower half of each mask of 64 bits
    const __m256i halves = _mm256_permutevar8x32_epi32(_mm256_castpd_si256(numbers), _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    return _mm_blendv_epi8(none, found, _mm256_castsi256_si128(halves));
  }
};

struct Tables {
  uint32_t *a, *b, *c, *d;

  // through registers, since what was just written as a vector is slow to be read in pieces
  void count(__m128i places) const {
    const uint64_t first = static_cast<uint64_t>(_mm_cvtsi128_si64(places)), second = static_cast<uint64_t>(_mm_extract_epi64(places, 1));
    a[static_cast<uint32_t>(first)]++;
    b[first >> 32]++;
    c[static_cast<uint32_t>(second)]++;
    d[second >> 32]++;
  }
};

} // namespace

// The places of 8 numbers at once. Neighbours are counted in tables of their own: where they fall into one bin, its count would have to be written
// before it is read again. What a last vector has too many is NaN, and belongs to no bin.
void histogram_avx2(const float *x, size_t length, uint32_t *tables, HistogramShape s) {
  const Places places = {_mm256_set1_pd(s.low), _mm256_set1_pd(s.per_unit), _mm256_set1_pd(static_cast<double>(s.bins) - 1),
                         _mm_set1_epi32(static_cast<int>(s.bins))};
  const size_t stride = static_cast<size_t>(s.bins) + 1;
  const Tables four = {tables, tables + stride, tables + 2 * stride, tables + 3 * stride};
  const __m256 kept = _mm256_castsi256_ps(_mm256_set1_epi32(s.is_absolute ? 0x7fffffff : -1)), none = _mm256_set1_ps(__builtin_nanf(""));
  vectors(length, [&](size_t i, auto inside) {
    const __m256 values = _mm256_and_ps(kept, within(inside, load(x + i, inside), none));
    four.count(places(_mm256_castps256_ps128(values)));
    four.count(places(_mm256_extractf128_ps(values, 1)));
  });
}
