// The kernels of quantization as functions of JavaScript. Their options hold the sizes of x, { outer, channels, inner }, and { threads, rung? }.
#pragma once
#include <string.h>

#include <pthread.h>

#include "arguments.h"
#include "scratch.h"
#include "threads.h"

static ChannelShape channel_shape(Arguments &arguments) {
  return {arguments.size("outer"), arguments.size("channels"), arguments.size("inner")};
}

static size_t elements_of(ChannelShape s) { return times(s.outer, s.channels, s.inner); }

// A part of the work: where it begins in x and among the channels, and its own sizes.
struct ChannelPart {
  size_t at, channel;
  ChannelShape shape;
};

// Cuts x along its outermost axis that is longer than 1.
template <typename Run> static void parallel_channels(ChannelShape s, size_t threads, const Run &run) {
  if (s.outer == 0 || s.channels == 0 || s.inner == 0) return;
  if (s.channels == 1)
    parallel(s.outer * s.inner, 64, 4, threads, [&](size_t first, size_t last) { run(ChannelPart{first, 0, {1, 1, last - first}}); });
  else if (s.outer == 1)
    parallel(s.channels, 1, times(s.inner, 4), threads,
             [&](size_t first, size_t last) { run(ChannelPart{first * s.inner, first, {1, last - first, s.inner}}); });
  else
    parallel(s.outer, 1, times(s.channels, s.inner, 4), threads,
             [&](size_t first, size_t last) { run(ChannelPart{first * s.channels * s.inner, 0, {last - first, s.channels, s.inner}}); });
}

static pthread_mutex_t joining = PTHREAD_MUTEX_INITIALIZER;

// extremes(x, low, high, options) → whether some x is NaN. Channels without a number have Infinity and -Infinity; no zero has a sign.
static napi_value extremes(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 3);
  const ChannelShape s = channel_shape(arguments);
  const size_t threads = arguments.size("threads");
  Extremes *const run = arguments.rung(extremes_ladder);
  const float *x = arguments.input(0, elements_of(s), 1);
  float *low = arguments.output(1, s.channels, 1), *high = arguments.output(2, s.channels, 1);
  if (!arguments.good) return nullptr;
  for (size_t c = 0; c < s.channels; c++) {
    low[c] = __builtin_inff();
    high[c] = -__builtin_inff();
  }
  bool broken = false, failed = false;
  parallel_channels(s, threads, [&](const ChannelPart &part) {
    const size_t channels = part.shape.channels;
    float *const own = reinterpret_cast<float *>(scratch_of(2 * channels * sizeof(float)));
    if (own) {
      for (size_t c = 0; c < channels; c++) {
        own[c] = __builtin_inff();
        own[channels + c] = -__builtin_inff();
      }
    }
    const bool found = own && run(x + part.at, own, own + channels, part.shape);
    pthread_mutex_lock(&joining);
    for (size_t c = 0; own && c < channels; c++) {
      float &least = low[part.channel + c], &most = high[part.channel + c];
      // adding 0 takes the sign of -0 off
      if (own[c] < least) least = own[c] + 0.0f;
      if (own[channels + c] > most) most = own[channels + c] + 0.0f;
    }
    broken |= found;
    failed |= !own;
    pthread_mutex_unlock(&joining);
  });
  if (failed) napi_throw_error(env, "compute/memory", "There is no memory for the extremes of these channels.");
  napi_value result;
  napi_get_boolean(env, broken, &result);
  return result;
}

