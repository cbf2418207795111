// What rungs share that take 16 channels at once, or 8, 4 or 1: 16-bit numbers of two places are interleaved, so that pmaddwd adds both products in 32 bits. Interleaving moves channels
// inside the vectors; packing the results to bytes moves them back. Internal linkage, see requantize.h.
#pragma once
#include "../blocks-avx2.h"
#include "../requantize-avx2.h"

namespace {

struct Sums {
  __m256i low, high;
};

// `Count` numbers and zeros behind them.
template <size_t Count, typename Number> __m256i padded(const Number *from) {
  alignas(32) Number all[32 / sizeof(Number)] = {};
  __builtin_memcpy(all, from, Count * sizeof(Number));
  return _mm256_load_si256(reinterpret_cast<const __m256i *>(all));
}

// A row of `channel`, in the order that interleaving gives.
template <size_t Count> Sums parameters(const int32_t *row) {
  const __m256i first = padded<Count < 8 ? Count : 8>(row), second = Count > 8 ? padded<8>(row + Count - 8) : _mm256_setzero_si256();
  return {_mm256_permute2x128_si256(first, second, 0x20), _mm256_permute2x128_si256(first, second, 0x31)};
}

template <size_t Count, bool Signed> __m256i widened(const uint8_t *from) {
  const __m128i bytes = some_bytes<Count>(from);
  return Signed ? _mm256_cvtepi8_epi16(bytes) : _mm256_cvtepu8_epi16(bytes);
}

inline Sums interleave(__m256i a, __m256i b) { return {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)}; }

inline __m256i dot(__m256i sums, __m256i x, __m256i w) { return _mm256_add_epi32(sums, _mm256_madd_epi16(x, w)); }

} // namespace
