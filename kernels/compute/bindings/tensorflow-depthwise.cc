// Depthwise convolution as TensorFlow ops, with both gradients.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

namespace {

struct Attributes {
  int64_t stride_down, stride_right, top, left, size[2]; // what the op's own output is large: [height, width]
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) {
  const auto of = [&](const char *name) { return int_attribute(construction, name); };
  return new Attributes{of("stride_down"), of("stride_right"), of("top"), of("left"), {of("height"), of("width")}, threads_attribute(construction)};
}

void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// A place in an image, stride times a place in the output, is then a number of 64 bits.
constexpr int64_t most_step = 1 << 30;

DepthwiseShape shape_of(OpRun &run, const Attributes &attributes, const View &x, const View &filter, const View &y) {
  run.expect(x.axes == 4 && y.axes == 4 && filter.axes == 4, "Images and filter must have four axes.");
  run.expect(filter.shape[3] == 1 && filter.shape[2] == x.shape[3] && y.shape[3] == x.shape[3], "The filter must be [height, width, channels, 1].");
  run.expect(x.shape[0] == y.shape[0], "Both sides must have the same number of images.");
  const auto within = [](int64_t value, int64_t least) { return value >= least && value <= most_step; };
  run.expect(within(attributes.stride_down, 1) && within(attributes.stride_right, 1) && within(attributes.top, 0) && within(attributes.left, 0),
             "Strides must be 1 or more, no border negative, and none above 2^30.");
  if (!run.good) return {};
  return {x.shape[0], x.shape[1], x.shape[2], x.shape[3], filter.shape[0], filter.shape[1], y.shape[1], y.shape[2],
          attributes.stride_down, attributes.stride_right, attributes.top, attributes.left};
}

size_t cost(const DepthwiseShape &s, int64_t width) { return static_cast<size_t>(2 * s.kernel_height * s.kernel_width * width * s.channels); }

// An output of images × the op's size × channels.
View sized(OpRun &run, const Attributes &attributes, const View &like) {
  const int64_t shape[4] = {like.shape[0], attributes.size[0], attributes.size[1], like.axes == 4 ? like.shape[3] : 0};
  run.expect(like.axes == 4 && attributes.size[0] >= 0 && attributes.size[1] >= 0, "Images must be [n, height, width, channels].");
  return run.output(0, shape, 4);
}

// x, filter → y
void forward(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), filter = run.input(1), y = sized(run, attributes, x);
  const DepthwiseShape s = shape_of(run, attributes, x, filter, y);
  if (!run.good) return;
  const Depthwise &kernel = *best(depthwise_ladder);
  parallel(static_cast<size_t>(s.images * s.out_height), 1, cost(s, s.out_width), attributes.threads,
           [&](size_t first, size_t last) { kernel.forward(x.data, filter.data, y.data, s, first, last); });
}

// dy, filter → dx
void to_input(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View dy = run.input(0), filter = run.input(1), dx = sized(run, attributes, dy);
  const DepthwiseShape s = shape_of(run, attributes, dx, filter, dy);
  if (!run.good) return;
  const Depthwise &kernel = *best(depthwise_ladder);
  parallel(static_cast<size_t>(s.images * s.height), 1, cost(s, s.width), attributes.threads,
           [&](size_t first, size_t last) { kernel.to_input(dy.data, filter.data, dx.data, s, first, last); });
}

// x, dy → the filter's gradient [height, width, channels, 1]; the rows in pieces that are added up in their order, whatever the number of threads
void to_filter(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), dy = run.input(1);
  const int64_t shape[4] = {attributes.size[0], attributes.size[1], x.axes == 4 ? x.shape[3] : 0, 1};
  run.expect(x.axes == 4 && shape[0] >= 1 && shape[1] >= 1, "Images must be [n, height, width, channels], and the filter have places.");
  const View filter = run.output(0, shape, 4);
  const DepthwiseShape s = shape_of(run, attributes, x, filter, dy);
  if (!run.good) return;
  const size_t rows = static_cast<size_t>(s.images * s.out_height), taps = static_cast<size_t>(filter.size());
  const size_t piece = (rows + 31) / 32 < 8 ? 8 : (rows + 31) / 32, pieces = rows == 0 ? 1 : (rows + piece - 1) / piece;
  const Floats sums((pieces - 1) * taps);
  run.expect(sums.data() != nullptr, "There is no memory for the sums of a filter's gradient.");
  if (!run.good) return;
  const Depthwise &kernel = *best(depthwise_ladder);
  parallel(pieces, 1, piece * cost(s, s.out_width), attributes.threads, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
      kernel.to_filter(x.data, dy.data, i == 0 ? filter.data : sums.data() + (i - 1) * taps, s, i * piece, rows - i * piece < piece ? rows : (i + 1) * piece);
  });
  for (size_t i = 1; i < pieces; i++)
    for (size_t j = 0; j < taps; j++) filter.data[j] += sums.data()[(i - 1) * taps + j];
}

const char *const attributes_of[] = {"stride_down: int", "stride_right: int", "top: int", "left: int", "height: int", "width: int", "threads: int", nullptr};
const char *const of_forward[] = {"x: float", "filter: float", nullptr}, *const from_forward[] = {"y: float", nullptr};
const char *const of_input[] = {"dy: float", "filter: float", nullptr}, *const from_input[] = {"dx: float", nullptr};
const char *const of_filter[] = {"x: float", "dy: float", nullptr}, *const from_filter[] = {"dfilter: float", nullptr};

} // namespace

const OpDefinition depthwise_ops[3] = {
    {"TinylabDepthwise", of_forward, from_forward, attributes_of, create, forward, destroy},
    {"TinylabDepthwiseBackpropInput", of_input, from_input, attributes_of, create, to_input, destroy},
    {"TinylabDepthwiseBackpropFilter", of_filter, from_filter, attributes_of, create, to_filter, destroy},
};
