#include <math.h>

#include "../abi.h"

void cross_entropy_reference(const float *logits, const int32_t *labels, double *losses, float *gradient, int32_t *tops, CrossEntropyShape s, size_t first,
                             size_t last) {
  for (size_t r = first; r < last; r++) {
    const float *const z = logits + r * s.classes;
    float *const g = gradient + r * s.classes;
    size_t top = 0;
    bool finite = true;
    for (size_t c = 0; c < s.classes; c++) {
      if (z[c] > z[top]) top = c;
      finite = finite && isfinite(z[c]);
    }
    tops[r] = finite ? static_cast<int32_t>(top) : -1;
    double sum = 0, all = 0;
    for (size_t c = 0; c < s.classes; c++) {
      const double share = exp(static_cast<double>(z[c]) - z[top]);
      sum += share;
      all += static_cast<double>(z[c]) - z[top];
    }
    const double norm = log(sum), own = norm - (static_cast<double>(z[labels[r]]) - z[top]), mean = norm - all / static_cast<double>(s.classes);
    losses[r] = (1 - static_cast<double>(s.smoothing)) * own + s.smoothing * mean;
    const double other = s.smoothing / static_cast<double>(s.classes);
    for (size_t c = 0; c < s.classes; c++) {
      const double q = (static_cast<int32_t>(c) == labels[r] ? 1 - static_cast<double>(s.smoothing) : 0) + other;
      g[c] = static_cast<float>((exp(static_cast<double>(z[c]) - z[top]) / sum - q) * s.scale);
    }
  }
}
