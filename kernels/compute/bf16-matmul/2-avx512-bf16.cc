#include "panels-avx512.h"

// The processor rounds 32 numbers an instruction, and multiplies and adds both halves of a pair in one (vdpbf16ps): twice the work of a fused multiply-add of float32.
// It takes numbers below 2⁻¹²⁶ for 0 and makes none.
namespace {

struct Dots {
  static __m512i join(__m512 low, __m512 high) { return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)); }

  static __m512i zip(__m512 low, __m512 high) {
    alignas(64) static constexpr uint16_t order[32] = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return _mm512_permutexvar_epi16(_mm512_load_si512(order), join(low, high));
  }

  template <size_t Rows, size_t Vectors> static void add(__m512 (&sums)[Rows][Vectors], const uint32_t *a, size_t row, const uint32_t *b, size_t step) {
    __m512i columns[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; v++) columns[v] = _mm512_loadu_si512(b + v * step);
#pragma GCC unroll 16
    for (size_t i = 0; i < Rows; i++) {
      const __m512i pair = _mm512_set1_epi32(static_cast<int>(a[i * row]));
#pragma GCC unroll 3
      // as assembly: gcc 12 copies the sums around its own form of such instructions
      for (size_t v = 0; v < Vectors; v++) asm("vdpbf16ps %2, %1, %0" : "+v"(sums[i][v]) : "v"(columns[v]), "v"(pair));
    }
  }
};

} // namespace

const MatmulBf16 matmul_bf16_avx512_bf16 = {pack_b<Dots>, multiply_rows<Dots>};
