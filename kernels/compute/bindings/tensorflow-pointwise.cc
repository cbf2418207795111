// A 1 × 1 convolution is a product of matrices: pixels by channels. As TensorFlow ops, with both gradients.
#include "product.h"

namespace {

struct Attributes {
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) { return new Attributes{threads_attribute(construction)}; }
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// A tensor as a matrix of pixels by channels.
size_t pixels(const View &x) {
  size_t count = 1;
  for (int i = 0; i + 1 < x.axes; i++) count *= static_cast<size_t>(x.shape[i]);
  return count;
}

bool is_filter(const View &w) { return w.axes == 4 && w.shape[0] == 1 && w.shape[1] == 1; }

View like(OpRun &run, const View &x, int64_t channels) {
  View wanted = x;
  if (wanted.axes > 0) wanted.shape[wanted.axes - 1] = channels;
  return run.output(0, wanted);
}

// x [..., k], filter [1, 1, k, n] → y [..., n]
void forward(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View x = run.input(0), filter = run.input(1);
  run.expect(x.axes >= 1 && is_filter(filter) && filter.shape[2] == x.last(), "The filter must be [1, 1, channels of x, outputs].");
  const int64_t outputs = filter.shape[3];
  const View y = like(run, x, outputs);
  if (!run.good) return;
  const size_t k = static_cast<size_t>(x.last()), n = static_cast<size_t>(outputs);
  multiply(run, x.data, filter.data, y.data, {n == 0 ? 0 : static_cast<size_t>(y.size()) / n, k, n, k, 1, n, 1, 0}, static_cast<Attributes *>(given)->threads);
}

// dy [..., n], filter [1, 1, k, n] → dx [..., k]
void to_input(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View dy = run.input(0), filter = run.input(1);
  run.expect(dy.axes >= 1 && is_filter(filter) && filter.shape[3] == dy.last(), "The filter must be [1, 1, channels, channels of dy].");
  const int64_t channels = filter.shape[2];
  const View dx = like(run, dy, channels);
  if (!run.good) return;
  const size_t k = static_cast<size_t>(dy.last()), n = static_cast<size_t>(channels);
  multiply(run, dy.data, filter.data, dx.data, {n == 0 ? 0 : static_cast<size_t>(dx.size()) / n, k, n, k, 1, 1, k, 0}, static_cast<Attributes *>(given)->threads);
}

// x [..., k], dy [..., n] → the filter's gradient [1, 1, k, n]: sums over pixels
void to_filter(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View x = run.input(0), dy = run.input(1);
  run.expect(x.axes >= 1 && dy.axes >= 1 && pixels(x) == pixels(dy), "x and dy must have the same pixels.");
  const int64_t shape[4] = {1, 1, x.last(), dy.last()};
  const View filter = run.output(0, shape, 4);
  if (!run.good) return;
  const MatmulShape sizes = {pixels(x), static_cast<size_t>(x.last()), static_cast<size_t>(dy.last()), 0, 0, 0, 0, 0};
  multiply_transposed(run, x.data, dy.data, filter.data, sizes, static_cast<Attributes *>(given)->threads);
}

const char *const attributes_of[] = {"threads: int", nullptr};
const char *const of_forward[] = {"x: float", "filter: float", nullptr}, *const from_forward[] = {"y: float", nullptr};
const char *const of_input[] = {"dy: float", "filter: float", nullptr}, *const from_input[] = {"dx: float", nullptr};
const char *const of_filter[] = {"x: float", "dy: float", nullptr}, *const from_filter[] = {"dfilter: float", nullptr};

} // namespace

const OpDefinition pointwise_ops[3] = {
    {"TinylabPointwise", of_forward, from_forward, attributes_of, create, forward, destroy},
    {"TinylabPointwiseBackpropInput", of_input, from_input, attributes_of, create, to_input, destroy},
    {"TinylabPointwiseBackpropFilter", of_filter, from_filter, attributes_of, create, to_filter, destroy},
};
