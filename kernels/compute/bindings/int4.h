// Products with weights of 4 bits as a function of JavaScript.
#pragma once
#include "arguments.h"
#include "scratch.h"
#include "threads.h"

// Σ of each group of each row.
static void group_sums(const int8_t *b, int32_t *sums, size_t m, size_t row, size_t group) {
  for (size_t i = 0; i < m; i++)
    for (size_t p = 0; p < row; p += group) {
      const size_t end = row - p < group ? row : p + group;
      int32_t sum = 0;
      for (size_t q = p; q < end; q++) sum += b[i * row + q];
      *sums++ = sum;
    }
}

constexpr size_t least_panels = 8; // fewer columns take less time than splitting a row

// Memory for a row that is split; false where there is none.
static bool limbs_of(size_t octets, Int4Limbs &limbs) {
  uint8_t *const memory = scratch_of(times(octets, 32) + 64);
  limbs = {reinterpret_cast<int8_t *>(memory + octets * sizeof(Int4Piece)), reinterpret_cast<Int4Piece *>(memory)};
  return memory != nullptr;
}

// int4Matmul(x, codes, scale, zero?, y, rowScale?, { m, k, n, group, threads, rung? }), arrays as abi.h has them; x is a Float32Array, or with rowScale an Int8Array.
static napi_value int4_matmul(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, 6);
  const size_t m = arguments.size("m"), k = arguments.size("k"), n = arguments.size("n"), group = arguments.size("group"), threads = arguments.size("threads");
  const Int4Matmul *const kernel = arguments.rung(int4_matmul_ladder);
  arguments.expect(group >= 8 && group <= 1 << 16 && group % 8 == 0, "group must be a multiple of 8, at most 65536.");
  if (!arguments.good) return nullptr;
  const Int4Shape shape = {m, k, n, group};
  const size_t panels = (n + 15) / 16, octets = (k + 7) / 8, groups = (k + group - 1) / group;
  const bool has_bytes = arguments.given(5), has_zeros = arguments.given(3);
  const float *const x = has_bytes ? nullptr : arguments.input(0, m, octets * 8);
  const int8_t *const b = has_bytes ? arguments.integers<int8_t>(0, times(m, octets, 8)) : nullptr;
  Int4Weights weights = {};
  weights.codes = arguments.integers<uint8_t>(1, times(panels, octets, 64));
  weights.scale = arguments.input(2, panels, groups * 16);
  if (has_zeros) weights.zero = arguments.integers<uint8_t>(3, times(panels, groups, 16));
  const float *const row_scale = has_bytes ? arguments.input(5, m, 1) : nullptr;
  float *const y = arguments.output(4, m, n);
  if (!arguments.good) return nullptr;
  if (!has_bytes) {
    Int4Limbs limbs;
    const bool splits = m == 1 && kernel->split && panels >= least_panels && limbs_of(octets, limbs);
    if (splits) kernel->split(x, &limbs, shape);
    const Int4Limbs *const split = splits ? &limbs : nullptr;
    parallel(panels, 1, times(2, m, k, 16), threads, [&](size_t first, size_t last) { kernel->floats(x, split, &weights, y, shape, first, last); });
    return nullptr;
  }
  int32_t *const sums = reinterpret_cast<int32_t *>(scratch_of(times(m, groups, sizeof(int32_t)) + 64));
  if (!sums) {
    napi_throw_error(env, "compute/memory", "There is no memory for a sum of each group.");
    return nullptr;
  }
  group_sums(b, sums, m, octets * 8, group);
  parallel(panels, 1, times(2, m, k, 16), threads, [&](size_t first, size_t last) { kernel->bytes(b, row_scale, sums, &weights, y, shape, first, last); });
  return nullptr;
}
