#include <math.h>

#include "../requantize.h"

// The definition, one number after the other.
void int8_quantize_reference(const float *x, uint8_t *y, Int8QuantizeShape s, size_t first, size_t last) {
  float scale;
  __builtin_memcpy(&scale, &s.scale_bits, sizeof scale);
  for (size_t i = first; i < last; i++) {
    const float quotient = x[i] / scale;
    const double rounded = copysign(floor(fabs(static_cast<double>(quotient)) + 0.5), quotient) + s.output_zero;
    const double clipped = rounded < s.low ? s.low : rounded > s.high ? s.high : rounded;
    y[i] = static_cast<uint8_t>(static_cast<int32_t>(quotient != quotient ? s.output_zero : clipped));
  }
}
