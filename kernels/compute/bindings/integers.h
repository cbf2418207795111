// The integer kernels as functions of JavaScript: kernel(shape, arrays …, { threads, rung? }), the shape as an Int32Array of the fields in abi.h.
#pragma once
#include "arguments.h"
#include "scratch.h"
#include "threads.h"

// Sizes are small enough for every place in an array to be computed in 64 bits.
template <size_t N> static bool sizes(const int32_t (&list)[N], int32_t least) {
  for (const int32_t size : list)
    if (size < least || size > 1 << 28) return false;
  return true;
}

static void check_clip(Arguments &arguments, int32_t low, int32_t high, int32_t zero) {
  // an output of either signedness holds some of these bytes
  arguments.expect(low <= high && low >= -128 && high <= 255 && high - low <= 255, "low and high must be the ends of bytes.");
  arguments.expect(zero >= -128 && zero <= 255, "output_zero must be a byte.");
}

// int8Conv(shape, x, weight, channel, y, { threads, rung? })
static napi_value int8_conv(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 5);
  const size_t threads = arguments.size("threads");
  Int8Conv *const run = arguments.rung(int8_conv_ladder);
  const Int8ConvShape s = arguments.fields<Int8ConvShape>(0);
  arguments.expect(sizes({s.height, s.width, s.channels, s.kernel_height, s.kernel_width, s.depth, s.out_height, s.out_width, s.out, s.out_channels,
                          s.stride_down, s.stride_right, s.dilation_down, s.dilation_right, s.pool}, 1) &&
                       sizes({s.images, s.top, s.left}, 0) && s.depth <= s.channels && s.out <= s.out_channels && (s.pool == 1 || (s.pool <= 64 && !s.is_sums)),
                   "A size of int8Conv is out of range.");
  arguments.expect(s.zero >= -128 && s.zero <= 255, "zero must be a byte.");
  check_clip(arguments, s.low, s.high, s.output_zero);
  const size_t pixels = times(s.images, s.out_height, s.out_width), inputs = times(s.images, s.height, s.width);
  const size_t blocks = (static_cast<size_t>(s.out) + 15) / 16, quads = times(s.kernel_height, s.kernel_width, s.depth) / 4 + 1;
  const size_t k = times(s.kernel_height, s.kernel_width, s.depth), packed = k % 4 ? quads : quads - 1;
  const uint8_t *x = arguments.integers<uint8_t>(1, inputs ? times(inputs - 1, s.channels) + s.depth : 0);
  const int8_t *weight = arguments.integers<int8_t>(2, times(blocks, packed, 64));
  const int32_t *channel = arguments.integers<int32_t>(3, times(blocks, 6 * 16));
  uint8_t *y = arguments.bytes(4, pixels ? times(times(pixels - 1, s.out_channels) + s.out, s.is_sums ? 4 : 1) : 0);
  if (!arguments.good) return nullptr;
  const size_t least = times(packed, 4 * 64) + 64, scratch = least < int8_conv_scratch ? static_cast<size_t>(int8_conv_scratch) : least;
  bool failed = false;
  const size_t places = static_cast<size_t>(s.pool) * s.pool, grain = places < 8 ? 8 / places : 1;
  parallel(pixels, grain, times(k, s.out, places), threads, [&](size_t first, size_t last) {
    uint8_t *const memory = scratch_of(scratch);
    if (memory)
      run(x, weight, channel, y, s, first, last, memory);
    else
      failed = true;
  });
  if (failed) napi_throw_error(env, "compute/memory", "There is no memory for a few pixels of this convolution.");
  return nullptr;
}

// int8MatmulPack([k, n], b, packed, { threads, rung? })
static napi_value int8_matmul_pack(napi_env env, napi_callback_info info) {
  struct Sizes {
    int32_t k, n;
  };
  Arguments arguments(env, info, 3);
  const size_t threads = arguments.size("threads");
  const Int8Matmul *const kernel = arguments.rung(int8_matmul_ladder);
  const Sizes s = arguments.fields<Sizes>(0);
  arguments.expect(sizes({s.k, s.n}, 0), "A size of int8MatmulPack is out of range.");
  const size_t k = s.k, n = s.n, blocks = (n + 15) / 16, quads = (k + 3) / 4;
  const int8_t *b = arguments.integers<int8_t>(1, times(k, n));
  int8_t *packed = arguments.written<int8_t>(2, times(blocks, quads, 64));
  if (arguments.good) parallel(blocks, 1, times(quads, 64), threads, [&](size_t first, size_t last) { kernel->pack(b, packed, k, n, first, last); });
  return nullptr;
}

// int8Matmul(shape, a, packed, channel or undefined, y, { threads, rung? })
static napi_value int8_matmul(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 5);
  const size_t threads = arguments.size("threads");
  const Int8Matmul *const kernel = arguments.rung(int8_matmul_ladder);
  const Int8MatmulShape s = arguments.fields<Int8MatmulShape>(0);
  arguments.expect(sizes({s.m, s.k, s.n}, 0), "A size of int8Matmul is out of range.");
  arguments.expect(s.zero >= -128 && s.zero <= 255, "zero must be a byte.");
  check_clip(arguments, s.low, s.high, s.output_zero);
  const size_t m = s.m, k = s.k, n = s.n, quads = (k + 3) / 4;
  const bool no_offsets = s.is_sums && !arguments.given(3);
  const uint8_t *a = arguments.integers<uint8_t>(1, times(m, k));
  const int8_t *packed = arguments.integers<int8_t>(2, times((n + 15) / 16, quads, 64));
  const int32_t *channel = no_offsets ? nullptr : arguments.integers<int32_t>(3, times(n, s.is_sums ? 1 : 4));
  uint8_t *y = arguments.bytes(4, times(m, n, s.is_sums ? 4 : 1));
  if (!arguments.good) return nullptr;
  const size_t least = 12 * (k + 128), scratch = least < int8_matmul_scratch ? static_cast<size_t>(int8_matmul_scratch) : least;
  bool failed = false;
  parallel(m, 12, times(k, n), threads, [&](size_t first, size_t last) {
    uint8_t *const memory = scratch_of(scratch);
    if (memory)
      kernel->run(a, packed, channel, y, s, first, last, memory);
    else
      failed = true;
  });
  if (failed) napi_throw_error(env, "compute/memory", "There is no memory for a few rows of the first matrix.");
  return nullptr;
}

