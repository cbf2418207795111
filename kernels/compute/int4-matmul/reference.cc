#include "../abi.h"

// The definition: each code is looked up where abi.h says it lies.
namespace {

int code_less_zero(const Int4Weights &w, const Int4Shape &s, size_t p, size_t j) {
  const size_t octets = (s.k + 7) / 8, groups = (s.k + s.group - 1) / s.group;
  const uint8_t both = w.codes[((j / 16 * octets + p / 8) * 16 + j % 16) * 4 + p % 4];
  return (p % 8 < 4 ? both & 15 : both >> 4) - (w.zero ? w.zero[(j / 16 * groups + p / s.group) * 16 + j % 16] : 8);
}

float scale_of(const Int4Weights &w, const Int4Shape &s, size_t g, size_t j) { return w.scale[(j / 16 * ((s.k + s.group - 1) / s.group) + g) * 16 + j % 16]; }

template <typename Sum, typename X> float column(const X *x, const Int4Weights &w, const Int4Shape &s, size_t j) {
  float y = 0;
  for (size_t g = 0; g * s.group < s.k; g++) {
    const size_t end = (g + 1) * s.group < s.k ? (g + 1) * s.group : s.k;
    Sum sum = 0;
    for (size_t p = g * s.group; p < end; p++) sum += x[p] * static_cast<Sum>(code_less_zero(w, s, p, j));
    y += scale_of(w, s, g, j) * static_cast<float>(sum);
  }
  return y;
}

size_t ends(const Int4Shape &s, size_t last) { return 16 * last < s.n ? 16 * last : s.n; }

void floats(const float *x, const Int4Limbs *, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i++)
    for (size_t j = 16 * first; j < ends(s, last); j++) y[i * s.n + j] = column<float>(x + i * ((s.k + 7) / 8 * 8), *w, s, j);
}

void bytes(const int8_t *b, const float *x_scale, const int32_t *, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  for (size_t i = 0; i < s.m; i++)
    for (size_t j = 16 * first; j < ends(s, last); j++) y[i * s.n + j] = x_scale[i] * column<int32_t>(b + i * ((s.k + 7) / 8 * 8), *w, s, j);
}

} // namespace

const Int4Matmul int4_matmul_reference = {floats, bytes, nullptr};
