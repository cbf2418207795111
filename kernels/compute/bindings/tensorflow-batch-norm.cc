// Batch normalisation with a rectifier behind it, as TensorFlow ops.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

#include <math.h>
#include <initializer_list>

namespace {

struct Attributes {
  float epsilon;
  BatchNormShape clip; // floor, ceiling, low, high
  size_t threads;
};

const BatchNorm &kernels() { return *best(batch_norm_ladder); }

void *create(TF_OpKernelConstruction *construction) {
  auto *const made = new Attributes();
  made->epsilon = float_attribute(construction, "epsilon");
  made->clip.low = float_attribute(construction, "low");
  made->clip.high = float_attribute(construction, "high");
  made->clip.floor = made->clip.low > -INFINITY;
  made->clip.ceiling = made->clip.high < INFINITY;
  made->threads = threads_attribute(construction);
  return made;
}

void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// Rows are summed in blocks that stay in a core's own cache, some for each of several threads, and the blocks in their order: any number of threads gives the same bits.
constexpr size_t most_in_block = 32768, least_in_block = 8192, enough_blocks = 16;

// What the numbers of a row cost beside the operations that others count: memory, mostly.
constexpr size_t cost = 16;

struct Blocks {
  size_t rows, count;
  explicit Blocks(const BatchNormShape &s) {
    const size_t share = s.rows * s.channels / enough_blocks;
    const size_t numbers = share > most_in_block ? most_in_block : share < least_in_block ? least_in_block : share;
    rows = s.channels > 0 && s.channels < numbers ? numbers / s.channels : 1;
    count = (s.rows + rows - 1) / rows;
  }
  size_t first(size_t block) const { return block * rows; }
  size_t last(size_t block, const BatchNormShape &s) const { return first(block) + rows < s.rows ? first(block) + rows : s.rows; }
};

// Two sums a channel from each block.
template <typename Part> void in_blocks(const Blocks &blocks, const BatchNormShape &s, size_t threads, const Part &part) {
  parallel(blocks.count, 1, cost * blocks.rows * s.channels, threads, [&](size_t from, size_t to) {
    for (size_t block = from; block < to; block++) part(block, blocks.first(block), blocks.last(block, s));
  });
}

BatchNormShape shape_of(const Attributes &attributes, const View &x) {
  BatchNormShape s = attributes.clip;
  s.channels = static_cast<size_t>(x.last());
  s.rows = s.channels == 0 ? 0 : static_cast<size_t>(x.size()) / s.channels;
  return s;
}

constexpr size_t doubled = sizeof(double) / sizeof(float);

// √(variance + ε).
double deviation_of(float variance, const Attributes &attributes) { return sqrt(static_cast<double>(variance) + attributes.epsilon); }

void check_channels(OpRun &run, const View &x, std::initializer_list<View> channels) {
  run.expect(x.axes >= 1, "x needs an axis of channels.");
  for (const View &each : channels) run.expect(each.holds(x.last()), "There must be a value for each channel.");
}

// x, gamma, beta → y, mean, variance of this batch, and its unbiased variance
void training(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), gamma = run.input(1), beta = run.input(2);
  check_channels(run, x, {gamma, beta});
  const View y = run.output(0, x), mean = run.output(1, gamma), variance = run.output(2, gamma), unbiased = run.output(3, gamma);
  if (!run.good) return;
  const BatchNormShape s = shape_of(attributes, x);
  const size_t c = s.channels;
  const Blocks blocks(s);
  const Floats memory((2 * blocks.count + 1 + 2 * doubled) * c);
  run.expect(memory.data() != nullptr, "There is no memory for the sums of batch normalisation.");
  if (!run.good || c == 0) return;
  double *const middle = reinterpret_cast<double *>(memory.data()), *const squares = middle + c;
  float *const sums = memory.data() + 2 * doubled * c, *const scale = sums + 2 * blocks.count * c;
  const BatchNorm &kernel = kernels();
  in_blocks(blocks, s, attributes.threads, [&](size_t block, size_t first, size_t last) {
    kernel.moments(x.data, sums + 2 * block * c, sums + (2 * block + 1) * c, s, first, last);
  });
  // Chan, Golub and LeVeque 1979, eq. 2.1: the moments of two sets together
  double count = 0;
  for (size_t i = 0; i < c; i++) middle[i] = squares[i] = 0;
  for (size_t block = 0; block < blocks.count; block++) {
    const double more = static_cast<double>(blocks.last(block, s) - blocks.first(block)), part = more / (count + more);
    const float *const means = sums + 2 * block * c, *const own = means + c;
    for (size_t i = 0; i < c; i++) {
      const double apart = means[i] - middle[i];
      squares[i] += own[i] + apart * apart * (count * part);
      middle[i] += apart * part;
    }
    count += more;
  }
  for (size_t i = 0; i < c; i++) {
    // of no rows there are no moments: 0 / 0
    mean.data[i] = static_cast<float>(count > 0 ? middle[i] : NAN);
    variance.data[i] = static_cast<float>(squares[i] / count);
    unbiased.data[i] = static_cast<float>(squares[i] / (count - 1));
    scale[i] = static_cast<float>(gamma.data[i] / deviation_of(variance.data[i], attributes));
  }
  parallel(s.rows, 1, cost * c, attributes.threads, [&](size_t first, size_t last) { kernel.apply(x.data, mean.data, scale, beta.data, y.data, s, first, last); });
}

