#include "panels-avx512.h"

// Rounding as the reference does it, 16 numbers at a time; a half of a pair is a float32 with zeros behind it, so that products and sums are fused multiply-adds.
namespace {

struct Fused {
  // in the upper halves; the lower ones are of no meaning
  static __m512i rounded(__m512 x) {
    const __m512i bits = _mm512_castps_si512(x), odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i up = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    return _mm512_mask_or_epi32(up, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), bits, _mm512_set1_epi32(0x400000));
  }

  static __m512i zip(__m512 low, __m512 high) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(rounded(low), 16), rounded(high));
  }

  static __m512i join(__m512 low, __m512 high) {
    const __m256i first = _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded(low), 16)), second = _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded(high), 16));
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
  }

  // one half of the pairs
  template <size_t Rows, size_t Vectors, typename Half> static void half(__m512 (&sums)[Rows][Vectors], const uint32_t *a, size_t row, const uint32_t *b, size_t step, Half of) {
    __m512 columns[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; v++) columns[v] = of(_mm512_loadu_si512(b + v * step));
#pragma GCC unroll 16
    for (size_t i = 0; i < Rows; i++) {
      const __m512 scale = of(_mm512_set1_epi32(static_cast<int>(a[i * row])));
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; v++) sums[i][v] = _mm512_fmadd_ps(scale, columns[v], sums[i][v]);
    }
  }

  template <size_t Rows, size_t Vectors> static void add(__m512 (&sums)[Rows][Vectors], const uint32_t *a, size_t row, const uint32_t *b, size_t step) {
    half(sums, a, row, b, step, [](__m512i pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); });
    half(sums, a, row, b, step, [](__m512i pairs) { return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(-65536))); });
  }
};

} // namespace

const MatmulBf16 matmul_bf16_avx512 = {pack_b<Fused>, multiply_rows<Fused>};
