#include <immintrin.h>

#include "../requantize-avx512.h"
#include "../lanes-avx512.h"

// vpdpbusd adds four products of bytes to each of 16 sums, of a number ≥ 0 and a signed one: signed rows of A are moved by 128, which the columns' sums take back. 12 rows
// of 32 columns are 24 sums in registers.
namespace {

constexpr size_t most_rows = 12;

// Bytes from row to row in the scratch: room for the last quad, and no power of two.
size_t stride_of(size_t k) { return (k + 63) / 64 * 64 + 64; }

__m512i dot(__m512i sums, __m512i bytes, __m512i weights) {
  // as assembly, in this order: gcc 12 copies the sums around its own form of this instruction, at half the speed
  asm volatile("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(bytes), "v"(weights));
  return sums;
}

// How the sums of 16 columns begin and become bytes.
struct Columns {
  __m512i start;
  Right16 right;
  Scale16 any;
  bool only_right;
  __mmask16 lanes;

  Columns() = default;
  Columns(const int8_t *packed, size_t quads, const int32_t *channel, const Int8MatmulShape &s, size_t left) {
    const __m512i one = _mm512_set1_epi8(1);
    __m512i weights = _mm512_setzero_si512();
    for (size_t q = 0; q < quads; q++) weights = dot(weights, one, _mm512_loadu_si512(packed + 64 * q));
    lanes = first_lanes(left);
    const __m512i offset = channel ? _mm512_maskz_loadu_epi32(lanes, channel) : _mm512_setzero_si512();
    start = _mm512_sub_epi32(offset, _mm512_mullo_epi32(weights, _mm512_set1_epi32(s.zero + (s.is_signed ? 128 : 0))));
    if (s.is_sums) return;
    const auto row = [&](size_t i) { return _mm512_maskz_loadu_epi32(lanes, channel + i * s.n); };
    only_right = Right16::fits(row(2), row(3), lanes);
    right = Right16(row(1), row(3));
    any = Scale16(row(1), row(2), row(3));
  }
};

template <size_t Rows, typename Scale> void store(const __m512i (&sums)[Rows], const Scale &scale, const Int8MatmulShape &s, __mmask16 lanes, uint8_t *y) {
  const Clip16 clip(s.output_zero, s.low, s.high);
#pragma GCC unroll 12
  for (size_t r = 0; r < Rows; r++) _mm_mask_storeu_epi8(y + r * s.n, lanes, _mm512_cvtepi32_epi8(clip(scale(sums[r]))));
}

template <size_t Rows, size_t Vectors>
void block(const uint8_t *a, size_t stride, const int8_t *packed, size_t quads, const Columns *columns, uint8_t *y, const Int8MatmulShape &s) {
  __m512i sums[Vectors][Rows];
#pragma GCC unroll 2
  for (size_t v = 0; v < Vectors; v++)
#pragma GCC unroll 12
    for (size_t r = 0; r < Rows; r++) sums[v][r] = columns[v].start;
  // one address for four rows: twelve do not fit into the registers
  const uint8_t *a4 = a + 4 * stride, *a8 = a + 8 * stride;
  for (size_t q = 0; q < quads; q++, a += 4, a4 += 4, a8 += 4, packed += 64) {
    __m512i w[Vectors];
#pragma GCC unroll 2
    for (size_t v = 0; v < Vectors; v++) w[v] = _mm512_loadu_si512(packed + v * quads * 64);
#pragma GCC unroll 12
    for (size_t r = 0; r < Rows; r++) {
      int32_t four;
      __builtin_memcpy(&four, (r < 4 ? a : r < 8 ? a4 : a8) + r % 4 * stride, 4);
      const __m512i bytes = _mm512_set1_epi32(four);
#pragma GCC unroll 2
      for (size_t v = 0; v < Vectors; v++) sums[v][r] = dot(sums[v][r], bytes, w[v]);
    }
  }
#pragma GCC unroll 2
  for (size_t v = 0; v < Vectors; v++) {
    const Columns &c = columns[v];
    if (s.is_sums) {
#pragma GCC unroll 12
      for (size_t r = 0; r < Rows; r++) _mm512_mask_storeu_epi32(y + 4 * (r * s.n + 16 * v), c.lanes, sums[v][r]);
    } else if (c.only_right)
      store<Rows>(sums[v], c.right, s, c.lanes, y + 16 * v);
    else
      store<Rows>(sums[v], c.any, s, c.lanes, y + 16 * v);
  }
}

template <size_t Rows, size_t Vectors>
void rest(size_t left, const uint8_t *a, size_t stride, const int8_t *packed, size_t quads, const Columns *columns, uint8_t *y, const Int8MatmulShape &s) {
  if (left >= Rows)
    block<Rows, Vectors>(a, stride, packed, quads, columns, y, s);
  else if constexpr (Rows > 1)
    rest<Rows - 1, Vectors>(left, a, stride, packed, quads, columns, y, s);
}

// Rows of A in the scratch, moved by `flip`; behind a row's end stand bytes of no meaning, which meet weights of 0.
void copy(const uint8_t *a, uint8_t *to, size_t count, size_t k, size_t stride, bool flips) {
  const __m512i flip = _mm512_set1_epi8(flips ? -128 : 0);
  for (size_t r = 0; r < count; r++, a += k, to += stride)
    for (size_t p = 0; p < k; p += 64) {
      const __mmask64 inside = k - p >= 64 ? ~__mmask64(0) : (__mmask64(1) << (k - p)) - 1;
      _mm512_storeu_si512(to + p, _mm512_xor_si512(_mm512_maskz_loadu_epi8(inside, a + p), flip));
    }
}

void run(const uint8_t *a, const int8_t *packed, const int32_t *channel, uint8_t *y, Int8MatmulShape s, size_t first, size_t last, uint8_t *scratch) {
  const size_t k = s.k, n = s.n, quads = (k + 3) / 4, size = s.is_sums ? 4 : 1;
  const size_t stride = stride_of(k), most = int8_matmul_scratch / stride / most_rows * most_rows, taken = most < most_rows ? most_rows : most;
  for (size_t i = first; i < last; i += taken) {
    const size_t count = last - i < taken ? last - i : taken;
    copy(a + i * k, scratch, count, k, stride, s.is_signed);
    for (size_t j = 0; j < n; j += 32) {
      const int8_t *const panel = packed + j * quads * 4;
      const bool two = n - j > 16;
      Columns columns[2];
      for (size_t v = 0; v < (two ? 2 : 1); v++)
        columns[v] = Columns(panel + v * quads * 64, quads, channel ? channel + j + 16 * v : nullptr, s, n - j - 16 * v);
      for (size_t r = 0; r < count; r += most_rows)
        (two ? rest<most_rows, 2> : rest<most_rows, 1>)(count - r, scratch + r * stride, stride, panel, quads, columns, y + size * ((i + r) * n + j), s);
    }
  }
}

// Four rows of B, 16 columns at a time, woven into one another.
void pack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last) {
  const size_t quads = (k + 3) / 4;
  for (size_t block = first; block < last; block++) {
    const __mmask16 inside = first_lanes(n - 16 * block);
    int8_t *to = packed + block * quads * 64;
    for (size_t p = 0; p < k; p += 4, to += 64) {
      __m128i row[4];
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++) row[i] = p + i < k ? _mm_maskz_loadu_epi8(inside, b + (p + i) * n + 16 * block) : _mm_setzero_si128();
      const __m128i x = _mm_unpacklo_epi8(row[0], row[1]), y = _mm_unpacklo_epi8(row[2], row[3]);
      const __m128i z = _mm_unpackhi_epi8(row[0], row[1]), w = _mm_unpackhi_epi8(row[2], row[3]);
      __m128i *const at = reinterpret_cast<__m128i *>(to);
      _mm_storeu_si128(at, _mm_unpacklo_epi16(x, y));
      _mm_storeu_si128(at + 1, _mm_unpackhi_epi16(x, y));
      _mm_storeu_si128(at + 2, _mm_unpacklo_epi16(z, w));
      _mm_storeu_si128(at + 3, _mm_unpackhi_epi16(z, w));
    }
  }
}

} // namespace

const Int8Matmul int8_matmul_avx512_vnni = {pack, run};
