// What rungs with vectors of 8 floats share, in a nameless namespace: each compiles its own copy.
#pragma once
#include <immintrin.h>
#include <stddef.h>

namespace {

// Which lanes of a vector lie inside an array: all, or the first few. A masked load gives 0 for the others and reads nothing behind the end of an array.
struct All {};
struct First {
  __m256i mask;
  explicit First(size_t count) : mask(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
};

inline __m256 load(const float *at, All) { return _mm256_loadu_ps(at); }
inline __m256 load(const float *at, First inside) { return _mm256_maskload_ps(at, inside.mask); }
inline void store(float *at, All, __m256 v) { _mm256_storeu_ps(at, v); }
inline void store(float *at, First inside, __m256 v) { _mm256_maskstore_ps(at, inside.mask, v); }

// v in the lanes inside, and `other` in those outside.
inline __m256 within(All, __m256 v, __m256) { return v; }
inline __m256 within(First inside, __m256 v, __m256 other) { return _mm256_blendv_ps(other, v, _mm256_castsi256_ps(inside.mask)); }
template <typename Lanes> __m256 within(Lanes inside, __m256 v) { return within(inside, v, _mm256_setzero_ps()); }

// Calls part(place, lanes) for every vector of `length` floats; it is compiled for whole vectors and for the last one.
template <typename Part> inline void vectors(size_t length, const Part &part) {
  size_t at = 0;
  for (; length - at >= 8; at += 8) part(at, All());
  if (at < length) part(at, First(length - at));
}

inline float total(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)), two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

} // namespace