// x, gamma, beta, mean, variance → y
void inference(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), gamma = run.input(1), beta = run.input(2), mean = run.input(3), variance = run.input(4);
  check_channels(run, x, {gamma, beta, mean, variance});
  const View y = run.output(0, x);
  if (!run.good) return;
  const BatchNormShape s = shape_of(attributes, x);
  const Floats scale(s.channels);
  run.expect(scale.data() != nullptr, "There is no memory for the scales of batch normalisation.");
  if (!run.good) return;
  for (size_t i = 0; i < s.channels; i++) scale.data()[i] = static_cast<float>(gamma.data[i] / deviation_of(variance.data[i], attributes));
  parallel(s.rows, 1, cost * s.channels, attributes.threads,
           [&](size_t first, size_t last) { kernels().apply(x.data, mean.data, scale.data(), beta.data, y.data, s, first, last); });
}

// dy, x, gamma, beta, mean, variance → dx, dgamma, dbeta
void gradient(OpRun &run, const Attributes &attributes, bool moves) {
  const View dy = run.input(0), x = run.input(1), gamma = run.input(2), beta = run.input(3), mean = run.input(4), variance = run.input(5);
  check_channels(run, x, {gamma, beta, mean, variance});
  run.expect(dy.size() == x.size() && dy.last() == x.last(), "dy must have the shape of x.");
  const View dx = run.output(0, x), dgamma = run.output(1, gamma), dbeta = run.output(2, gamma);
  if (!run.good) return;
  const BatchNormShape s = shape_of(attributes, x);
  const size_t c = s.channels;
  const Blocks blocks(s);
  const Floats memory((2 * blocks.count + 3 + 2 * doubled) * c);
  run.expect(memory.data() != nullptr, "There is no memory for the sums of batch normalisation.");
  if (!run.good || c == 0) return;
  double *const sum = reinterpret_cast<double *>(memory.data()), *const product = sum + c;
  float *const sums = memory.data() + 2 * doubled * c, *const scale = sums + 2 * blocks.count * c, *const slope = scale + c, *const offset = slope + c;
  const BatchNorm &kernel = kernels();
  for (size_t i = 0; i < c; i++) scale[i] = static_cast<float>(gamma.data[i] / deviation_of(variance.data[i], attributes));
  in_blocks(blocks, s, attributes.threads, [&](size_t block, size_t first, size_t last) {
    kernel.grad_sums(dy.data, x.data, mean.data, scale, beta.data, sums + 2 * block * c, sums + (2 * block + 1) * c, s, first, last);
  });
  for (size_t i = 0; i < c; i++) sum[i] = product[i] = 0;
  for (const float *at = sums; at < scale; at += 2 * c)
    for (size_t i = 0; i < c; i++) sum[i] += at[i], product[i] += at[c + i];
  for (size_t i = 0; i < c; i++) {
    const double inverse = 1 / deviation_of(variance.data[i], attributes), n = static_cast<double>(s.rows);
    dbeta.data[i] = static_cast<float>(sum[i]);
    dgamma.data[i] = static_cast<float>(product[i] * inverse);
    slope[i] = moves && n > 0 ? static_cast<float>(-gamma.data[i] * inverse * inverse * inverse * product[i] / n) : 0;
    offset[i] = moves && n > 0 ? static_cast<float>(-gamma.data[i] * inverse * sum[i] / n) : 0;
  }
  parallel(s.rows, 1, cost * c, attributes.threads, [&](size_t first, size_t last) {
    kernel.grad_apply(dy.data, x.data, mean.data, scale, beta.data, slope, offset, dx.data, s, first, last);
  });
}

// the batch's own statistics move with x
void training_gradient(void *attributes, TF_OpKernelContext *context) {
  OpRun run(context);
  gradient(run, *static_cast<Attributes *>(attributes), true);
}

// the statistics are given
void inference_gradient(void *attributes, TF_OpKernelContext *context) {
  OpRun run(context);
  gradient(run, *static_cast<Attributes *>(attributes), false);
}

const char *const attributes_of[] = {"epsilon: float", "low: float", "high: float", "threads: int", nullptr};
const char *const of_training[] = {"x: float", "gamma: float", "beta: float", nullptr};
const char *const from_training[] = {"y: float", "mean: float", "variance: float", "unbiased: float", nullptr};
const char *const of_inference[] = {"x: float", "gamma: float", "beta: float", "mean: float", "variance: float", nullptr};
const char *const from_inference[] = {"y: float", nullptr};
const char *const of_gradient[] = {"dy: float", "x: float", "gamma: float", "beta: float", "mean: float", "variance: float", nullptr};
const char *const from_gradient[] = {"dx: float", "dgamma: float", "dbeta: float", nullptr};

} // namespace

const OpDefinition batch_norm_ops[4] = {
    {"TinylabBatchNorm", of_training, from_training, attributes_of, create, training, destroy},
    {"TinylabBatchNormGrad", of_gradient, from_gradient, attributes_of, create, training_gradient, destroy},
    {"TinylabBatchNormInference", of_inference, from_inference, attributes_of, create, inference, destroy},
    {"TinylabBatchNormInferenceGrad", of_gradient, from_gradient, attributes_of, create, inference_gradient, destroy},
};
