// 3 × 3 convolutions with stride 1 as TensorFlow ops, with both gradients, by Winograd's minimal filtering: see abi.h. With `bf16`, what has been transformed is
// rounded to bfloat16 where it is multiplied; all else is float32.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

namespace {

struct Attributes {
  int64_t top, left, size[2]; // rows and columns of zeros before x; what the op's own output is large: [height, width]
  size_t threads;
  bool bf16;
};

void *create(TF_OpKernelConstruction *construction) {
  const auto of = [&](const char *name) { return int_attribute(construction, name); };
  return new Attributes{of("top"), of("left"), {of("height"), of("width")}, threads_attribute(construction), of("bf16") != 0};
}

void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

constexpr size_t planes = 16, line = 16; // of a window; floats of a line of the cache

template <typename Size> Size half(Size size) { return (size + 1) / 2; }
size_t least(size_t a, size_t b) { return a < b ? a : b; }
size_t parts(size_t whole, size_t part) { return (whole + part - 1) / part; }
size_t unsign(int64_t size) { return static_cast<size_t>(size); }

// Rows of a transformed window begin on a line, and not at the same place of every set of the cache.
size_t row_of(size_t channels) { return parts(channels, line) * line + line; }

// The tiles of y as windows of x, and as places of y itself.
struct Sides {
  WinogradTiles x, y;
  size_t tiles;
};

bool known(OpRun &run, const Attributes &a, const View &x, const View &y, int64_t channels, int64_t outputs) {
  run.expect(x.axes == 4 && y.axes == 4 && x.shape[3] == channels && y.shape[3] == outputs, "The filter must be [3, 3, channels of x, channels of y].");
  run.expect(run.good && x.shape[0] == y.shape[0], "Both sides must have the same number of images.");
  run.expect(a.top >= 0 && a.left >= 0, "No border may be negative.");
  return run.good;
}

Sides sides_of(const View &x, const View &y, int64_t top, int64_t left) {
  const int64_t down = half(y.shape[1]), right = half(y.shape[2]);
  return {{x.shape[0], x.shape[1], x.shape[2], x.shape[3], down, right, top, left},
          {y.shape[0], y.shape[1], y.shape[2], y.shape[3], down, right, 0, 0},
          unsign(y.shape[0] * down * right)};
}

View filter_of(OpRun &run, int index) {
  const View filter = run.input(index);
  run.expect(filter.axes == 4 && filter.shape[0] == 3 && filter.shape[1] == 3, "The filter must be [3, 3, channels of x, channels of y].");
  return filter;
}

View sized(OpRun &run, const Attributes &attributes, const View &like, int64_t channels) {
  run.expect(like.axes == 4 && attributes.size[0] >= 0 && attributes.size[1] >= 0, "Images must be [n, height, width, channels].");
  const int64_t shape[4] = {like.shape[0], attributes.size[0], attributes.size[1], channels};
  return run.output(0, shape, 4);
}

// Tiles that a thread takes through all parts, and that a sum over tiles takes at a time: as many as a panel of the other matrix pays for.
constexpr size_t tiles_of_thread = 96, tiles_of_sum = 256;
constexpr size_t large_filter = 1 << 17, tiles_of_large = 512;

// Memory that stays between calls: a network's next layer, or its next step, finds its pages there.
float *kept(OpRun &run, size_t count) {
  float *const memory = floats_of_thread<1>(count);
  run.expect(memory != nullptr, "There is no memory for the tiles of a convolution.");
  return memory;
}

// What one thread needs for `tiles`: products, a panel, the windows of x and their results.
struct Places {
  size_t row, in, out; // of a window's channels; planes
  Places(const Sides &s, size_t tiles)
      : row(row_of(unsign(s.x.channels))), in(tiles * row + line), out(parts(tiles * unsign(s.y.channels), line) * line + line) {}
  size_t size() const { return planes * (in + out); }
};

// A transformed filter, as 16 matrices: of float32, or packed in bfloat16.
struct Planes {
  const float *data;
  size_t row, plane;
  uint16_t *packed;
  size_t packed_plane;
};

// Floats that a packed matrix [k, n] of bfloat16 takes.
size_t packed_size(size_t k, size_t n) { return parts(n, line) * line * half(k); }

// Rows of a window's plane with the filter's.
void multiply(const Planes &u, size_t p, const float *v, float *m, const MatmulShape &shape, float *scratch) {
  if (u.packed)
    best(matmul_bf16_ladder)->multiply(v, u.packed + p * u.packed_plane, m, shape, 0, shape.m);
  else
    best(matmul_ladder)(v, u.data + p * u.plane, m, shape, 0, shape.m, scratch);
}

// Each thread takes some tiles through all three parts, so that what lies between stays in its cache.
void by_tiles(OpRun &run, const float *x, const Planes &u, float *y, const Sides &s, size_t threads) {
  const Winograd &winograd = *best(winograd_ladder);
  const size_t k = unsign(s.x.channels), n = unsign(s.y.channels), whole = parts(s.tiles, tiles_of_thread);
  const size_t pieces = s.tiles < 32 * threads ? whole : parts(whole, threads) * threads, piece = pieces == 0 ? 0 : parts(s.tiles, pieces);
  const Places places(s, piece);
  bool failed = false;
  parallel(pieces, 1, 2 * planes * piece * k * n, threads, [&](size_t from, size_t to) {
    constexpr size_t panel = (matmul_scratch + line - 1) / line * line;
    float *const scratch = floats_of_thread(panel + places.size());
    if (!scratch) failed = true;
    float *const v = scratch + panel, *const m = v + planes * places.in;
    for (size_t i = from; i < to && scratch; i++) {
      const size_t first = least(i * piece, s.tiles), last = least(first + piece, s.tiles);
      winograd.input(x, v, s.x, first, last, places.row, places.in);
      for (size_t p = 0; p < planes; p++)
        multiply(u, p, v + p * places.in, m + p * places.out, {last - first, k, n, places.row, 1, u.row, 1, 0}, scratch);
      winograd.output(m, y, s.y, first, last, n, places.out);
    }
  });
  run.expect(!failed, "There is no memory for the tiles of a convolution.");
}

// Each thread takes some planes of all tiles at hand, so that a large filter is read once.
void by_planes(OpRun &run, const float *x, const Planes &u, float *y, const Sides &s, size_t threads, float *memory) {
  const Winograd &winograd = *best(winograd_ladder);
  const size_t k = unsign(s.x.channels), n = unsign(s.y.channels), piece = least(tiles_of_large, s.tiles);
  const Places places(s, piece);
  float *const v = memory, *const m = v + planes * places.in;
  bool failed = false;
  for (size_t first = 0; first < s.tiles; first += piece) {
    const size_t count = least(piece, s.tiles - first);
    parallel(count, line, 64 * k, threads, [&](size_t from, size_t to) {
      winograd.input(x, v + from * places.row, s.x, first + from, first + to, places.row, places.in);
    });
    parallel(planes, 1, 2 * count * k * n, threads, [&](size_t from, size_t to) {
      float *const scratch = floats_of_thread(matmul_scratch);
      if (!scratch) failed = true;
      for (size_t p = from; p < to && scratch; p++)
        multiply(u, p, v + p * places.in, m + p * places.out, {count, k, n, places.row, 1, u.row, 1, 0}, scratch);
    });
    parallel(count, line, 64 * n, threads, [&](size_t from, size_t to) {
      winograd.output(m + from * n, y, s.y, first + from, first + to, n, places.out);
    });
  }
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
}

// y from x and the filter that `transform` makes, some of its channels at a time: matrices [channels of x, channels of y].
using Transform = void (*)(const float *w, float *u, WinogradFilter sizes, size_t first, size_t last);
void convolve(OpRun &run, const float *x, const View &filter, float *y, const Sides &s, const Attributes &attributes, Transform transform) {
  const size_t threads = attributes.threads, rows = unsign(s.x.channels), n = unsign(s.y.channels), row = row_of(n), plane = rows * row + line;
  const bool large = rows * n >= large_filter;
  const size_t packed = attributes.bf16 ? packed_size(rows, n) : 0;
  float *const u = kept(run, planes * (plane + packed) + (large ? Places(s, least(tiles_of_large, s.tiles)).size() : 0)), *const behind = u + planes * plane;
  if (!run.good || s.tiles == 0) return;
  const WinogradFilter sizes = {unsign(filter.shape[2]), unsign(filter.shape[3]), row, plane};
  parallel(sizes.channels, line, 128 * sizes.outputs, threads, [&](size_t from, size_t to) { transform(filter.data, u, sizes, from, to); });
  const Planes matrices = {u, row, plane, attributes.bf16 ? reinterpret_cast<uint16_t *>(behind) : nullptr, 2 * packed};
  if (matrices.packed) {
    const MatmulBf16 &kernel = *best(matmul_bf16_ladder);
    const MatmulShape shape = {0, rows, n, 0, 1, row, 1, 0};
    parallel(planes, 1, 2 * rows * n, threads, [&](size_t from, size_t to) {
      for (size_t p = from; p < to; p++) kernel.pack(u + p * plane, matrices.packed + p * matrices.packed_plane, shape, 0, parts(n, line));
    });
  }
  if (large)
    by_planes(run, x, matrices, y, s, threads, behind + planes * packed);
  else
    by_tiles(run, x, matrices, y, s, threads);
}

// x, filter → y
void forward(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), filter = filter_of(run, 1), y = sized(run, attributes, x, filter.shape[3]);
  if (!run.good || !known(run, attributes, x, y, filter.shape[2], filter.shape[3])) return;
  convolve(run, x.data, filter, y.data, sides_of(x, y, attributes.top, attributes.left), attributes, best(winograd_ladder)->filter);
}

