// Every kernel's ladder, from the obvious loop to the fastest rung. For bindings only: see the warning in abi.h.
#pragma once
#include "abi.h"

// What a rung may need of the processor, as bits.
enum Feature : unsigned { has_avx2 = 1, has_fma = 2, has_avx512 = 4, has_avx512_vnni = 8, has_avx512_bf16 = 16, has_amx_bf16 = 32 };

// The features that the processor has and the operating system saves registers for, found once a process; of these at most those of the level that TINYLAB_ISA
// names: plain, avx2, avx512, vnni or amx.
unsigned features();

// The value of TINYLAB_ISA when it names no level, otherwise null.
const char *unknown_level();

template <typename Kernel> struct Rung {
  const char *name;
  unsigned needs;
  Kernel *run;

  // A rung is absent where the build left it out or the machine lacks what it needs.
  bool available() const { return run != nullptr && (features() & needs) == needs; }
};

// The fastest rung that runs here.
template <typename Kernel, size_t N> Kernel *best(const Rung<Kernel> (&ladder)[N]) {
  for (size_t i = N; i-- > 1;)
    if (ladder[i].available()) return ladder[i].run;
  return ladder[0].run;
}

static const Rung<Matmul> matmul_ladder[] = {
    {"reference", 0, matmul_reference},
    {"interchange", 0, matmul_interchange},
    {"avx2", has_avx2 | has_fma, matmul_avx2},
    {"avx512", has_avx512, matmul_avx512},
    // leaves some shapes to the one before
    {"avx512-packed", has_avx512, matmul_avx512 ? matmul_avx512_packed : nullptr},
};

static const Rung<const MatmulBf16> matmul_bf16_ladder[] = {
    {"reference", 0, &matmul_bf16_reference},
    {"avx512", has_avx512, &matmul_bf16_avx512},
    {"avx512-bf16", has_avx512 | has_avx512_bf16, &matmul_bf16_avx512_bf16},
};

static const Rung<const Int4Matmul> int4_matmul_ladder[] = {
    {"reference", 0, &int4_matmul_reference},
    {"blocked", 0, &int4_matmul_blocked},
    {"avx2", has_avx2 | has_fma, &int4_matmul_avx2},
    {"avx512-vnni", has_avx512 | has_avx512_vnni, &int4_matmul_avx512_vnni},
};

static const Rung<const Depthwise> depthwise_ladder[] = {
    {"reference", 0, &depthwise_reference},
    {"avx2", has_avx2 | has_fma, &depthwise_avx2},
    // leaves some shapes to the one before, as does avx512-lines
    {"avx2-lines", has_avx2 | has_fma, &depthwise_avx2 ? &depthwise_avx2_lines : nullptr},
    {"avx512", has_avx512, &depthwise_avx512},
    {"avx512-lines", has_avx512, &depthwise_avx512 ? &depthwise_avx512_lines : nullptr},
};

static const Rung<const Winograd> winograd_ladder[] = {
    {"reference", 0, &winograd_reference},
    {"avx512", has_avx512, &winograd_avx512},
};

static const Rung<const BatchNorm> batch_norm_ladder[] = {
    {"reference", 0, &batch_norm_reference},
    {"avx2", has_avx2 | has_fma, &batch_norm_avx2},
    {"avx512", has_avx512, &batch_norm_avx512},
};

static const Rung<const LayerNorm> layer_norm_ladder[] = {
    {"reference", 0, &layer_norm_reference},
    {"avx2", has_avx2 | has_fma, &layer_norm_avx2},
    {"avx512", has_avx512, &layer_norm_avx512},
};

static const Rung<CrossEntropy> cross_entropy_ladder[] = {
    {"reference", 0, cross_entropy_reference},
    {"avx2", has_avx2 | has_fma, cross_entropy_avx2},
    {"avx512", has_avx512, cross_entropy_avx512},
};

static const Rung<Update> update_ladder[] = {
    {"reference", 0, update_reference},
    {"avx2", has_avx2 | has_fma, update_avx2},
    {"avx512", has_avx512, update_avx512},
};

static const Rung<Int8Conv> int8_conv_ladder[] = {
    {"reference", 0, int8_conv_reference},
    {"blocked", 0, int8_conv_blocked},
    {"avx2", has_avx2, int8_conv_avx2},
    {"avx512-vnni", has_avx512 | has_avx512_vnni, int8_conv_avx512_vnni},
    // leaves some shapes to the one before
    {"avx512-vnni-lines", has_avx512 | has_avx512_vnni, int8_conv_avx512_vnni ? int8_conv_avx512_vnni_lines : nullptr},
};

static const Rung<const Int8Matmul> int8_matmul_ladder[] = {
    {"reference", 0, &int8_matmul_reference},
    {"blocked", 0, &int8_matmul_blocked},
    {"avx2", has_avx2, &int8_matmul_avx2},
    {"avx512-vnni", has_avx512 | has_avx512_vnni, &int8_matmul_avx512_vnni},
};

static const Rung<Int8Depthwise> int8_depthwise_ladder[] = {
    {"reference", 0, int8_depthwise_reference},
    {"avx2", has_avx2, int8_depthwise_avx2},
    // leaves some shapes to the one before, as does avx512-vnni-lines
    {"avx2-lines", has_avx2, int8_depthwise_avx2 ? int8_depthwise_avx2_lines : nullptr},
    {"avx512-vnni", has_avx512 | has_avx512_vnni, int8_depthwise_avx512_vnni},
    {"avx512-vnni-lines", has_avx512 | has_avx512_vnni, int8_depthwise_avx512_vnni ? int8_depthwise_avx512_vnni_lines : nullptr},
};

static const Rung<Int8Add> int8_add_ladder[] = {
    {"reference", 0, int8_add_reference},
    {"avx2", has_avx2, int8_add_avx2},
    {"avx512", has_avx512, int8_add_avx512},
};

static const Rung<Int8Pool> int8_pool_ladder[] = {
    {"reference", 0, int8_pool_reference},
    {"avx2", has_avx2, int8_pool_avx2},
};

static const Rung<Int8Quantize> int8_quantize_ladder[] = {
    {"reference", 0, int8_quantize_reference},
    {"avx2", has_avx2, int8_quantize_avx2},
    {"avx512", has_avx512, int8_quantize_avx512},
};

static const Rung<Extremes> extremes_ladder[] = {
    {"reference", 0, extremes_reference},
    {"avx2", has_avx2 | has_fma, extremes_avx2},
    {"avx512", has_avx512, extremes_avx512},
};

static const Rung<Histogram> histogram_ladder[] = {
    {"reference", 0, histogram_reference},
    {"avx2", has_avx2 | has_fma, histogram_avx2},
};

static const Rung<FakeQuantize> fake_quantize_ladder[] = {
    {"reference", 0, fake_quantize_reference},
    {"avx2", has_avx2 | has_fma, fake_quantize_avx2},
    {"avx512", has_avx512, fake_quantize_avx512},
};

static const Rung<Dequantize> dequantize_ladder[] = {
    {"reference", 0, dequantize_reference},
    {"avx2", has_avx2 | has_fma, dequantize_avx2},
    {"avx512", has_avx512, dequantize_avx512},
};
