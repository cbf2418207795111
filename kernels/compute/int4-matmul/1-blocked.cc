#include "../abi.h"

// Codes are read in the order in which they lie, and 16 columns are added up side by side: the innermost loop is one that a compiler makes vectors of.
namespace {

// One group of 16 columns: sums += x · u.
template <typename Sum, typename X> void add_group(const X *x, const uint8_t *codes, size_t octets, Sum (&sums)[16]) {
  for (size_t q = 0; q < octets; q++, x += 8, codes += 64)
    for (size_t i = 0; i < 4; i++) {
      const Sum low = x[i], high = x[4 + i];
      for (size_t c = 0; c < 16; c++) sums[c] += low * static_cast<Sum>(codes[4 * c + i] & 15) + high * static_cast<Sum>(codes[4 * c + i] >> 4);
    }
}

// The same of x · (u − zero), in float32: nothing is subtracted that was not there.
void add_group_less(const float *x, const uint8_t *codes, size_t octets, const float (&zero)[16], float (&sums)[16]) {
  for (size_t q = 0; q < octets; q++, x += 8, codes += 64)
    for (size_t i = 0; i < 4; i++)
      for (size_t c = 0; c < 16; c++) {
        sums[c] += x[i] * (static_cast<float>(codes[4 * c + i] & 15) - zero[c]);
        sums[c] += x[4 + i] * (static_cast<float>(codes[4 * c + i] >> 4) - zero[c]);
      }
}

// Calls `group(first octet, octets, g, codes, zeros, scales)` for each group of a panel.
template <typename Group> void each_group(const Int4Weights &w, const Int4Shape &s, size_t panel, const Group &group) {
  const size_t octets = (s.k + 7) / 8, groups = (s.k + s.group - 1) / s.group, size = s.group / 8;
  for (size_t g = 0; g < groups; g++) {
    const size_t q = g * size, at = (panel * groups + g) * 16;
    group(q, octets - q < size ? octets - q : size, g, w.codes + (panel * octets + q) * 64, w.zero ? w.zero + at : nullptr, w.scale + at);
  }
}

void store(float *y, const float (&sums)[16], const Int4Shape &s, size_t panel, float scale) {
  for (size_t c = 0; c < 16 && 16 * panel + c < s.n; c++) y[16 * panel + c] = scale * sums[c];
}

void floats(const float *x, const Int4Limbs *, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  for (size_t panel = first; panel < last; panel++)
    for (size_t i = 0; i < s.m; i++) {
      float all[16] = {};
      const float *const row = x + i * ((s.k + 7) / 8 * 8);
      each_group(*w, s, panel, [&](size_t q, size_t count, size_t, const uint8_t *codes, const uint8_t *zeros, const float *scale) {
        float sums[16] = {}, zero[16];
        for (size_t c = 0; c < 16; c++) zero[c] = zeros ? zeros[c] : 8;
        add_group_less(row + 8 * q, codes, count, zero, sums);
        for (size_t c = 0; c < 16; c++) all[c] += scale[c] * sums[c];
      });
      store(y + i * s.n, all, s, panel, 1);
    }
}

void bytes(const int8_t *b, const float *x_scale, const int32_t *sums_of, const Int4Weights *w, float *y, Int4Shape s, size_t first, size_t last) {
  const size_t groups = (s.k + s.group - 1) / s.group;
  for (size_t panel = first; panel < last; panel++)
    for (size_t i = 0; i < s.m; i++) {
      float all[16] = {};
      const int8_t *const row = b + i * ((s.k + 7) / 8 * 8);
      each_group(*w, s, panel, [&](size_t q, size_t count, size_t g, const uint8_t *codes, const uint8_t *zeros, const float *scale) {
        int32_t sums[16];
        for (size_t c = 0; c < 16; c++) sums[c] = -(zeros ? zeros[c] : 8) * sums_of[i * groups + g];
        add_group(row + 8 * q, codes, count, sums);
        for (size_t c = 0; c < 16; c++) all[c] += scale[c] * static_cast<float>(sums[c]);
      });
      store(y + i * s.n, all, s, panel, x_scale[i]);
    }
}

} // namespace

const Int4Matmul int4_matmul_blocked = {floats, bytes, nullptr};
