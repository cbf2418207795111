#include "../abi.h"
#include "../lanes-avx512.h"
#include "layout.h"

#include <immintrin.h>

// Whole vectors whatever the number of channels: rows are taken several at a time, so that what lies side by side fills vectors exactly, and the channels'
// values are laid out to match. With few channels, more rows at a time give sums that do not wait for each other.
namespace {

// The values of the channels, repeated over the width.
class Repeated {
public:
  Repeated(const float *values, size_t channels, const Layout &layout) : at_(values) {
    if (!layout.repeats) return;
    for (size_t i = 0; i < layout.width; i++) copy_[i] = values[i % channels];
    at_ = copy_;
  }
  __m512 operator()(size_t i, __mmask16 lanes) const { return _mm512_maskz_loadu_ps(lanes, at_ + i); }

private:
  const float *at_;
  float copy_[widest];
};

// Calls part(place in the arrays, place within the width, lanes) for every vector of rows first … last - 1.
template <typename Part> void each(const Layout &layout, size_t channels, size_t first, size_t last, const Part &part) {
  const size_t begin = first * channels, end = last * channels, width = layout.width;
  size_t at = begin;
  if (width % 16 == 0)
    for (; end - at >= width; at += width)
      for (size_t j = 0; j < width; j += 16) part(at + j, j, 0xffff);
  while (at < end) {
    const size_t length = end - at < width ? end - at : width;
    for (size_t j = 0; j < length; j += 16) part(at + j, j, first_lanes(length - j));
    at += length;
  }
}

// Running sums over the width, added up by channel at the end.
class Sums {
public:
  Sums(float *sums, size_t channels, const Layout &layout) : out_(sums), channels_(channels), layout_(layout), at_(layout.repeats ? own_ : sums) {
    for (size_t i = 0; i < layout.width; i++) at_[i] = 0;
  }
  void add(size_t j, __mmask16 lanes, __m512 value) {
    _mm512_mask_storeu_ps(at_ + j, lanes, _mm512_add_ps(_mm512_maskz_loadu_ps(lanes, at_ + j), value));
  }
  void close() {
    if (layout_.repeats) add_up(out_, own_, channels_, layout_.width);
  }

private:
  float *out_;
  size_t channels_;
  const Layout &layout_;
  float own_[widest];
  float *at_;
};

constexpr size_t apart = 128;

void moments(const float *x, float *mean, float *squares, BatchNormShape s, size_t first, size_t last) {
  const Layout layout(s.channels, 16, apart);
  const float n = static_cast<float>(last - first);
  Sums sum(mean, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, __mmask16 lanes) { sum.add(j, lanes, _mm512_maskz_loadu_ps(lanes, x + at)); });
  sum.close();
  for (size_t c = 0; c < s.channels; c++) mean[c] /= n;
  const Repeated middle(mean, s.channels, layout);
  Sums square(squares, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, __mmask16 lanes) {
    const __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), middle(j, lanes));
    square.add(j, lanes, _mm512_mul_ps(d, d));
  });
  square.close();
}

struct Affine {
  Repeated mean, scale, beta;
  __m512 low, high;
  Affine(const float *m, const float *s, const float *b, const BatchNormShape &shape, const Layout &layout)
      : mean(m, shape.channels, layout), scale(s, shape.channels, layout), beta(b, shape.channels, layout), low(_mm512_set1_ps(shape.low)),
        high(_mm512_set1_ps(shape.high)) {}
  __m512 value(__m512 d, size_t j, __mmask16 lanes) const { return _mm512_fmadd_ps(d, scale(j, lanes), beta(j, lanes)); }
};

template <bool Floor, bool Ceiling>
void applied(const float *x, const float *m, const float *sc, const float *b, float *y, const BatchNormShape &s, size_t first, size_t last) {
  const Layout layout(s.channels, 16, 16);
  const Affine affine(m, sc, b, s, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, __mmask16 lanes) {
    __m512 v = affine.value(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), affine.mean(j, lanes)), j, lanes);
    // the second operand comes out where one is NaN
    if (Floor) v = _mm512_max_ps(affine.low, v);
    if (Ceiling) v = _mm512_min_ps(affine.high, v);
    _mm512_mask_storeu_ps(y + at, lanes, v);
  });
}

template <bool Floor, bool Ceiling> __mmask16 passing(__m512 v, const Affine &affine, __mmask16 lanes) {
  if (Floor) lanes = _mm512_mask_cmp_ps_mask(lanes, v, affine.low, _CMP_GT_OQ);
  if (Ceiling) lanes = _mm512_mask_cmp_ps_mask(lanes, v, affine.high, _CMP_LT_OQ);
  return lanes;
}

template <bool Floor, bool Ceiling>
void summed(const float *dy, const float *x, const float *m, const float *sc, const float *b, float *sum, float *product, const BatchNormShape &s,
            size_t first, size_t last) {
  const Layout layout(s.channels, 16, apart);
  const Affine affine(m, sc, b, s, layout);
  Sums total(sum, s.channels, layout), inner(product, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, __mmask16 lanes) {
    const __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), affine.mean(j, lanes));
    const __mmask16 open = Floor || Ceiling ? passing<Floor, Ceiling>(affine.value(d, j, lanes), affine, lanes) : lanes;
    const __m512 g = _mm512_maskz_loadu_ps(open, dy + at);
    total.add(j, lanes, g);
    inner.add(j, lanes, _mm512_maskz_mul_ps(open, g, d));
  });
  total.close();
  inner.close();
}

template <bool Floor, bool Ceiling>
void grad_applied(const float *dy, const float *x, const float *m, const float *sc, const float *b, const float *sl, const float *of, float *dx,
                  const BatchNormShape &s, size_t first, size_t last) {
  const Layout layout(s.channels, 16, 16);
  const Affine affine(m, sc, b, s, layout);
  const Repeated slope(sl, s.channels, layout), offset(of, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, __mmask16 lanes) {
    const __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + at), affine.mean(j, lanes));
    const __mmask16 open = Floor || Ceiling ? passing<Floor, Ceiling>(affine.value(d, j, lanes), affine, lanes) : lanes;
    const __m512 g = _mm512_maskz_loadu_ps(open, dy + at);
    const __m512 rest = _mm512_fmadd_ps(d, slope(j, lanes), offset(j, lanes));
    _mm512_mask_storeu_ps(dx + at, lanes, _mm512_fmadd_ps(g, affine.scale(j, lanes), rest));
  });
}

void apply(const float *x, const float *m, const float *sc, const float *b, float *y, BatchNormShape s, size_t first, size_t last) {
  (s.ceiling ? s.floor ? applied<true, true> : applied<false, true> : s.floor ? applied<true, false> : applied<false, false>)(x, m, sc, b, y, s, first, last);
}

void grad_sums(const float *dy, const float *x, const float *m, const float *sc, const float *b, float *sum, float *product, BatchNormShape s, size_t first,
               size_t last) {
  (s.ceiling ? s.floor ? summed<true, true> : summed<false, true> : s.floor ? summed<true, false> : summed<false, false>)(dy, x, m, sc, b, sum, product, s, first, last);
}

void grad_apply(const float *dy, const float *x, const float *m, const float *sc, const float *b, const float *sl, const float *of, float *dx,
                BatchNormShape s, size_t first, size_t last) {
  (s.ceiling ? s.floor ? grad_applied<true, true> : grad_applied<false, true> : s.floor ? grad_applied<true, false> : grad_applied<false, false>)(dy, x, m, sc, b, sl, of, dx, s, first, last);
}

} // namespace

const BatchNorm batch_norm_avx512 = {moments, apply, grad_sums, grad_apply};
