#include "../abi.h"

// The definition, one number after the other.
void dequantize_reference(const uint8_t *codes, const float *scale, const int32_t *zero, float *reals, ChannelShape s, int is_signed) {
  for (size_t o = 0; o < s.outer; o++)
    for (size_t c = 0; c < s.channels; c++)
      for (size_t i = 0; i < s.inner; i++, codes++, reals++) {
        const double q = is_signed ? static_cast<int8_t>(*codes) : *codes;
        *reals = static_cast<float>(static_cast<double>(scale[c]) * (q - zero[c]));
      }
}