// dy, filter → dx: the convolution of dy with the window turned round
void to_input(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View dy = run.input(0), filter = filter_of(run, 1), dx = sized(run, attributes, dy, filter.shape[2]);
  if (!run.good || !known(run, attributes, dx, dy, filter.shape[2], filter.shape[3])) return;
  convolve(run, dy.data, filter, dx.data, sides_of(dy, dx, 2 - attributes.top, 2 - attributes.left), attributes, best(winograd_ladder)->turned);
}

// A product whose right side is packed here.
void multiply_transposed(const float *a, const float *b, float *c, const MatmulShape &shape, float *scratch, bool bf16) {
  if (!bf16) return best(matmul_ladder)(a, b, c, shape, 0, shape.m, scratch);
  const MatmulBf16 &kernel = *best(matmul_bf16_ladder);
  uint16_t *const packed = reinterpret_cast<uint16_t *>(scratch);
  kernel.pack(b, packed, shape, 0, parts(shape.n, line));
  kernel.multiply(a, packed, c, shape, 0, shape.m);
}

// x, dy → the filter's gradient [3, 3, channels, outputs]: sums over tiles in their order, some at a time, whatever the number of threads
void to_filter(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View x = run.input(0), dy = run.input(1);
  run.expect(x.axes == 4 && dy.axes == 4, "Images must be [n, height, width, channels].");
  if (!run.good || !known(run, attributes, x, dy, x.shape[3], dy.shape[3])) return;
  const int64_t shape[4] = {3, 3, x.shape[3], dy.shape[3]};
  const View filter = run.output(0, shape, 4);
  const Sides s = sides_of(x, dy, attributes.top, attributes.left);
  const size_t k = unsign(x.shape[3]), n = unsign(dy.shape[3]), row_x = row_of(k), row_y = row_of(n);
  const WinogradFilter sums = {k, n, n, parts(k * n, line) * line + line};
  const size_t piece = least(k * n >= large_filter ? tiles_of_large : tiles_of_sum, s.tiles), plane_x = piece * row_x + line, plane_y = piece * row_y + line;
  float *const v = kept(run, planes * (plane_x + plane_y + sums.plane));
  if (!run.good) return;
  float *const d = v + planes * plane_x, *const products = d + planes * plane_y;
  const Winograd &winograd = *best(winograd_ladder);
  bool failed = false;
  for (size_t first = 0; first < s.tiles || first == 0; first += piece) {
    const size_t count = least(piece, s.tiles - first);
    parallel(count, line, 64 * (k + n), attributes.threads, [&](size_t from, size_t to) {
      winograd.input(x.data, v + from * row_x, s.x, first + from, first + to, row_x, plane_x);
      winograd.gradient(dy.data, d + from * row_y, s.y, first + from, first + to, row_y, plane_y);
    });
    parallel(planes, 1, 2 * count * k * n, attributes.threads, [&](size_t from, size_t to) {
      float *const scratch = floats_of_thread(attributes.bf16 ? packed_size(count, n) : matmul_scratch);
      if (!scratch) failed = true;
      for (size_t p = from; p < to && scratch; p++)
        multiply_transposed(v + p * plane_x, d + p * plane_y, products + p * sums.plane, {k, count, n, 1, row_x, row_y, 1, first > 0}, scratch, attributes.bf16);
    });
    if (s.tiles == 0) break;
  }
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
  if (!run.good) return;
  parallel(k, 1, 64 * n, attributes.threads, [&](size_t from, size_t to) { winograd.to_filter(products, filter.data, sums, from, to); });
}

const char *const attributes_of[] = {"top: int", "left: int", "height: int", "width: int", "threads: int", "bf16: int = 0", nullptr};
const char *const of_forward[] = {"x: float", "filter: float", nullptr}, *const from_forward[] = {"y: float", nullptr};
const char *const of_input[] = {"dy: float", "filter: float", nullptr}, *const from_input[] = {"dx: float", nullptr};
const char *const of_filter[] = {"x: float", "dy: float", nullptr}, *const from_filter[] = {"dfilter: float", nullptr};

} // namespace

const OpDefinition conv_ops[3] = {
    {"TinylabConv", of_forward, from_forward, attributes_of, create, forward, destroy},
    {"TinylabConvBackpropInput", of_input, from_input, attributes_of, create, to_input, destroy},
    {"TinylabConvBackpropFilter", of_filter, from_filter, attributes_of, create, to_filter, destroy},
};
