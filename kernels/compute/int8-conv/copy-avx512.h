// Copies of activations into scratch memory, made unsigned. Internal linkage, see requantize.h.
#pragma once
#include <immintrin.h>

#include "../abi.h"

namespace {

// Copies may write up to 63 bytes too many: what lies there is written later, or is the scratch's end. A masked store would keep the bytes behind it, but what
// it wrote could not be read for some time.
inline void copy16(uint8_t *to, const uint8_t *from, size_t length, __m512i flip) {
  const __m128i bytes = _mm_maskz_loadu_epi8((1u << length) - 1, from);
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm_xor_si128(bytes, _mm512_castsi512_si128(flip)));
}

inline void copy32(uint8_t *to, const uint8_t *from, size_t length, __m512i flip) {
  const __m256i bytes = _mm256_maskz_loadu_epi8(~0u >> (32 - length), from);
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), _mm256_xor_si256(bytes, _mm512_castsi512_si256(flip)));
}

inline void copy(uint8_t *to, const uint8_t *from, size_t length, __m512i flip) {
  if (length <= 16) return copy16(to, from, length, flip);
  if (length <= 32) return copy32(to, from, length, flip);
  for (; length > 64; length -= 64, to += 64, from += 64) _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), flip));
  const __m512i bytes = _mm512_maskz_loadu_epi8(_cvtu64_mask64(~0ull >> (64 - length)), from);
  _mm512_storeu_si512(to, _mm512_xor_si512(bytes, flip));
}

inline void fill(uint8_t *to, size_t length, __m512i value) {
  for (size_t i = 0; i < length; i += 64) _mm512_storeu_si512(to + i, value);
}

} // namespace
