// Layer normalisation as TensorFlow ops.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

namespace {

struct Attributes {
  float epsilon;
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) {
  return new Attributes{float_attribute(construction, "epsilon"), threads_attribute(construction)};
}
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// Rows whose share of the sums of γ and β is added up by itself: any number of threads gives the same bits.
constexpr size_t block = 128;

// x [..., c], gamma [c], beta [c] → y [..., c], mean [rows], inverse [rows]
void forward(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), gamma = run.input(1), beta = run.input(2);
  run.expect(x.axes >= 1 && gamma.holds(x.last()) && beta.holds(x.last()), "There must be a value for each channel.");
  const LayerNormShape s = {run.good ? static_cast<size_t>(x.last()) : 0, attributes.epsilon};
  const int64_t rows = s.channels == 0 ? 0 : x.size() / x.last();
  const View y = run.output(0, x), mean = run.output(1, &rows, 1), inverse = run.output(2, &rows, 1);
  if (!run.good) return;
  parallel(static_cast<size_t>(rows), 1, 6 * s.channels, attributes.threads, [&](size_t first, size_t last) {
    best(layer_norm_ladder)->apply(x.data, gamma.data, beta.data, y.data, mean.data, inverse.data, s, first, last);
  });
}

// dy, x, gamma, mean, inverse → dx, dgamma, dbeta
void gradient(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View dy = run.input(0), x = run.input(1), gamma = run.input(2), mean = run.input(3), inverse = run.input(4);
  run.expect(x.axes >= 1 && gamma.holds(x.last()), "There must be a value for each channel.");
  const size_t c = run.good ? static_cast<size_t>(x.last()) : 0;
  const size_t rows = c == 0 ? 0 : static_cast<size_t>(x.size()) / c;
  run.expect(dy.size() == x.size() && dy.last() == x.last(), "dy must have the shape of x.");
  run.expect(mean.holds(static_cast<int64_t>(rows)) && inverse.holds(static_cast<int64_t>(rows)), "There must be a mean and an inverse for each row.");
  const View dx = run.output(0, x), dgamma = run.output(1, gamma), dbeta = run.output(2, gamma);
  if (!run.good) return;
  const size_t blocks = (rows + block - 1) / block;
  const Floats sums(2 * blocks * c);
  run.expect(sums.data() != nullptr, "There is no memory for the sums of layer normalisation.");
  if (!run.good) return;
  const LayerNormShape s = {c, attributes.epsilon};
  parallel(blocks, 1, 10 * block * c, attributes.threads, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
      float *const own = sums.data() + 2 * i * c;
      const size_t first = i * block, last = rows - first < block ? rows : first + block;
      best(layer_norm_ladder)->grad(dy.data, x.data, gamma.data, mean.data, inverse.data, dx.data, own, own + c, s, first, last);
    }
  });
  for (size_t j = 0; j < c; j++) dgamma.data[j] = dbeta.data[j] = 0;
  for (size_t i = 0; i < blocks; i++)
    for (size_t j = 0; j < c; j++) {
      dgamma.data[j] += sums.data()[2 * i * c + j];
      dbeta.data[j] += sums.data()[(2 * i + 1) * c + j];
    }
}

const char *const attributes_of[] = {"epsilon: float", "threads: int", nullptr};
const char *const of_forward[] = {"x: float", "gamma: float", "beta: float", nullptr};
const char *const from_forward[] = {"y: float", "mean: float", "inverse: float", nullptr};
const char *const of_gradient[] = {"dy: float", "x: float", "gamma: float", "mean: float", "inverse: float", nullptr};
const char *const from_gradient[] = {"dx: float", "dgamma: float", "dbeta: float", nullptr};

} // namespace

const OpDefinition layer_norm_ops[2] = {
    {"TinylabLayerNorm", of_forward, from_forward, attributes_of, create, forward, destroy},
    {"TinylabLayerNormGrad", of_gradient, from_gradient, attributes_of, create, gradient, destroy},
};
