#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

namespace {

struct Grid {
  __m512d scale, zero;
};

struct Rounder {
  __m512d low, high;

  // Clipped as a double, so that infinity ends at an end
  __m512d operator()(__m256 x, Grid grid) const {
    const __m512d quotient = _mm512_div_pd(_mm512_cvtps_pd(x), grid.scale);
    const __m512d rounded = _mm512_add_pd(_mm512_roundscale_pd(quotient, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), grid.zero);
    return _mm512_maskz_max_pd(_mm512_cmp_pd_mask(quotient, quotient, _CMP_ORD_Q), low, _mm512_min_pd(high, rounded));
  }
};

__m256 upper(__m512 x) { return _mm512_extractf32x8_ps(x, 1); }

struct Grids {
  Grid first, second;
};

__m256 real(__m512d q, Grid grid) { return _mm512_cvtpd_ps(_mm512_mul_pd(grid.scale, _mm512_sub_pd(q, grid.zero))); }

void block(__mmask16 lanes, const float *x, const Grids &grids, const Rounder &round, uint8_t *codes, float *reals) {
  const __m512 values = _mm512_maskz_loadu_ps(lanes, x);
  const __m512d first = round(_mm512_castps512_ps256(values), grids.first), second = round(upper(values), grids.second);
  if (codes) {
    const __m512i q = _mm512_inserti32x8(_mm512_castsi256_si512(_mm512_cvtpd_epi32(first)), _mm512_cvtpd_epi32(second), 1);
    _mm_mask_storeu_epi8(codes, lanes, _mm512_cvtepi32_epi8(q));
  }
  if (reals) {
    const __m512 r = _mm512_insertf32x8(_mm512_castps256_ps512(real(first, grids.first)), real(second, grids.second), 1);
    _mm512_mask_storeu_ps(reals, lanes, r);
  }
}

Grids grids_of(__m512 scale, __m512i zero) {
  return {{_mm512_cvtps_pd(_mm512_castps512_ps256(scale)), _mm512_cvtepi32_pd(_mm512_castsi512_si256(zero))},
          {_mm512_cvtps_pd(upper(scale)), _mm512_cvtepi32_pd(_mm512_extracti32x8_epi32(zero, 1))}};
}

} // namespace

// 16 numbers at once, along the channels or, where a channel's numbers are neighbours, along these.
void fake_quantize_avx512(const float *x, const float *scale, const int32_t *zero, uint8_t *codes, float *reals, ChannelShape s, CodeEnds ends) {
  const Rounder round = {_mm512_set1_pd(ends.low), _mm512_set1_pd(ends.high)};
  size_t at = 0;
  const auto write = [&](size_t i, size_t left, const Grids &grids) {
    block(first_lanes(left), x + at + i, grids, round, codes ? codes + at + i : nullptr, reals ? reals + at + i : nullptr);
  };
  for (size_t o = 0; o < s.outer; o++) {
    if (s.inner == 1) {
      for (size_t c = 0; c < s.channels; c += 16) {
        const __mmask16 lanes = first_lanes(s.channels - c);
        write(c, s.channels - c, grids_of(_mm512_maskz_loadu_ps(lanes, scale + c), _mm512_maskz_loadu_epi32(lanes, zero + c)));
      }
      at += s.channels;
      continue;
    }
    for (size_t c = 0; c < s.channels; c++, at += s.inner) {
      const Grids grids = grids_of(_mm512_set1_ps(scale[c]), _mm512_set1_epi32(zero[c]));
      for (size_t i = 0; i < s.inner; i += 16) write(i, s.inner - i, grids);
    }
  }
}
