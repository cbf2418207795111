// What rungs share that take 32 channels at once: 16-bit numbers of two places are interleaved, so that vpdpwssd adds both products to a sum of 32 bits. Interleaving moves channels inside
// the vectors; packing the results to bytes moves them back. Internal linkage, see requantize.h.
#pragma once
#include "../requantize-avx512.h"

namespace {

struct Sums {
  __m512i low, high;
};

// Channels of two halves in the order that interleaving gives them.
inline Sums interleaved(__m512i first, __m512i second) {
  return {_mm512_shuffle_i32x4(first, second, 0x88), _mm512_shuffle_i32x4(first, second, 0xdd)};
}

// A row of `channel`, from some channel on; nothing is read behind its end.
inline Sums parameters(const int32_t *row, __mmask32 lanes, int32_t otherwise = 0) {
  const __mmask16 first = static_cast<__mmask16>(lanes), second = static_cast<__mmask16>(lanes >> 16);
  const __m512i other = _mm512_set1_epi32(otherwise);
  return interleaved(_mm512_mask_loadu_epi32(other, first, row), second ? _mm512_mask_loadu_epi32(other, second, row + 16) : other);
}

template <bool Signed> __m512i widened(const uint8_t *from, __mmask32 lanes) {
  const __m256i bytes = _mm256_maskz_loadu_epi8(lanes, from);
  return Signed ? _mm512_cvtepi8_epi16(bytes) : _mm512_cvtepu8_epi16(bytes);
}

inline Sums interleave(__m512i a, __m512i b) { return {_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)}; }

inline __m512i dot(__m512i sums, __m512i a, __m512i b) {
  asm("vpdpwssd %2, %1, %0" : "+v"(sums) : "v"(a), "v"(b));
  return sums;
}

} // namespace
