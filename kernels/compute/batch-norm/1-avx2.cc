#include "../abi.h"
#include "../lanes-avx2.h"
#include "layout.h"

// Whole vectors of 8 whatever the number of channels: rows are taken several at a time, so that what lies side by side fills vectors exactly, and the channels'
// values are laid out to match. With few channels, more rows at a time give sums that do not wait for each other.
namespace {

constexpr size_t lanes = 8, apart = 128;

// The values of the channels, repeated over the width.
class Repeated {
public:
  Repeated(const float *values, size_t channels, const Layout &layout) : at_(values) {
    if (!layout.repeats) return;
    for (size_t i = 0; i < layout.width; i++) copy_[i] = values[i % channels];
    at_ = copy_;
  }
  template <typename Lanes> __m256 operator()(size_t i, Lanes inside) const { return load(at_ + i, inside); }

private:
  const float *at_;
  float copy_[widest];
};

// Calls part(place in the arrays, place within the width, lanes) for every vector of rows first … last - 1.
template <typename Part> void each(const Layout &layout, size_t channels, size_t first, size_t last, const Part &part) {
  const size_t end = last * channels;
  for (size_t at = first * channels; at < end; at += layout.width)
    vectors(end - at < layout.width ? end - at : layout.width, [&](size_t j, auto inside) { part(at + j, j, inside); });
}

// Running sums over the width, added up by channel at the end.
class Sums {
public:
  Sums(float *sums, size_t channels, const Layout &layout) : out_(sums), channels_(channels), layout_(layout), at_(layout.repeats ? own_ : sums) {
    for (size_t i = 0; i < layout.width; i++) at_[i] = 0;
  }
  template <typename Lanes> void add(size_t j, Lanes inside, __m256 value) { store(at_ + j, inside, _mm256_add_ps(load(at_ + j, inside), value)); }
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

void moments(const float *x, float *mean, float *squares, BatchNormShape s, size_t first, size_t last) {
  const Layout layout(s.channels, lanes, apart);
  const float n = static_cast<float>(last - first);
  Sums sum(mean, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, auto inside) { sum.add(j, inside, load(x + at, inside)); });
  sum.close();
  for (size_t c = 0; c < s.channels; c++) mean[c] /= n;
  const Repeated middle(mean, s.channels, layout);
  Sums square(squares, s.channels, layout);
  each(layout, s.channels, first, last, [&](size_t at, size_t j, auto inside) {
    const __m256 d = _mm256_sub_ps(load(x + at, inside), middle(j, inside));
    square.add(j, inside, _mm256_mul_ps(d, d));
  });
  square.close();
}

struct Affine {
  Repeated mean, scale, beta;
  __m256 low, high;
  Affine(const float *m, const float *s, const float *b, const BatchNormShape &shape, const Layout &layout)
      : mean(m, shape.channels, layout), scale(s, shape.channels, layout), beta(b, shape.channels, layout), low(_mm256_set1_ps(shape.low)),
        high(_mm256_set1_ps(shape.high)) {}
  template <typename Lanes> __m256 value(__m256 d, size_t j, Lanes inside) const { return _mm256_fmadd_ps(d, scale(j, inside), beta(j, inside)); }
};

template <bool Floor, bool Ceiling> struct Clipped {
  static void apply(const float *x, const float *m, const float *sc, const float *b, float *y, const BatchNormShape &s, size_t first, size_t last) {
    const Layout layout(s.channels, lanes, lanes);
    const Affine affine(m, sc, b, s, layout);
    each(layout, s.channels, first, last, [&](size_t at, size_t j, auto inside) {
      __m256 v = affine.value(_mm256_sub_ps(load(x + at, inside), affine.mean(j, inside)), j, inside);
      // the second operand comes out where one is NaN
      if (Floor) v = _mm256_max_ps(affine.low, v);
      if (Ceiling) v = _mm256_min_ps(affine.high, v);
      store(y + at, inside, v);
    });
  }

  // `value` where the clip lets v through, and 0 elsewhere.
  static __m256 passed(__m256 value, __m256 v, const Affine &affine) {
    if (Floor) value = _mm256_and_ps(value, _mm256_cmp_ps(v, affine.low, _CMP_GT_OQ));
    if (Ceiling) value = _mm256_and_ps(value, _mm256_cmp_ps(v, affine.high, _CMP_LT_OQ));
    return value;
  }

  static void sums(const float *dy, const float *x, const float *m, const float *sc, const float *b, float *sum, float *product, const BatchNormShape &s,
                   size_t first, size_t last) {
    const Layout layout(s.channels, lanes, apart);
    const Affine affine(m, sc, b, s, layout);
    Sums total(sum, s.channels, layout), inner(product, s.channels, layout);
    each(layout, s.channels, first, last, [&](size_t at, size_t j, auto inside) {
      const __m256 d = _mm256_sub_ps(load(x + at, inside), affine.mean(j, inside)), v = affine.value(d, j, inside), g = load(dy + at, inside);
      total.add(j, inside, passed(g, v, affine));
      inner.add(j, inside, passed(_mm256_mul_ps(g, d), v, affine));
    });
    total.close();
    inner.close();
  }

  static void gradient(const float *dy, const float *x, const float *m, const float *sc, const float *b, const float *sl, const float *of, float *dx,
                       const BatchNormShape &s, size_t first, size_t last) {
    const Layout layout(s.channels, lanes, lanes);
    const Affine affine(m, sc, b, s, layout);
    const Repeated slope(sl, s.channels, layout), offset(of, s.channels, layout);
    each(layout, s.channels, first, last, [&](size_t at, size_t j, auto inside) {
      const __m256 d = _mm256_sub_ps(load(x + at, inside), affine.mean(j, inside));
      const __m256 g = passed(load(dy + at, inside), affine.value(d, j, inside), affine);
      store(dx + at, inside, _mm256_fmadd_ps(g, affine.scale(j, inside), _mm256_fmadd_ps(d, slope(j, inside), offset(j, inside))));
    });
  }
};

// Calls run with the clip that the shape has.
template <typename Run> void clipped(const BatchNormShape &s, const Run &run) {
  if (s.floor && s.ceiling) return run(Clipped<true, true>());
  if (s.floor) return run(Clipped<true, false>());
  if (s.ceiling) return run(Clipped<false, true>());
  run(Clipped<false, false>());
}

void apply(const float *x, const float *m, const float *sc, const float *b, float *y, BatchNormShape s, size_t first, size_t last) {
  clipped(s, [&](auto of) { of.apply(x, m, sc, b, y, s, first, last); });
}

void grad_sums(const float *dy, const float *x, const float *m, const float *sc, const float *b, float *sum, float *product, BatchNormShape s, size_t first,
               size_t last) {
  clipped(s, [&](auto of) { of.sums(dy, x, m, sc, b, sum, product, s, first, last); });
}

void grad_apply(const float *dy, const float *x, const float *m, const float *sc, const float *b, const float *sl, const float *of, float *dx,
                BatchNormShape s, size_t first, size_t last) {
  clipped(s, [&](auto clip) { clip.gradient(dy, x, m, sc, b, sl, of, dx, s, first, last); });
}

} // namespace

const BatchNorm batch_norm_avx2 = {moments, apply, grad_sums, grad_apply};
