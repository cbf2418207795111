// A dense layer: a product of matrices, a bias and a rectifier in one pass. As TensorFlow ops, with both gradients.
#include "product.h"

#include <math.h>

namespace {

struct Attributes {
  float low, high;
  size_t biases, threads;
};

void *create(TF_OpKernelConstruction *construction) {
  return new Attributes{float_attribute(construction, "low"), float_attribute(construction, "high"), static_cast<size_t>(int_attribute(construction, "N")),
                        threads_attribute(construction)};
}
void *create_gradient(TF_OpKernelConstruction *construction) {
  return new Attributes{0, 0, 0, threads_attribute(construction)};
}
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

size_t rows_of(const View &x) { return x.last() == 0 ? 0 : static_cast<size_t>(x.size() / x.last()); }

// `x` with another number of values on its last axis.
View widened(OpRun &run, const View &x, int64_t last) {
  View wanted = x;
  if (wanted.axes > 0) wanted.shape[wanted.axes - 1] = last;
  return run.output(0, wanted);
}

// rows of y: + bias, and the rectifier. NaN stays.
void finish(float *y, const float *bias, size_t width, const Attributes &clip, size_t first, size_t last) {
  for (size_t r = first; r < last; r++) {
    float *const row = y + r * width;
    if (bias)
      for (size_t c = 0; c < width; c++) row[c] += bias[c];
    if (clip.low > -INFINITY)
      for (size_t c = 0; c < width; c++) row[c] = row[c] < clip.low ? clip.low : row[c];
    if (clip.high < INFINITY)
      for (size_t c = 0; c < width; c++) row[c] = row[c] > clip.high ? clip.high : row[c];
  }
}

// x [..., k], kernel [k, n], bias [n] or none → y [..., n] = clip(x · kernel + bias, low, high)
void forward(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), kernel = run.input(1);
  run.expect(x.axes >= 1 && kernel.axes == 2 && kernel.shape[0] == x.last(), "The kernel must be [features of x, units].");
  run.expect(attributes.biases <= 1, "There is one bias, or none.");
  const View bias = run.good && attributes.biases == 1 ? run.input(2) : View{};
  run.expect(attributes.biases == 0 || bias.holds(kernel.shape[1]), "The bias must have a value for each unit.");
  const View y = widened(run, x, run.good ? kernel.shape[1] : 0);
  if (!run.good) return;
  const size_t k = static_cast<size_t>(x.last()), n = static_cast<size_t>(kernel.shape[1]), m = n == 0 ? 0 : static_cast<size_t>(y.size()) / n;
  multiply_then(run, x.data, kernel.data, y.data, {m, k, n, k, 1, n, 1, 0}, attributes.threads,
                [&](size_t first, size_t last) { finish(y.data, attributes.biases ? bias.data : nullptr, n, attributes, first, last); });
}

// dy [..., n], kernel [k, n] → dx [..., k]
void to_input(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View dy = run.input(0), kernel = run.input(1);
  run.expect(dy.axes >= 1 && kernel.axes == 2 && kernel.shape[1] == dy.last(), "The kernel must be [features, units of dy].");
  const View dx = widened(run, dy, run.good ? kernel.shape[0] : 0);
  if (!run.good) return;
  const size_t n = static_cast<size_t>(dy.last()), k = static_cast<size_t>(kernel.shape[0]), m = k == 0 ? 0 : static_cast<size_t>(dx.size()) / k;
  multiply(run, dy.data, kernel.data, dx.data, {m, n, k, n, 1, 1, n, 0}, static_cast<Attributes *>(given)->threads);
}

// x [..., k], dy [..., n] → dkernel [k, n], dbias [n]
void to_parameters(void *given, TF_OpKernelContext *context) {
  OpRun run(context);
  const View x = run.input(0), dy = run.input(1);
  run.expect(x.axes >= 1 && dy.axes >= 1 && x.last() > 0 && dy.last() > 0 && rows_of(x) == rows_of(dy), "x and dy must have the same rows.");
  const int64_t shape[2] = {x.last(), dy.last()};
  const View kernel = run.output(0, shape, 2), bias = run.output(1, shape + 1, 1);
  if (!run.good) return;
  const size_t rows = rows_of(x), k = static_cast<size_t>(x.last()), n = static_cast<size_t>(dy.last());
  for (size_t c = 0; c < n; c++) bias.data[c] = 0;
  constexpr size_t block = 256; // rows that are summed by themselves
  const Floats sums(n);
  run.expect(sums.data() != nullptr, "There is no memory for the sums of a bias.");
  if (!run.good) return;
  for (size_t from = 0; from < rows; from += block) {
    const size_t to = rows - from < block ? rows : from + block;
    for (size_t c = 0; c < n; c++) sums.data()[c] = 0;
    for (size_t r = from; r < to; r++)
      for (size_t c = 0; c < n; c++) sums.data()[c] += dy.data[r * n + c];
    for (size_t c = 0; c < n; c++) bias.data[c] += sums.data()[c];
  }
  multiply_transposed(run, x.data, dy.data, kernel.data, {rows, k, n, 0, 0, 0, 0, 0}, static_cast<Attributes *>(given)->threads);
}

const char *const forward_attributes[] = {"N: int >= 0", "low: float", "high: float", "threads: int", nullptr}, *const attributes_of[] = {"threads: int", nullptr};
const char *const of_forward[] = {"x: float", "kernel: float", "bias: N * float", nullptr}, *const from_forward[] = {"y: float", nullptr};
const char *const of_input[] = {"dy: float", "kernel: float", nullptr}, *const from_input[] = {"dx: float", nullptr};
const char *const of_parameters[] = {"x: float", "dy: float", nullptr}, *const from_parameters[] = {"dkernel: float", "dbias: float", nullptr};

} // namespace

const OpDefinition dense_ops[3] = {
    {"TinylabDense", of_forward, from_forward, forward_attributes, create, forward, destroy},
    {"TinylabDenseBackpropInput", of_input, from_input, attributes_of, create_gradient, to_input, destroy},
    {"TinylabDenseBackpropParameters", of_parameters, from_parameters, attributes_of, create_gradient, to_parameters, destroy},
};
