#include <immintrin.h>

#include "../abi.h"
#include "../lanes-avx512.h"

// 16 columns in a vector, and up to 8 rows at a time for each that is unpacked. With bytes, 64 codes of a load meet four places of x an instruction (vpdpbusd); with float32 a code
// finds its number in a register of 16 (vpermps), which takes no mask and no conversion.
namespace {

constexpr size_t most_rows = 8, ahead = 2048; // bytes of codes that are asked for before they are due

struct Panel {
  const uint8_t *codes, *zeros;
  const float *scales;
  size_t octets, groups, size;
  __mmask16 columns;

  Panel(const Int4Weights &w, const Int4Shape &s, size_t panel)
      : octets((s.k + 7) / 8), groups((s.k + s.group - 1) / s.group), size(s.group / 8), columns(first_lanes(s.n - panel * 16)) {
    codes = w.codes + panel * octets * 64;
    zeros = w.zero ? w.zero + panel * groups * 16 : nullptr;
    scales = w.scale + panel * groups * 16;
  }

  size_t count(size_t g) const { return octets - g * size < size ? octets - g * size : size; }
  __m512i zero(size_t g) const { return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(zeros + g * 16))); }
};

__m512i dot(__m512i sums, __m512i codes, const int8_t *four) {
  int32_t word;
  __builtin_memcpy(&word, four, 4);
  // as assembly: gcc 12 copies the sums around its own form of this instruction
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(codes), "v"(_mm512_set1_epi32(word)));
  return sums;
}

template <size_t Rows, bool HasZeros> void bytes_rows(const int8_t *b, const float *x_scale, const int32_t *sums_of, const Panel &panel, float *y, size_t n) {
  // what stands in the upper half of a byte counts 16 times, and is divided when a group is full
  const __m512i low = _mm512_set1_epi8(15), high = _mm512_set1_epi8(-16);
  const size_t row = panel.octets * 8;
  const uint8_t *codes = panel.codes;
  __m512 all[Rows] = {};
  for (size_t g = 0; g < panel.groups; g++) {
    __m512i first[Rows], second[Rows];
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) {
      const __m512i sum = _mm512_set1_epi32(HasZeros ? -sums_of[i * panel.groups + g] : -8 * sums_of[i * panel.groups + g]);
      first[i] = HasZeros ? _mm512_mullo_epi32(panel.zero(g), sum) : sum;
      second[i] = _mm512_setzero_si512();
    }
    for (size_t q = panel.count(g); q > 0; q--, codes += 64, b += 8) {
      __builtin_prefetch(codes + ahead);
      const __m512i both = _mm512_loadu_si512(codes);
      const __m512i lower = _mm512_and_si512(both, low), upper = _mm512_and_si512(both, high);
#pragma GCC unroll 8
      for (size_t i = 0; i < Rows; i++) {
        first[i] = dot(first[i], lower, b + i * row);
        second[i] = dot(second[i], upper, b + i * row + 4);
      }
    }
    const __m512 scale = _mm512_loadu_ps(panel.scales + g * 16);
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) all[i] = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(_mm512_add_epi32(first[i], _mm512_srai_epi32(second[i], 4))), all[i]);
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) _mm512_mask_storeu_ps(y + i * n, panel.columns, _mm512_mul_ps(_mm512_set1_ps(x_scale[i]), all[i]));
}

template <size_t Rows, bool HasZeros> void float_rows(const float *x, const Panel &panel, float *y, size_t n) {
  constexpr size_t chains = Rows == 1 ? 4 : 2;
  const __m512 numbers = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // without zero points the register holds the numbers less 8
  const __m512 table = HasZeros ? numbers : _mm512_sub_ps(numbers, _mm512_set1_ps(8));
  const float *row[Rows];
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) {
    row[i] = x + i * panel.octets * 8;
    // an address a row and one place for all: gcc would keep an address for each place of each row
    asm("" : "+r"(row[i]));
  }
  const uint8_t *codes = panel.codes;
  size_t at = 0;
  __m512 all[Rows] = {};
  for (size_t g = 0; g < panel.groups; g++) {
    const __m512 zero = HasZeros ? _mm512_cvtepi32_ps(panel.zero(g)) : _mm512_setzero_ps();
    __m512 sums[Rows][chains] = {};
    for (const size_t end = at + 8 * panel.count(g); at < end; at += 8, codes += 64) {
      __m512i both = _mm512_loadu_si512(codes);
      asm("" : "+v"(both)); // read once: gcc would read it again for each shift
#pragma GCC unroll 8
      for (unsigned j = 0; j < 8; j++) {
        const __m512 found = _mm512_permutexvar_ps(_mm512_srli_epi32(both, j < 4 ? 8 * j : 8 * j - 28), table);
        const __m512 code = HasZeros ? _mm512_sub_ps(found, zero) : found;
#pragma GCC unroll 8
        for (size_t i = 0; i < Rows; i++) sums[i][j % chains] = _mm512_fmadd_ps(_mm512_set1_ps(row[i][at + j]), code, sums[i][j % chains]);
      }
    }
    const __m512 scale = _mm512_loadu_ps(panel.scales + g * 16);
#pragma GCC unroll 8
    for (size_t i = 0; i < Rows; i++) {
      __m512 sum = _mm512_add_ps(sums[i][0], sums[i][1]);
      if constexpr (chains == 4) sum = _mm512_add_ps(sum, _mm512_add_ps(sums[i][2], sums[i][3]));
      all[i] = _mm512_fmadd_ps(scale, sum, all[i]);
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < Rows; i++) _mm512_mask_storeu_ps(y + i * n, panel.columns, all[i]);
}

// Calls `rows` with as many as are left, at most 8, as a type.
template <size_t Rows = most_rows, typename Call> void with_rows(size_t left, const Call &call) {
  if constexpr (Rows > 1) {
    if (left < Rows) return with_rows<Rows - 1>(left, call);
  }
  call(static_cast<char(*)[Rows]>(nullptr));
}

template <bool HasZeros> void floats_in(const float *x, const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i += most_rows)
    with_rows(s.m - i, [&](auto rows) {
      for (size_t p = first; p < last; p++) {
        const Panel panel(w, s, p);
        float_rows<sizeof *rows, HasZeros>(x + i * panel.octets * 8, panel, y + i * s.n + p * 16, s.n);
      }
    });
}

template <bool HasZeros>
void bytes_in(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights &w, float *y, const Int4Shape &s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i += most_rows)
    with_rows(s.m - i, [&](auto rows) {
      for (size_t p = first; p < last; p++) {
        const Panel panel(w, s, p);
        bytes_rows<sizeof *rows, HasZeros>(b + i * panel.octets * 8, x_scale + i, sums + i * panel.groups, panel, y + i * s.n + p * 16, s.n);
      }
    });
}

void floats(const float *x, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  (w->zero ? floats_in<true> : floats_in<false>)(x, *w, y, s, first, last);
}

void bytes(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  (w->zero ? bytes_in<true> : bytes_in<false>)(b, x_scale, sums, *w, y, s, first, last);
}

} // namespace

const Int4Matmul int4_matmul_avx512_vnni = {floats, bytes};
