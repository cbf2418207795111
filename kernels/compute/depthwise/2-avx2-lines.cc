#include "../lanes-avx2.h"
#include "lines.h"

// Eight or four outputs of a row at once, of 8 channels, where the rung before loads a value of x for each tap that multiplies it. With 16 registers only windows of 5 or 7 columns gain;
// the others are left to that rung.
namespace {

struct Vectors {
  typedef __m256 Vector;
  static constexpr bool narrow = false;
  static const Depthwise &before() { return depthwise_avx2; }
  static __m256 zeros() { return _mm256_setzero_ps(); }
  template <typename Lanes> static __m256 load(const float *at, Lanes inside) { return ::load(at, inside); }
  template <typename Lanes> static void store(float *at, Lanes inside, __m256 v) { ::store(at, inside, v); }
  static __m256 multiplied(__m256 a, __m256 b, __m256 sum) { return _mm256_fmadd_ps(a, b, sum); }
  template <typename Part> static void vectors(size_t length, const Part &part) { ::vectors(length, part); }
};

} // namespace

const Depthwise depthwise_avx2_lines = {InLines<Vectors>::forward, InLines<Vectors>::to_input, InLines<Vectors>::to_filter};
