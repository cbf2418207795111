#include "../abi.h"

// Adding and taking it off rounds a double below 2⁵¹ to a whole number, halves to even.
static const double shift = 6755399441055744.0;

// The definition, one number after the other.
void fake_quantize_reference(const float *x, const float *scale, const int32_t *zero, uint8_t *codes, float *reals, ChannelShape s, CodeEnds ends) {
  size_t at = 0;
  for (size_t o = 0; o < s.outer; o++)
    for (size_t c = 0; c < s.channels; c++)
      for (size_t i = 0; i < s.inner; i++, at++) {
        const double unit = scale[c], z = zero[c];
        const double rounded = static_cast<double>(x[at]) / unit + shift - shift + z;
        const double clipped = rounded < ends.low ? ends.low : rounded > ends.high ? ends.high : rounded;
        const double q = clipped != clipped ? 0 : clipped;
        if (codes) codes[at] = static_cast<uint8_t>(static_cast<int32_t>(q));
        if (reals) reals[at] = static_cast<float>(unit * (q - z));
      }
}
