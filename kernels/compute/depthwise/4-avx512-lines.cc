#include <immintrin.h>

#include "../lanes-avx512.h"
#include "lines.h"

// Eight or four outputs of a row at once, of 16 channels, where the rung before loads a value of x for each tap that multiplies it. The gradient of a filter of 3 columns gains nothing: it is
// left to that rung, as are windows that are wider than 7 columns.
namespace {

struct Vectors {
  typedef __m512 Vector;
  static constexpr bool narrow = true;
  static const Depthwise &before() { return depthwise_avx512; }
  static __m512 zeros() { return _mm512_setzero_ps(); }
  static __m512 load(const float *at, __mmask16 inside) { return _mm512_maskz_loadu_ps(inside, at); }
  static void store(float *at, __mmask16 inside, __m512 v) { _mm512_mask_storeu_ps(at, inside, v); }
  static __m512 multiplied(__m512 a, __m512 b, __m512 sum) { return _mm512_fmadd_ps(a, b, sum); }
  template <typename Part> static void vectors(size_t length, const Part &part) {
    for (size_t c = 0; c < length; c += 16) part(c, first_lanes(length - c));
  }
};

} // namespace

const Depthwise depthwise_avx512_lines = {InLines<Vectors>::forward, InLines<Vectors>::to_input, InLines<Vectors>::to_filter};
