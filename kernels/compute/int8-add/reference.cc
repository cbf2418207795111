#include "../requantize.h"

// The definition, one output after the other.
void int8_add_reference(const uint8_t *a, const uint8_t *b, uint8_t *y, Int8AddShape s, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    const int32_t ahead_a = wrapped(static_cast<int64_t>(byte(a[i], s.is_signed) - s.a_zero) * (int64_t(1) << (s.ahead & 31)));
    const int32_t ahead_b = wrapped(static_cast<int64_t>(byte(b[i], s.is_signed) - s.b_zero) * (int64_t(1) << (s.ahead & 31)));
    const int64_t left = scaled(ahead_a, s.a_multiplier, s.a_left, s.a_right), right = scaled(ahead_b, s.b_multiplier, s.b_left, s.b_right);
    y[i] = stored(scaled(wrapped(left + s.sign * right), s.multiplier, s.left, s.right), s.output_zero, s.low, s.high);
  }
}
