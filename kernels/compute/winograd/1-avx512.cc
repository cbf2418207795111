#include "../abi.h"
#include "../lanes-avx512.h"

#include <immintrin.h>

// 16 channels at once, all 16 values of a window in registers; a tile whose window lies inside the image has no test for its borders.
namespace {

constexpr size_t lanes = 16;

__m512 plus(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
__m512 minus(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
__m512 opposite(__m512 a) { return _mm512_xor_ps(a, _mm512_set1_ps(-0.f)); }
__m512 halved(__m512 a) { return _mm512_mul_ps(a, _mm512_set1_ps(.5f)); }

// Each matrix times a column.
struct Bt {
  static constexpr int rows = 4, columns = 4;
  static void of(const __m512 *x, __m512 *y) {
    y[0] = minus(x[0], x[2]), y[1] = plus(x[1], x[2]), y[2] = minus(x[2], x[1]), y[3] = minus(x[1], x[3]);
  }
};
struct At {
  static constexpr int rows = 2, columns = 4;
  static void of(const __m512 *x, __m512 *y) { y[0] = plus(plus(x[0], x[1]), x[2]), y[1] = minus(minus(x[1], x[2]), x[3]); }
};
struct A {
  static constexpr int rows = 4, columns = 2;
  static void of(const __m512 *x, __m512 *y) { y[0] = x[0], y[1] = plus(x[0], x[1]), y[2] = minus(x[0], x[1]), y[3] = opposite(x[1]); }
};
struct G {
  static constexpr int rows = 4, columns = 3;
  static void of(const __m512 *x, __m512 *y) {
    const __m512 a = halved(x[0]), b = halved(x[1]), c = halved(x[2]);
    y[0] = x[0], y[1] = plus(plus(a, b), c), y[2] = plus(minus(a, b), c), y[3] = x[2];
  }
};
struct Gt {
  static constexpr int rows = 3, columns = 4;
  static void of(const __m512 *x, __m512 *y) {
    const __m512 b = halved(x[1]), c = halved(x[2]);
    y[0] = plus(plus(x[0], b), c), y[1] = minus(b, c), y[2] = plus(plus(b, c), x[3]);
  }
};

// to(i, j, value) for M · from · Mᵀ.
template <typename Matrix, typename From, typename To> inline void both(const From &from, const To &to) {
  __m512 columns[Matrix::columns][Matrix::rows];
#pragma GCC unroll 4
  for (int j = 0; j < Matrix::columns; j++) {
    __m512 column[Matrix::columns];
#pragma GCC unroll 4
    for (int i = 0; i < Matrix::columns; i++) column[i] = from(i, j);
    Matrix::of(column, columns[j]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < Matrix::rows; i++) {
    __m512 line[Matrix::columns], out[Matrix::rows];
#pragma GCC unroll 4
    for (int j = 0; j < Matrix::columns; j++) line[j] = columns[j][i];
    Matrix::of(line, out);
#pragma GCC unroll 4
    for (int j = 0; j < Matrix::rows; j++) to(i, j, out[j]);
  }
}

// Where a tile's window of Size × Size begins, and whether all of it lies inside the image.
template <int Size> struct Window {
  int64_t begin, down, right;
  bool whole, rows[Size], columns[Size];
  Window(const WinogradTiles &s, size_t tile) {
    const int64_t t = static_cast<int64_t>(tile), n = t / (s.down * s.right);
    const int64_t a = t / s.right % s.down * 2 - s.top, b = t % s.right * 2 - s.left;
    down = s.width * s.channels, right = s.channels, begin = ((n * s.height + a) * s.width + b) * s.channels;
    whole = a >= 0 && a + Size <= s.height && b >= 0 && b + Size <= s.width;
    for (int i = 0; i < Size; i++) rows[i] = a + i >= 0 && a + i < s.height, columns[i] = b + i >= 0 && b + i < s.width;
  }
  int64_t at(int i, int j) const { return begin + i * down + j * right; }
};

template <typename Matrix> void spread(const float *x, float *v, const WinogradTiles &s, size_t first, size_t last, size_t row, size_t plane) {
  const size_t channels = static_cast<size_t>(s.channels);
  for (size_t t = first; t < last; t++, v += row) {
    const Window<Matrix::columns> window(s, t);
    for (size_t c = 0; c < channels; c += lanes) {
      const __mmask16 inside = first_lanes(channels - c);
      const float *const image = x + c;
      float *const out = v + c;
      const auto to = [&](int i, int j, __m512 value) { _mm512_mask_storeu_ps(out + static_cast<size_t>(4 * i + j) * plane, inside, value); };
      if (window.whole)
        both<Matrix>([&](int i, int j) { return _mm512_maskz_loadu_ps(inside, image + window.at(i, j)); }, to);
      else
        both<Matrix>(
            [&](int i, int j) {
              return window.rows[i] && window.columns[j] ? _mm512_maskz_loadu_ps(inside, image + window.at(i, j)) : _mm512_setzero_ps();
            },
            to);
    }
  }
}

void input(const float *x, float *v, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) { spread<Bt>(x, v, s, first, last, row, plane); }
void gradient(const float *dy, float *d, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) { spread<A>(dy, d, s, first, last, row, plane); }

void output(const float *m, float *y, WinogradTiles s, size_t first, size_t last, size_t row, size_t plane) {
  const size_t channels = static_cast<size_t>(s.channels);
  for (size_t t = first; t < last; t++, m += row) {
    const Window<2> window(s, t);
    for (size_t c = 0; c < channels; c += lanes) {
      const __mmask16 inside = first_lanes(channels - c);
      float *const out = y + c;
      both<At>([&](int i, int j) { return _mm512_maskz_loadu_ps(inside, m + c + static_cast<size_t>(4 * i + j) * plane); },
               [&](int i, int j, __m512 value) {
                 if (window.rows[i] && window.columns[j]) _mm512_mask_storeu_ps(out + window.at(i, j), inside, value);
               });
    }
  }
}

void filter(const float *w, float *u, WinogradFilter s, size_t first, size_t last) {
  const size_t tap = s.channels * s.outputs;
  for (size_t k = first; k < last; k++)
    for (size_t n = 0; n < s.outputs; n += lanes) {
      const __mmask16 inside = first_lanes(s.outputs - n);
      const float *const from = w + k * s.outputs + n;
      float *const out = u + k * s.row + n;
      both<G>([&](int i, int j) { return _mm512_maskz_loadu_ps(inside, from + static_cast<size_t>(3 * i + j) * tap); },
              [&](int i, int j, __m512 value) { _mm512_mask_storeu_ps(out + static_cast<size_t>(4 * i + j) * s.plane, inside, value); });
    }
}

// Squares of 16 channels × 16 outputs are turned over in a copy that stays in the first cache.
void turned(const float *w, float *u, WinogradFilter s, size_t first, size_t last) {
  const __m512i down = _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(lanes));
  alignas(64) float square[9][lanes][lanes];
  for (size_t k = first; k < last; k += lanes) {
    const size_t rows = last - k < lanes ? last - k : lanes;
    const __mmask16 inside = first_lanes(rows);
    for (size_t n = 0; n < s.outputs; n += lanes) {
      const size_t columns = s.outputs - n < lanes ? s.outputs - n : lanes;
      for (size_t tap = 0; tap < 9; tap++)
        for (size_t i = 0; i < rows; i++)
          _mm512_store_ps(square[tap][i], _mm512_maskz_loadu_ps(first_lanes(columns), w + (tap * s.channels + k + i) * s.outputs + n));
      for (size_t j = 0; j < columns; j++) {
        float *const out = u + (n + j) * s.row + k;
        both<G>([&](int a, int b) { return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), inside, down, &square[8 - 3 * a - b][0][j], 4); },
                [&](int a, int b, __m512 value) { _mm512_mask_storeu_ps(out + static_cast<size_t>(4 * a + b) * s.plane, inside, value); });
      }
    }
  }
}

void to_filter(const float *p, float *dw, WinogradFilter s, size_t first, size_t last) {
  const size_t tap = s.channels * s.outputs;
  for (size_t k = first; k < last; k++)
    for (size_t n = 0; n < s.outputs; n += lanes) {
      const __mmask16 inside = first_lanes(s.outputs - n);
      const float *const from = p + k * s.row + n;
      float *const out = dw + k * s.outputs + n;
      both<Gt>([&](int i, int j) { return _mm512_maskz_loadu_ps(inside, from + static_cast<size_t>(4 * i + j) * s.plane); },
               [&](int i, int j, __m512 value) { _mm512_mask_storeu_ps(out + static_cast<size_t>(3 * i + j) * tap, inside, value); });
    }
}

} // namespace

const Winograd winograd_avx512 = {input, output, gradient, filter, turned, to_filter};
