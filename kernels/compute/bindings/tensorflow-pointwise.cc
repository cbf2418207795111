// A 1 × 1 convolution is a product of matrices: pixels by channels. As TensorFlow ops, with both gradients.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

#include <string.h>

namespace {

struct Attributes {
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) { return new Attributes{static_cast<size_t>(int_attribute(construction, "threads"))}; }
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// C = A · B, rows shared among threads.
void multiply(OpRun &run, const float *a, const float *b, float *c, const MatmulShape &shape, size_t threads) {
  Matmul *const kernel = best(matmul_ladder);
  bool failed = false;
  parallel(shape.m, matmul_grain, 2 * shape.k * shape.n, threads, [&](size_t first, size_t last) {
    float *const scratch = floats_of_thread(matmul_scratch);
    if (scratch)
      kernel(a, b, c, shape, first, last, scratch);
    else
      failed = true;
  });
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
}

// A tensor as a matrix of pixels by channels.
size_t pixels(const View &x) { return x.last() == 0 ? 0 : static_cast<size_t>(x.size() / x.last()); }

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

// x [..., k], dy [..., n] → the filter's gradient [1, 1, k, n]: sums over pixels, in pieces that are added up in their order, whatever the number of threads
void to_filter(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View x = run.input(0), dy = run.input(1);
  run.expect(x.axes >= 1 && dy.axes >= 1 && x.last() > 0 && dy.last() > 0 && pixels(x) == pixels(dy), "x and dy must have the same pixels.");
  const int64_t shape[4] = {1, 1, x.last(), dy.last()};
  const View filter = run.output(0, shape, 4);
  if (!run.good) return;
  const size_t k = static_cast<size_t>(x.last()), n = static_cast<size_t>(dy.last()), all = pixels(x);
  const size_t piece = all / 16 < 1024 ? 1024 : (all + 15) / 16, pieces = all == 0 ? 1 : (all + piece - 1) / piece;
  const Floats sums((pieces - 1) * k * n);
  run.expect(sums.data() != nullptr, "There is no memory for the sums of a filter's gradient.");
  if (!run.good) return;
  Matmul *const kernel = best(matmul_ladder);
  bool failed = false;
  parallel(pieces, 1, 2 * piece * k * n, static_cast<Attributes *>(given)->threads, [&](size_t from, size_t to) {
    float *const scratch = floats_of_thread(matmul_scratch);
    for (size_t i = from; i < to && scratch; i++) {
      const size_t first = i * piece, count = all - first < piece ? all - first : piece;
      float *const out = i == 0 ? filter.data : sums.data() + (i - 1) * k * n;
      kernel(x.data + first * k, dy.data + first * n, out, {k, count, n, 1, k, n, 1, 0}, 0, k, scratch);
    }
    if (!scratch) failed = true;
  });
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
  if (!run.good) return;
  for (size_t i = 1; i < pieces; i++)
    for (size_t j = 0; j < k * n; j++) filter.data[j] += sums.data()[(i - 1) * k * n + j];
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
