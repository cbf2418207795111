// What the rungs of quantization share that take 8 numbers at once: scales and zero points as doubles, bytes of vectors that may be shorter. Internal linkage: each compiles its own copy.
#pragma once
#include "abi.h"
#include "lanes-avx2.h"

namespace {

struct Grid {
  __m256d scale, zero;
};

struct Grids {
  Grid first, second; // of four numbers each

  Grids(__m256 scale, __m256i zero)
      : first{_mm256_cvtps_pd(_mm256_castps256_ps128(scale)), _mm256_cvtepi32_pd(_mm256_castsi256_si128(zero))},
        second{_mm256_cvtps_pd(_mm256_extractf128_ps(scale, 1)), _mm256_cvtepi32_pd(_mm256_extracti128_si256(zero, 1))} {}
};

inline __m128 real(__m256d q, Grid grid) { return _mm256_cvtpd_ps(_mm256_mul_pd(grid.scale, _mm256_sub_pd(q, grid.zero))); }

inline __m256i load(const int32_t *at, All) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at)); }
inline __m256i load(const int32_t *at, First inside) { return _mm256_maskload_epi32(at, inside.mask); }

// Calls part(place, lanes, their grids) for 8 numbers at once, along the channels or, where a channel's numbers are neighbours, along these.
template <typename Part> void each_eight(const float *scale, const int32_t *zero, ChannelShape s, const Part &part) {
  size_t at = 0;
  for (size_t o = 0; o < s.outer; o++) {
    if (s.inner == 1) {
      vectors(s.channels, [&](size_t c, auto inside) { part(at + c, inside, Grids(load(scale + c, inside), load(zero + c, inside))); });
      at += s.channels;
      continue;
    }
    for (size_t c = 0; c < s.channels; c++, at += s.inner) {
      const Grids grids(_mm256_set1_ps(scale[c]), _mm256_set1_epi32(zero[c]));
      vectors(s.inner, [&](size_t i, auto inside) { part(at + i, inside, grids); });
    }
  }
}

inline size_t count_of(All) { return 8; }
inline size_t count_of(First inside) { return static_cast<size_t>(__builtin_popcount(_mm256_movemask_ps(_mm256_castsi256_ps(inside.mask)))); }

} // namespace
