// Sixteen columns of weights, for rungs with vectors of 16 that multiply bytes: each compiles its own copy.
#pragma once
#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

// Panel v counts from this one: those of a matrix lie one after the other.
template <bool HasZeros> struct Panel {
  const uint8_t *codes, *zeros;
  const float *scales;
  size_t octets, groups, size;
  __mmask16 columns;

  Panel(const Int4Weights &w, const Int4Shape &s, size_t panel)
      : octets((s.k + 7) / 8), groups((s.k + s.group - 1) / s.group), size(s.group / 8), columns(first_lanes(s.n - panel * 16)) {
    codes = w.codes + panel * octets * 64;
    zeros = w.zero ? w.zero + panel * groups * 16 : nullptr;
    scales = w.scale + panel * groups * 16;
  }

  size_t count(size_t g) const { return octets - g * size < size ? octets - g * size : size; }
  const uint8_t *codes_at(size_t q, size_t v) const { return codes + (v * octets + q) * 64; }
  __m512 scale(size_t g, size_t v = 0) const { return _mm512_loadu_ps(scales + (v * groups + g) * 16); }
  __m512i zero(size_t g, size_t v = 0) const { return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(zeros + (v * groups + g) * 16))); }
  __m512 float_zero(size_t g, size_t v = 0) const { return HasZeros ? _mm512_cvtepi32_ps(zero(g, v)) : _mm512_setzero_ps(); }

  // What a group begins with whose places of x add up to `sum`: its zero points come off. The sum goes from memory to all lanes: multiplied before, it would go through a register.
  __m512i less(const int32_t &sum, size_t g, size_t v = 0) const {
    const __m512i minus = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_set1_epi32(sum));
    return HasZeros ? _mm512_mullo_epi32(zero(g, v), minus) : _mm512_slli_epi32(minus, 3);
  }
};

__m512i four(const int8_t *from) {
  int32_t word;
  __builtin_memcpy(&word, from, 4);
  return _mm512_set1_epi32(word);
}

__m512i dot(__m512i sums, __m512i codes, __m512i places) {
  // as assembly: gcc 12 copies the sums around its own form of this instruction
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(codes), "v"(places));
  return sums;
}

// Codes of a load: four places of 16 columns each.
struct Halves {
  __m512i lower, upper;

  explicit Halves(const uint8_t *codes) {
    const __m512i low = _mm512_set1_epi8(15);
    __m512i both = _mm512_loadu_si512(codes);
    asm("" : "+v"(both)); // read once: gcc would read it for each half
    lower = _mm512_and_si512(both, low);
    upper = _mm512_and_si512(_mm512_srli_epi16(both, 4), low);
  }
};

} // namespace