// histogram(x, counts, { length, bins, absolute, low, perUnit, threads, rung? }): counts, an Int32Array, are written.
static napi_value histogram(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 2);
  const size_t threads = arguments.size("threads"), length = arguments.size("length"), bins = arguments.size("bins");
  const bool absolute = arguments.size("absolute") != 0;
  const double low = arguments.number("low"), per_unit = arguments.number("perUnit");
  Histogram *const run = arguments.rung(histogram_ladder);
  arguments.expect(bins >= 1 && bins <= 1 << 28 && length < size_t(1) << 31, "A histogram has 1 to 2^28 bins, and fewer than 2^31 values.");
  const float *x = arguments.input(0, length, 1);
  int32_t *counts = arguments.written<int32_t>(1, bins);
  if (!arguments.good) return nullptr;
  memset(counts, 0, bins * sizeof *counts);
  const HistogramShape shape = {static_cast<uint32_t>(bins), absolute, low, per_unit};
  const size_t stride = bins + 1, bytes = 4 * stride * sizeof(uint32_t);
  bool failed = false;
  parallel(length, 16, 4, threads, [&](size_t first, size_t last) {
    uint32_t *const tables = reinterpret_cast<uint32_t *>(scratch_of(bytes));
    if (tables) {
      memset(tables, 0, bytes);
      run(x + first, last - first, tables, shape);
    }
    pthread_mutex_lock(&joining);
    for (size_t b = 0; tables && b < bins; b++)
      counts[b] += static_cast<int32_t>(tables[b] + tables[stride + b] + tables[2 * stride + b] + tables[3 * stride + b]);
    failed |= !tables;
    pthread_mutex_unlock(&joining);
  });
  if (failed) napi_throw_error(env, "compute/memory", "There is no memory for the tables of this histogram.");
  return nullptr;
}

// fakeQuantize(x, scale, zero, codes?, reals?, { …, low, high }): codes an Int8Array or Uint8Array.
static napi_value fake_quantize(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 5);
  const ChannelShape s = channel_shape(arguments);
  const size_t threads = arguments.size("threads");
  const double low = arguments.number("low"), high = arguments.number("high");
  FakeQuantize *const run = arguments.rung(fake_quantize_ladder);
  const bool writes_codes = arguments.given(3), writes_reals = arguments.given(4);
  const auto whole = [](double x) { return x >= -(1 << 16) && x <= 1 << 16 && x == static_cast<int32_t>(x); };
  arguments.expect(whole(low) && whole(high) && low <= high, "low and high must be whole numbers of at most 16 bits.");
  arguments.expect(!writes_codes || (low >= -128 && high <= 255 && (low >= 0 || high <= 127)), "Codes must be bytes.");
  const size_t length = elements_of(s);
  const float *x = arguments.input(0, length, 1), *scale = arguments.input(1, s.channels, 1);
  const int32_t *zero = arguments.integers<int32_t>(2, s.channels);
  uint8_t *codes = writes_codes ? arguments.bytes(3, length) : nullptr;
  float *reals = writes_reals ? arguments.output(4, length, 1) : nullptr;
  if (!arguments.good) return nullptr;
  large_pages(codes, length);
  large_pages(reals, length * sizeof(float));
  const CodeEnds ends = {static_cast<int32_t>(low), static_cast<int32_t>(high)};
  parallel_channels(s, threads, [&](const ChannelPart &part) {
    run(x + part.at, scale + part.channel, zero + part.channel, codes ? codes + part.at : nullptr, reals ? reals + part.at : nullptr, part.shape, ends);
  });
  return nullptr;
}

// dequantize(codes, scale, zero, reals, { …, signed }): codes an Int8Array or Uint8Array, `signed` 1 or 0.
static napi_value dequantize(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 4);
  const ChannelShape s = channel_shape(arguments);
  const size_t threads = arguments.size("threads");
  const bool is_signed = arguments.size("signed") != 0;
  Dequantize *const run = arguments.rung(dequantize_ladder);
  const size_t length = elements_of(s);
  const uint8_t *codes = arguments.integers<uint8_t>(0, length);
  const float *scale = arguments.input(1, s.channels, 1);
  const int32_t *zero = arguments.integers<int32_t>(2, s.channels);
  float *reals = arguments.output(3, length, 1);
  if (!arguments.good) return nullptr;
  large_pages(reals, length * sizeof(float));
  parallel_channels(s, threads, [&](const ChannelPart &part) {
    run(codes + part.at, scale + part.channel, zero + part.channel, reals + part.at, part.shape, is_signed);
  });
  return nullptr;
}
