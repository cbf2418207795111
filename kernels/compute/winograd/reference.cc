#include "../abi.h"

// The transformations as products with their matrices, a value at a time.
namespace {

constexpr float Bt[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
constexpr float G[4][3] = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}}, Gt[3][4] = {{1, .5f, .5f, 0}, {0, .5f, -.5f, 0}, {0, .5f, .5f, 1}};
constexpr float At[2][4] = {{1, 1, 1, 0}, {0, 1, -1, -1}}, A[4][2] = {{1, 0}, {1, 1}, {1, -1}, {0, -1}};

// Σ row[k] · value(k), without the terms whose factor is zero.
template <int Columns, typename Value> float sum(const float (&row)[Columns], const Value &value) {
  float total = 0;
  bool begun = false;
  for (int k = 0; k < Columns; k++) {
    if (row[k] == 0) continue;
    total = begun ? total + row[k] * value(k) : row[k] * value(k);
    begun = true;
  }
  return total;
}

// to(i, j, value) for M · from · Mᵀ.
template <int Rows, int Columns, typename From, typename To> void both(const float (&matrix)[Rows][Columns], const From &from, const To &to) {
  float half[Rows][Columns];
  for (int i = 0; i < Rows; i++)
    for (int j = 0; j < Columns; j++) half[i][j] = sum(matrix[i], [&](int k) { return from(k, j); });
  for (int i = 0; i < Rows; i++)
    for (int j = 0; j < Rows; j++) to(i, j, sum(matrix[j], [&](int k) { return half[i][k]; }));
}

// part(the tile's place among those at hand, channel, place in the image of (i, j) of its window or -1)
template <typename Part> void each(const WinogradTiles &s, size_t first, size_t last, const Part &part) {
  for (size_t t = first; t < last; t++) {
    const int64_t tile = static_cast<int64_t>(t), n = tile / (s.down * s.right), r = tile / s.right % s.down, q = tile % s.right;
    for (int64_t c = 0; c < s.channels; c++)
      part(t - first, static_cast<size_t>(c), [&, n, r, q, c](int i, int j) -> int64_t {
        const int64_t a = 2 * r - s.top + i, b = 2 * q - s.left + j;
        return a < 0 || a >= s.height || b < 0 || b >= s.width ? -1 : ((n * s.height + a) * s.width + b) * s.channels + c;
      });
  }
}

template <int Rows, int Columns>
void spread(const float (&matrix)[Rows][Columns], const float *x, float *v, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) {
  each(s, first, last, [&](size_t t, size_t c, const auto &place) {
    both(
        matrix, [&](int i, int j) { return place(i, j) < 0 ? 0 : x[place(i, j)]; },
        [&](int i, int j, float value) { v[static_cast<size_t>(4 * i + j) * plane + t * row + c] = value; });
  });
}

void input(const float *x, float *v, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) { spread(Bt, x, v, s, first, last, row, plane); }
void gradient(const float *dy, float *d, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) { spread(A, dy, d, s, first, last, row, plane); }

void output(const float *m, float *y, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) {
  each(s, first, last, [&](size_t t, size_t c, const auto &place) {
    both(
        At, [&](int i, int j) { return m[static_cast<size_t>(4 * i + j) * plane + t * row + c]; },
        [&](int i, int j, float value) {
          if (place(i, j) >= 0) y[place(i, j)] = value;
        });
  });
}

size_t tap_at(const WinogradFilter &s, int tap, size_t k, size_t n) { return (static_cast<size_t>(tap) * s.channels + k) * s.outputs + n; }
size_t plane_at(const WinogradFilter &s, int p, size_t k, size_t n) { return static_cast<size_t>(p) * s.plane + k * s.row + n; }

void filter(const float *w, float *u, WinogradFilter s, size_t first, size_t last) {
  for (size_t k = first; k < last; k++)
    for (size_t n = 0; n < s.outputs; n++)
      both(
          G, [&](int i, int j) { return w[tap_at(s, 3 * i + j, k, n)]; },
          [&](int i, int j, float value) { u[plane_at(s, 4 * i + j, k, n)] = value; });
}

void turned(const float *w, float *u, WinogradFilter s, size_t first, size_t last) {
  for (size_t k = first; k < last; k++)
    for (size_t n = 0; n < s.outputs; n++)
      both(
          G, [&](int i, int j) { return w[tap_at(s, 8 - 3 * i - j, k, n)]; },
          [&](int i, int j, float value) { u[plane_at(s, 4 * i + j, n, k)] = value; });
}

void to_filter(const float *p, float *dw, WinogradFilter s, size_t first, size_t last) {
  for (size_t k = first; k < last; k++)
    for (size_t n = 0; n < s.outputs; n++)
      both(
          Gt, [&](int i, int j) { return p[plane_at(s, 4 * i + j, k, n)]; },
          [&](int i, int j, float value) { dw[tap_at(s, 3 * i + j, k, n)] = value; });
}

} // namespace

const Winograd winograd_reference = {input, output, gradient, filter, turned, to_filter};
