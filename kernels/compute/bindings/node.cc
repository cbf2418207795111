// The kernels as functions of JavaScript, on typed arrays without a copy. Each checks its arguments, so that no call reads or writes outside.
#include "bf16.h"
#include "int4.h"
#include "integers.h"
#include "quantization.h"

// matmul(a, b, c, { m, k, n, transposeA?, transposeB?, threads?, rung? }); transposed, a is [k, m] and b is [n, k].
static napi_value matmul(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 3);
  const size_t m = arguments.size("m"), k = arguments.size("k"), n = arguments.size("n"), threads = arguments.size("threads", 1);
  const bool a_turned = arguments.size("transposeA", 0) != 0, b_turned = arguments.size("transposeB", 0) != 0;
  const MatmulShape shape = {m, k, n, a_turned ? 1 : k, a_turned ? m : 1, b_turned ? 1 : n, b_turned ? k : 1, 0};
  Matmul *run = arguments.rung(matmul_ladder);
  const float *a = arguments.input(0, shape.m, shape.k);
  const float *b = arguments.input(1, shape.k, shape.n);
  float *c = arguments.output(2, shape.m, shape.n);
  if (!arguments.good) return nullptr;
  bool failed = false;
  parallel(m, matmul_grain, times(2, k, n), threads, [&](size_t first, size_t last) {
    float *const scratch = floats_of_thread(matmul_scratch);
    if (scratch)
      run(a, b, c, shape, first, last, scratch);
    else
      failed = true;
  });
  if (failed) napi_throw_error(env, "compute/memory", "There is no memory for panels of the matrices.");
  return nullptr;
}

// matmulBf16(a, b, c, { m, k, n, transposeA, transposeB, threads, rung? }); transposeA and transposeB are 0 or 1
static napi_value matmul_bf16(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 3);
  const size_t m = arguments.size("m"), k = arguments.size("k"), n = arguments.size("n"), threads = arguments.size("threads");
  const size_t transpose_a = arguments.size("transposeA"), transpose_b = arguments.size("transposeB");
  arguments.expect(transpose_a <= 1 && transpose_b <= 1, "transposeA and transposeB must be 0 or 1.");
  const MatmulBf16 *const kernel = arguments.rung(matmul_bf16_ladder);
  const float *a = arguments.input(0, m, k);
  const float *b = arguments.input(1, k, n);
  float *c = arguments.output(2, m, n);
  if (arguments.good && !multiply_bf16(*kernel, a, b, c, transposable(m, k, n, transpose_a, transpose_b), threads))
    napi_throw_error(env, "compute/memory", "There is no memory for panels of the second matrix.");
  return nullptr;
}

// untilLine(array): how many bytes lie between its start and the next start of a line of the cache, 0 … 63.
static napi_value until_line(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value array, bytes;
  void *start = nullptr;
  napi_get_cb_info(env, info, &count, &array, nullptr, nullptr);
  if (napi_get_typedarray_info(env, array, nullptr, nullptr, &start, nullptr, nullptr) != napi_ok) {
    napi_throw_error(env, "compute/array", "untilLine takes a typed array.");
    return nullptr;
  }
  napi_create_uint32(env, -reinterpret_cast<uintptr_t>(start) & 63, &bytes);
  return bytes;
}

// [{ name, available }] of a ladder, in its order.
template <typename Kernel, size_t N> static napi_value listed(napi_env env, const Rung<Kernel> (&ladder)[N]) {
  napi_value list, entry, name, available;
  napi_create_array(env, &list);
  for (size_t i = 0; i < N; i++) {
    napi_create_object(env, &entry);
    napi_create_string_utf8(env, ladder[i].name, NAPI_AUTO_LENGTH, &name);
    napi_get_boolean(env, ladder[i].available(), &available);
    napi_set_named_property(env, entry, "name", name);
    napi_set_named_property(env, entry, "available", available);
    napi_set_element(env, list, i, entry);
  }
  return list;
}

// Puts a kernel among the exports, with its rungs beside it.
static void add(napi_env env, napi_value exports, const char *name, napi_callback call, napi_value rungs) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
  napi_set_named_property(env, function, "rungs", rungs);
  napi_set_named_property(env, exports, name, function);
}

napi_value register_ops(napi_env env, napi_callback_info info);

// The names of what features() holds.
static napi_value named_features(napi_env env) {
  static const struct {
    const char *name;
    Feature bit;
  } all[] = {{"avx2", has_avx2}, {"fma", has_fma}, {"avx512", has_avx512}, {"avx512_vnni", has_avx512_vnni}, {"avx512_bf16", has_avx512_bf16}, {"amx_bf16", has_amx_bf16}};
  napi_value list;
  napi_create_array(env, &list);
  uint32_t count = 0;
  for (const auto &feature : all) {
    if (!(features() & feature.bit)) continue;
    napi_value name;
    napi_create_string_utf8(env, feature.name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, count++, name);
  }
  return list;
}

NAPI_MODULE_INIT() {
  if (const char *level = unknown_level()) {
    char message[160];
    snprintf(message, sizeof message, "TINYLAB_ISA is \"%.40s\", which is none of plain, avx2, avx512, vnni, amx.", level);
    napi_throw_error(env, "compute/isa", message);
    return nullptr;
  }
  add(env, exports, "matmul", matmul, listed(env, matmul_ladder));
  add(env, exports, "matmulBf16", matmul_bf16, listed(env, matmul_bf16_ladder));
  add(env, exports, "int4Matmul", int4_matmul, listed(env, int4_matmul_ladder));
  add(env, exports, "int8Conv", int8_conv, listed(env, int8_conv_ladder));
  add(env, exports, "int8Matmul", int8_matmul, listed(env, int8_matmul_ladder));
  add(env, exports, "int8MatmulPack", int8_matmul_pack, listed(env, int8_matmul_ladder));
  add(env, exports, "int8Depthwise", int8_depthwise, listed(env, int8_depthwise_ladder));
  add(env, exports, "int8Add", int8_add, listed(env, int8_add_ladder));
  add(env, exports, "int8Pool", int8_pool, listed(env, int8_pool_ladder));
  add(env, exports, "int8Quantize", int8_quantize, listed(env, int8_quantize_ladder));
  add(env, exports, "extremes", extremes, listed(env, extremes_ladder));
  add(env, exports, "histogram", histogram, listed(env, histogram_ladder));
  add(env, exports, "fakeQuantize", fake_quantize, listed(env, fake_quantize_ladder));
  add(env, exports, "dequantize", dequantize, listed(env, dequantize_ladder));
  napi_value ops, line;
  napi_create_function(env, "untilLine", NAPI_AUTO_LENGTH, until_line, nullptr, &line);
  napi_set_named_property(env, exports, "untilLine", line);
  napi_create_function(env, "registerOps", NAPI_AUTO_LENGTH, register_ops, nullptr, &ops);
  napi_set_named_property(env, exports, "registerOps", ops);
  napi_set_named_property(env, exports, "features", named_features(env));
  return exports;
}
