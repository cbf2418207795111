#include <math.h>

#include "../abi.h"

// The definition, one number after the other, into the first table.
void histogram_reference(const float *x, size_t length, uint32_t *tables, HistogramShape s) {
  for (size_t i = 0; i < length; i++) {
    const double value = s.is_absolute ? fabsf(x[i]) : x[i];
    const double place = (value - s.low) * s.per_unit;
    uint32_t bin = s.bins;
    if (place == place) bin = place < 0 ? 0 : place > s.bins - 1 ? s.bins - 1 : static_cast<uint32_t>(place);
    tables[bin]++;
  }
}
