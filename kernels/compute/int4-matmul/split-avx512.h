// A row of float32 as whole numbers of three bytes, for rungs with vectors of 16 that multiply bytes: each compiles its own copy.
#pragma once
#include "floats-avx512.h"

namespace {

constexpr size_t limbs = 3, piece_octets = 4, ahead = 1024; // bytes that are asked for before they are due: from memory it matters with several panels side by side

// The unit of a piece with the largest magnitude and their sum: three bytes hold the largest, and 32 bits what 15 times the sum is. 0 if the sum is infinite or NaN.
inline float unit_of(float largest, float sum) {
  constexpr float most = 127 * 65536 + 127 * 256 + 127, most_together = 143000000;
  const float least = largest / most > sum / most_together ? largest / most : sum / most_together;
  uint32_t bits;
  __builtin_memcpy(&bits, &least, 4);
  bits = (bits & 0x7f800000) + 0x00800000; // the next power of two, or −0 where there is none
  float unit;
  __builtin_memcpy(&unit, &bits, 4);
  return unit;
}

// Bytes of 16 whole numbers, two octets or one.
inline void store_octets(int8_t *to, __m512i numbers, bool both) {
  const __m128i bytes = _mm512_cvtepi32_epi8(numbers);
  _mm_storel_epi64(reinterpret_cast<__m128i *>(to), bytes);
  if (both) _mm_storel_epi64(reinterpret_cast<__m128i *>(to + 8 * limbs), _mm_unpackhi_epi64(bytes, bytes));
}

// One piece; `room` is how far off a number may be, of itself.
inline Int4Piece split_piece(const float *x, size_t octets, float room, int8_t *bytes) {
  __m512 v[2], size[2];
  for (size_t i = 0; i < 2; i++) {
    v[i] = _mm512_maskz_loadu_ps(octets > 2 * i ? first_lanes(8 * (octets - 2 * i)) : 0, octets > 2 * i ? x + 16 * i : x);
    size[i] = _mm512_abs_ps(v[i]);
  }
  const float unit = unit_of(_mm512_reduce_max_ps(_mm512_max_ps(size[0], size[1])), _mm512_reduce_add_ps(_mm512_add_ps(size[0], size[1])));
  Int4Piece piece = {unit, 0};
  for (size_t i = 0; unit > 0 && 2 * i < octets; i++) {
    const __m512i whole = _mm512_cvt_roundps_epi32(_mm512_mul_ps(v[i], _mm512_set1_ps(1 / unit)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 off = _mm512_abs_ps(_mm512_fnmadd_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(unit), v[i]));
    if (_mm512_cmp_ps_mask(off, _mm512_mul_ps(size[i], _mm512_set1_ps(room)), _CMP_LE_OQ) != 0xffff) piece.unit = 0;
    // half of a byte's range is added, so that the one below it may be negative
    const bool both = octets > 2 * i + 1;
    int8_t *const to = bytes + 16 * limbs * i;
    store_octets(to, _mm512_srai_epi32(_mm512_add_epi32(whole, _mm512_set1_epi32(0x8080)), 16), both);
    store_octets(to + 8, _mm512_srai_epi32(_mm512_add_epi32(whole, _mm512_set1_epi32(0x80)), 8), both);
    store_octets(to + 16, whole, both);
    piece.sum += _mm512_reduce_add_epi32(whole);
  }
  return piece;
}

inline void split(const float *x, const Int4Limbs *to, Int4Shape s) {
  const size_t octets = (s.k + 7) / 8, size = s.group / 8;
  // of γ(k + groups + 1) what groups, pieces and their conversion leave
  const float room = static_cast<float>(s.k) * (31.0f / 32) * 0x1p-24f;
  for (size_t q = 0, piece = 0, count; q < octets; q += count, piece++) {
    const size_t ends = (q / size + 1) * size < octets ? (q / size + 1) * size : octets;
    count = ends - q < piece_octets ? ends - q : piece_octets;
    to->pieces[piece] = split_piece(x + 8 * q, count, room, to->bytes + 8 * limbs * q);
  }
}

// A piece that stays float32.
template <bool HasZeros> __attribute__((noinline)) __m512 piece_alone(const float *x, const uint8_t *codes, __m512 zero, size_t octets) {
  const float *const row[1] = {x};
  __m512 sums[1];
  add_up<1, HasZeros>(row, 0, 8 * octets, codes, zero, sums);
  return sums[0];
}

// One row of float32 that is split, and some panels side by side; `width` columns are left.
template <size_t Panels, bool HasZeros> void split_row(const float *x, const Int4Limbs &of, const Panel<HasZeros> &panel, float *y, size_t width) {
  __m512 all[Panels] = {};
  const int8_t *b = of.bytes;
  const Int4Piece *piece = of.pieces;
  const uint8_t *codes = panel.codes;
  const size_t next = panel.octets * 64;
  for (size_t g = 0; g < panel.groups; g++)
    for (size_t left = panel.count(g), count; left > 0; left -= count, piece++) {
      count = left < piece_octets ? left : piece_octets;
      if (!(piece->unit > 0)) {
#pragma GCC unroll 4
        for (size_t v = 0; v < Panels; v++) {
          const __m512 sum = piece_alone<HasZeros>(x + (codes - panel.codes) / 8, codes + v * next, panel.float_zero(g, v), count);
          all[v] = _mm512_fmadd_ps(panel.scale(g, v), sum, all[v]);
        }
        codes += 64 * count, b += 8 * limbs * count;
        continue;
      }
      __m512i sums[Panels][limbs] = {};
#pragma GCC unroll 4
      for (size_t v = 0; v < Panels; v++) sums[v][2] = panel.less(piece->sum, g, v);
      for (const uint8_t *const end = codes + 64 * count; codes < end; codes += 64, b += 8 * limbs) {
#pragma GCC unroll 4
        for (size_t v = 0; v < Panels; v++) {
          _mm_prefetch(codes + v * next + ahead, _MM_HINT_T0);
          const Halves code(codes + v * next);
#pragma GCC unroll 3
          for (size_t i = 0; i < limbs; i++) sums[v][i] = dot(dot(sums[v][i], code.lower, four(b + 8 * i)), code.upper, four(b + 8 * i + 4));
        }
      }
#pragma GCC unroll 4
      for (size_t v = 0; v < Panels; v++) {
        const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(sums[v][0], 8), sums[v][1]);
        const __m512 sum = _mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_slli_epi32(upper, 8), sums[v][2]));
        all[v] = _mm512_fmadd_ps(panel.scale(g, v), _mm512_mul_ps(sum, _mm512_set1_ps(piece->unit)), all[v]);
      }
    }
#pragma GCC unroll 4
  for (size_t v = 0; v < Panels; v++) _mm512_mask_storeu_ps(y + 16 * v, first_lanes(width - 16 * v), all[v]);
}

} // namespace
