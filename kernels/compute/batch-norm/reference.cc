#include "../abi.h"

// The definition, a channel at a time in the order of the rows, its sums in double precision.
namespace {

float clipped(float v, const BatchNormShape &s) {
  if (s.floor && v < s.low) v = s.low;
  return s.ceiling && v > s.high ? s.high : v;
}

bool passes(float v, const BatchNormShape &s) { return (!s.floor || v > s.low) && (!s.ceiling || v < s.high); }

void moments(const float *x, float *mean, float *squares, BatchNormShape s, size_t first, size_t last) {
  for (size_t c = 0; c < s.channels; c++) {
    double sum = 0, square = 0;
    for (size_t r = first; r < last; r++) sum += x[r * s.channels + c];
    mean[c] = static_cast<float>(sum / static_cast<double>(last - first));
    for (size_t r = first; r < last; r++) {
      const double d = x[r * s.channels + c] - mean[c];
      square += d * d;
    }
    squares[c] = static_cast<float>(square);
  }
}

void apply(const float *x, const float *mean, const float *scale, const float *beta, float *y, BatchNormShape s, size_t first, size_t last) {
  for (size_t r = first; r < last; r++)
    for (size_t c = 0; c < s.channels; c++) {
      const size_t i = r * s.channels + c;
      y[i] = clipped((x[i] - mean[c]) * scale[c] + beta[c], s);
    }
}

void grad_sums(const float *dy, const float *x, const float *mean, const float *scale, const float *beta, float *sum, float *product, BatchNormShape s,
               size_t first, size_t last) {
  for (size_t c = 0; c < s.channels; c++) {
    double total = 0, inner = 0;
    for (size_t r = first; r < last; r++) {
      const size_t i = r * s.channels + c;
      const float d = x[i] - mean[c];
      if (!passes(d * scale[c] + beta[c], s)) continue;
      total += dy[i];
      inner += static_cast<double>(dy[i]) * d;
    }
    sum[c] = static_cast<float>(total);
    product[c] = static_cast<float>(inner);
  }
}

void grad_apply(const float *dy, const float *x, const float *mean, const float *scale, const float *beta, const float *slope, const float *offset,
                float *dx, BatchNormShape s, size_t first, size_t last) {
  for (size_t r = first; r < last; r++)
    for (size_t c = 0; c < s.channels; c++) {
      const size_t i = r * s.channels + c;
      const float d = x[i] - mean[c];
      const float g = passes(d * scale[c] + beta[c], s) ? dy[i] : 0;
      dx[i] = g * scale[c] + d * slope[c] + offset[c];
    }
}

} // namespace

const BatchNorm batch_norm_reference = {moments, apply, grad_sums, grad_apply};
