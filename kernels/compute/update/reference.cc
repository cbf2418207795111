#include "../update-rules.h"

// The definition, as the compiler makes it for every processor of this kind.
void update_reference(const UpdateArrays *arrays, UpdateRule rule, const float *numbers, float decay, size_t first, size_t last) {
  update(arrays, rule, numbers, decay, first, last);
}
