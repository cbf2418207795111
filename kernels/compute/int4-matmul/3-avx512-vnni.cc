#include <immintrin.h>

#include "split-avx512.h"

// 16 columns in a vector, and up to 8 rows at a time for each that is unpacked. With bytes, 64 codes of a load meet four places of x an instruction (vpdpbusd); with float32 a code
// finds its number in a register of 16 (vpermps), which takes no mask and no conversion. A single row of float32 is split into three of bytes, which takes 24 instructions for 512
// weights where float32 takes 92; four panels of columns share what is read of it. Bytes are not asked for ahead: the processor does that better, and each request takes
// a turn of the cache.
namespace {

constexpr size_t most_rows = 8, most_panels = 4;

template <size_t Rows, bool HasZeros> void bytes_rows(const int8_t *b, const float *x_scale, const int32_t *sums_of, const Panel<HasZeros> &panel, float *y, size_t n) {
  const size_t row = panel.octets * 8;
  const uint8_t *codes = panel.codes;
  __m512 all[Rows] = {};
  for (size_t g = 0; g < panel.groups; g++) {
    __m512i sums[Rows];
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) sums[i] = panel.less(sums_of[i * panel.groups + g], g);
    for (size_t q = panel.count(g); q > 0; q--, codes += 64, b += 8) {
      const Halves code(codes);
#pragma GCC unroll 8
      for (size_t i = 0; i < Rows; i++) sums[i] = dot(dot(sums[i], code.lower, four(b + i * row)), code.upper, four(b + i * row + 4));
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) all[i] = _mm512_fmadd_ps(panel.scale(g), _mm512_cvtepi32_ps(sums[i]), all[i]);
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) _mm512_mask_storeu_ps(y + i * n, panel.columns, _mm512_mul_ps(_mm512_set1_ps(x_scale[i]), all[i]));
}

// Calls `call` with as many as are left, at most `Most`, as a type.
template <size_t Most, typename Call> void with_some(size_t left, const Call &call) {
  if constexpr (Most > 1) {
    if (left < Most) return with_some<Most - 1>(left, call);
  }
  call(static_cast<char(*)[Most]>(nullptr));
}

template <bool HasZeros> void floats_in(const float *x, const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i += most_rows)
    with_some<most_rows>(s.m - i, [&](auto rows) {
      for (size_t p = first; p < last; p++) {
        const Panel<HasZeros> panel(w, s, p);
        float_rows<sizeof *rows, HasZeros>(x + i * panel.octets * 8, panel, y + i * s.n + p * 16, s.n);
      }
    });
}

template <bool HasZeros> void split_in(const float *x, const Int4Limbs &of, const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last) {
  for (size_t p = first; p < last; p += most_panels)
    with_some<most_panels>(last - p, [&](auto some) {
      split_row<sizeof *some, HasZeros>(x, of, Panel<HasZeros>(w, s, p), y + p * 16, s.n - p * 16);
    });
}

template <bool HasZeros>
void bytes_in(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i += most_rows)
    with_some<most_rows>(s.m - i, [&](auto rows) {
      for (size_t p = first; p < last; p++) {
        const Panel<HasZeros> panel(w, s, p);
        bytes_rows<sizeof *rows, HasZeros>(b + i * panel.octets * 8, x_scale + i, sums + i * panel.groups, panel, y + i * s.n + p * 16, s.n);
      }
    });
}

void floats(const float *x, const Int4Limbs *of, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  if (of) return (w->zero ? split_in<true> : split_in<false>)(x, *of, *w, y, s, first, last);
  (w->zero ? floats_in<true> : floats_in<false>)(x, *w, y, s, first, last);
}

void bytes(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  (w->zero ? bytes_in<true> : bytes_in<false>)(b, x_scale, sums, *w, y, s, first, last);
}

} // namespace

const Int4Matmul int4_matmul_avx512_vnni = {floats, bytes, split};
