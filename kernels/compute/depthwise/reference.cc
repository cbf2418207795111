#include "../abi.h"

// The definitions, a value at a time.
namespace {

// Calls part(place in x, place in y, tap) for every tap of a row of y that lies inside the image.
template <typename Part> void taps(const DepthwiseShape &s, size_t row, const Part &part) {
  const int64_t n = static_cast<int64_t>(row) / s.out_height, r = static_cast<int64_t>(row) % s.out_height;
  for (int64_t q = 0; q < s.out_width; q++)
    for (int64_t i = 0; i < s.kernel_height; i++)
      for (int64_t j = 0; j < s.kernel_width; j++) {
        const int64_t a = r * s.stride_down + i - s.top, b = q * s.stride_right + j - s.left;
        if (a < 0 || a >= s.height || b < 0 || b >= s.width) continue;
        part(((n * s.height + a) * s.width + b) * s.channels, (static_cast<int64_t>(row) * s.out_width + q) * s.channels, (i * s.kernel_width + j) * s.channels);
      }
}

void forward(const float *x, const float *w, float *y, DepthwiseShape s, size_t first, size_t last) {
  for (size_t row = first; row < last; row++) {
    const int64_t width = s.out_width * s.channels;
    for (int64_t i = 0; i < width; i++) y[static_cast<int64_t>(row) * width + i] = 0;
    taps(s, row, [&](int64_t at_x, int64_t at_y, int64_t tap) {
      for (int64_t c = 0; c < s.channels; c++) y[at_y + c] += x[at_x + c] * w[tap + c];
    });
  }
}

// A row of dx gathers from the rows of y whose windows reach it.
void to_input(const float *dy, const float *w, float *dx, DepthwiseShape s, size_t first, size_t last) {
  const int64_t width = s.width * s.channels;
  for (size_t row = first; row < last; row++) {
    const int64_t n = static_cast<int64_t>(row) / s.height, begin = static_cast<int64_t>(row) * width;
    for (int64_t i = 0; i < width; i++) dx[begin + i] = 0;
    for (int64_t r = 0; r < s.out_height; r++)
      taps(s, static_cast<size_t>(n * s.out_height + r), [&](int64_t at_x, int64_t at_y, int64_t tap) {
        if (at_x < begin || at_x >= begin + width) return;
        for (int64_t c = 0; c < s.channels; c++) dx[at_x + c] += dy[at_y + c] * w[tap + c];
      });
  }
}

void to_filter(const float *x, const float *dy, float *dw, DepthwiseShape s, size_t first, size_t last) {
  for (int64_t i = 0; i < s.kernel_height * s.kernel_width * s.channels; i++) dw[i] = 0;
  for (size_t row = first; row < last; row++)
    taps(s, row, [&](int64_t at_x, int64_t at_y, int64_t tap) {
      for (int64_t c = 0; c < s.channels; c++) dw[tap + c] += x[at_x + c] * dy[at_y + c];
    });
}

} // namespace

const Depthwise depthwise_reference = {forward, to_input, to_filter};
