// Sums of some places and outputs in registers, and how they become bytes. Internal linkage, see requantize.h.
#pragma once
#include "../requantize-avx512.h"
#include "../lanes-avx512.h"

namespace {

// What every place reads from where it begins: `rows` pieces of `quads` times four bytes, `down` bytes apart.
struct Window {
  size_t rows, quads, down;
  size_t stride; // bytes from the weights of 16 outputs to those of the next
};

// How the sums of 16 outputs begin and become bytes: made once for all places.
struct Outputs16 {
  __m512i offset; // moves activations and weights to their zero points
  Right16 right;
  Scale16 any;
  bool only_right;
  __mmask16 lanes;

  Outputs16() = default;
  Outputs16(const int32_t *channel, size_t padded, size_t left, uint8_t flip) {
    // of at most 8 outputs twice, since two places then share a vector
    const auto row = [&](size_t i) {
      const __m512i all = _mm512_loadu_si512(channel + i * padded);
      return left > 8 ? all : _mm512_shuffle_i64x2(all, all, 0x44);
    };
    const __m512i multiplier = row(1), ahead = row(2), back = row(3);
    offset = _mm512_sub_epi32(row(0), _mm512_mullo_epi32(_mm512_set1_epi32(flip), row(5)));
    lanes = first_lanes(left);
    only_right = Right16::fits(ahead, back, lanes);
    right = Right16(multiplier, back);
    any = Scale16(multiplier, ahead, back);
  }
};

struct Target {
  const Outputs16 *outputs;
  uint8_t *y;
  size_t step; // bytes from pixel to pixel
  const Int8ConvShape &s;
};

inline __m512i dot(__m512i sums, __m512i bytes, __m512i weights) {
  // as assembly: gcc 12 copies the sums around its own form of this instruction, at half the speed
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(bytes), "v"(weights));
  return sums;
}

// As bytes of one vector of sums after the other, `Pool` places at a time of which the largest stays: scaling keeps the order.
template <size_t Rows, size_t Pool, typename Scale> inline void store(const __m512i (&sums)[Rows], const Scale &scale, const Target &to, __mmask16 lanes, uint8_t *y) {
  const bool saturates = to.s.low == -128 && to.s.high == 127;
  const Clip16 clip(to.s.output_zero, to.s.low, to.s.high);
#pragma GCC unroll 12
  for (size_t r = 0; r < Rows; r += Pool, y += to.step) {
    __m512i most = sums[r];
#pragma GCC unroll 4
    for (size_t q = 1; q < Pool; q++) most = _mm512_max_epi32(most, sums[r + q]);
    const __m512i value = scale(most);
    const __m128i bytes = saturates ? _mm512_cvtsepi32_epi8(_mm512_add_epi32(value, clip.zero)) : _mm512_cvtepi32_epi8(clip(value));
    if (lanes == 0xffff)
      _mm_storeu_si128(reinterpret_cast<__m128i *>(y), bytes);
    else
      _mm_mask_storeu_epi8(y, lanes, bytes);
  }
}

// At most 8 outputs: two places are one vector.
template <size_t Rows, typename Scale> inline void store_pairs(const __m512i (&sums)[Rows], const Scale &scale, const Target &to, __mmask16 lanes) {
  const Clip16 clip(to.s.output_zero, to.s.low, to.s.high);
  uint8_t *y = to.y;
#pragma GCC unroll 12
  for (size_t r = 0; r < Rows; r += 2, y += 2 * to.step) {
    const bool is_pair = r + 1 < Rows;
    const __m512i both = is_pair ? _mm512_inserti64x4(sums[r], _mm512_castsi512_si256(sums[r + is_pair]), 1) : sums[r];
    const __m128i bytes = _mm512_cvtepi32_epi8(clip(scale(both)));
    if (is_pair && lanes == 0xff && to.step == 8) {
      _mm_storeu_si128(reinterpret_cast<__m128i *>(y), bytes);
      continue;
    }
    _mm_mask_storeu_epi8(y, lanes, bytes);
    if (is_pair) _mm_mask_storeu_epi8(y + to.step, lanes, _mm_srli_si128(bytes, 8));
  }
}

// `Rows` places of `Vectors` times 16 outputs.
template <size_t Rows, size_t Vectors, size_t Pool> void block(const uint8_t *const *places, const Window &k, const int8_t *weight, const Target &to) {
  const uint8_t *at[Rows];
  __m512i sums[Vectors][Rows];
#pragma GCC unroll 12
  for (size_t r = 0; r < Rows; r++) at[r] = places[r];
#pragma GCC unroll 4
  for (size_t v = 0; v < Vectors; v++) {
#pragma GCC unroll 12
    for (size_t r = 0; r < Rows; r++) sums[v][r] = to.outputs[v].offset;
  }
  for (size_t i = 0; i < k.rows; i++) {
    const size_t end = i * k.down + 4 * k.quads;
    for (size_t q = i * k.down; q < end; q += 4, weight += 64) {
      __m512i w[Vectors];
#pragma GCC unroll 4
      for (size_t v = 0; v < Vectors; v++) w[v] = _mm512_loadu_si512(weight + v * k.stride);
#pragma GCC unroll 12
      for (size_t r = 0; r < Rows; r++) {
        int32_t four;
        __builtin_memcpy(&four, at[r] + q, 4);
        const __m512i bytes = _mm512_set1_epi32(four);
#pragma GCC unroll 4
        for (size_t v = 0; v < Vectors; v++) sums[v][r] = dot(sums[v][r], bytes, w[v]);
      }
    }
  }
#pragma GCC unroll 4
  for (size_t v = 0; v < Vectors; v++) {
    const Outputs16 &o = to.outputs[v];
    if constexpr (Vectors == 1 && Pool == 1)
      if (o.only_right && o.lanes <= 0xff) {
        store_pairs<Rows>(sums[v], o.right, to, o.lanes);
        continue;
      }
    if (o.only_right)
      store<Rows, Pool>(sums[v], o.right, to, o.lanes, to.y + 16 * v);
    else
      store<Rows, Pool>(sums[v], o.any, to, o.lanes, to.y + 16 * v);
  }
}

} // namespace
