#include <math.h>

#include "../abi.h"

namespace {

void apply(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *inverse, LayerNormShape s, size_t first, size_t last) {
  for (size_t r = first; r < last; r++) {
    const float *const row = x + r * s.channels;
    double sum = 0, squares = 0;
    for (size_t c = 0; c < s.channels; c++) sum += row[c];
    const double middle = sum / static_cast<double>(s.channels);
    for (size_t c = 0; c < s.channels; c++) squares += (row[c] - middle) * (row[c] - middle);
    const double scale = 1 / sqrt(squares / static_cast<double>(s.channels) + s.epsilon);
    for (size_t c = 0; c < s.channels; c++) y[r * s.channels + c] = static_cast<float>((row[c] - middle) * scale * gamma[c] + beta[c]);
    mean[r] = static_cast<float>(middle);
    inverse[r] = static_cast<float>(scale);
  }
}

void grad(const float *dy, const float *x, const float *gamma, const float *mean, const float *inverse, float *dx, float *dgamma, float *dbeta,
          LayerNormShape s, size_t first, size_t last) {
  for (size_t c = 0; c < s.channels; c++) dgamma[c] = dbeta[c] = 0;
  for (size_t r = first; r < last; r++) {
    const size_t row = r * s.channels;
    double sum = 0, product = 0;
    for (size_t c = 0; c < s.channels; c++) {
      const double n = (static_cast<double>(x[row + c]) - mean[r]) * inverse[r], g = static_cast<double>(dy[row + c]) * gamma[c];
      sum += g;
      product += g * n;
      dgamma[c] += static_cast<float>(dy[row + c] * n);
      dbeta[c] += dy[row + c];
    }
    const double count = static_cast<double>(s.channels);
    for (size_t c = 0; c < s.channels; c++) {
      const double n = (static_cast<double>(x[row + c]) - mean[r]) * inverse[r], g = static_cast<double>(dy[row + c]) * gamma[c];
      dx[row + c] = static_cast<float>(inverse[r] * (g - sum / count - n * product / count));
    }
  }
}

} // namespace

const LayerNorm layer_norm_reference = {apply, grad};