// int8Depthwise(shape, x, weight, channel, y, { threads, rung? })
static napi_value int8_depthwise(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 5);
  const size_t threads = arguments.size("threads");
  Int8Depthwise *const run = arguments.rung(int8_depthwise_ladder);
  const Int8DepthwiseShape s = arguments.fields<Int8DepthwiseShape>(0);
  arguments.expect(sizes({s.height, s.width, s.channels, s.kernel_height, s.kernel_width, s.out_height, s.out_width, s.stride_down, s.stride_right,
                          s.dilation_down, s.dilation_right}, 1) &&
                       sizes({s.images, s.top, s.left}, 0),
                   "A size of int8Depthwise is out of range.");
  arguments.expect(s.zero >= -128 && s.zero <= 255, "zero must be a byte.");
  check_clip(arguments, s.low, s.high, s.output_zero);
  const size_t rows = times(s.images, s.out_height), taps = times(s.kernel_height, s.kernel_width);
  const uint8_t *x = arguments.integers<uint8_t>(1, times(s.images, s.height, s.width, s.channels));
  const int16_t *weight = arguments.integers<int16_t>(2, times(taps, s.channels));
  const int32_t *channel = arguments.integers<int32_t>(3, times(4, s.channels));
  uint8_t *y = arguments.bytes(4, times(rows, s.out_width, s.channels));
  if (arguments.good)
    parallel(rows, 1, times(taps, s.out_width, s.channels, 4), threads,
             [&](size_t first, size_t last) { run(x, weight, channel, y, s, first, last); });
  return nullptr;
}

// int8Add(shape, a, b, y, { threads, rung? }): as many elements as y has.
static napi_value int8_add(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 4);
  const size_t threads = arguments.size("threads"), length = arguments.size("length");
  Int8Add *const run = arguments.rung(int8_add_ladder);
  const Int8AddShape s = arguments.fields<Int8AddShape>(0);
  arguments.expect(s.a_zero >= -128 && s.a_zero <= 255 && s.b_zero >= -128 && s.b_zero <= 255, "Zero points must be bytes.");
  check_clip(arguments, s.low, s.high, s.output_zero);
  const uint8_t *a = arguments.integers<uint8_t>(1, length), *b = arguments.integers<uint8_t>(2, length);
  uint8_t *y = arguments.bytes(3, length);
  if (arguments.good) parallel(length, 64, 8, threads, [&](size_t first, size_t last) { run(a, b, y, s, first, last); });
  return nullptr;
}

// int8Pool(shape, x, y, { threads, rung? })
static napi_value int8_pool(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 3);
  const size_t threads = arguments.size("threads");
  Int8Pool *const run = arguments.rung(int8_pool_ladder);
  const Int8PoolShape s = arguments.fields<Int8PoolShape>(0);
  arguments.expect(sizes({s.height, s.width, s.channels, s.window_height, s.window_width, s.out_height, s.out_width, s.stride_down, s.stride_right}, 1) &&
                       sizes({s.images, s.top, s.left}, 0),
                   "A size of int8Pool is out of range.");
  const auto meets = [](int64_t out, int64_t stride, int64_t before, int64_t window, int64_t size) {
    return before < window && (out - 1) * stride - before < size;
  };
  arguments.expect(meets(s.out_height, s.stride_down, s.top, s.window_height, s.height) && meets(s.out_width, s.stride_right, s.left, s.window_width, s.width),
                   "A window lies outside the image.");
  check_clip(arguments, s.low, s.high, 0);
  const int32_t low = s.is_signed ? -128 : 0;
  arguments.expect(s.low >= low && s.high <= low + 255, "low and high must be bytes like those of x.");
  const size_t rows = times(s.images, s.out_height);
  const uint8_t *x = arguments.integers<uint8_t>(1, times(s.images, s.height, s.width, s.channels));
  uint8_t *y = arguments.bytes(2, times(rows, s.out_width, s.channels));
  if (arguments.good)
    parallel(rows, 1, times(s.window_height, s.window_width, s.out_width, s.channels), threads, [&](size_t first, size_t last) { run(x, y, s, first, last); });
  return nullptr;
}

// int8Quantize(shape, x, y, { threads, rung?, length })
static napi_value int8_quantize(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 3);
  const size_t threads = arguments.size("threads"), length = arguments.size("length");
  Int8Quantize *const run = arguments.rung(int8_quantize_ladder);
  const Int8QuantizeShape s = arguments.fields<Int8QuantizeShape>(0);
  check_clip(arguments, s.low, s.high, s.output_zero);
  arguments.expect(s.low <= s.output_zero && s.output_zero <= s.high, "output_zero must lie between low and high.");
  const float *x = arguments.input(1, length, 1);
  uint8_t *y = arguments.bytes(2, length);
  if (arguments.good) parallel(length, 64, 4, threads, [&](size_t first, size_t last) { run(x, y, s, first, last); });
  return nullptr;
}
