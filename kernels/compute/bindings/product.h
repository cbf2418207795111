// Products of matrices as TensorFlow ops need them: rows shared among threads, memory for panels.
#pragma once
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

// Rows that threads take at once. Each piece packs B again, so that few rows go in as few pieces as there are threads; no sum depends on where rows are cut.
inline size_t rows_together(size_t rows, size_t threads) {
  constexpr size_t many = matmul_grain, least = 8;
  if (threads < 2 || rows == 0 || rows >= 4 * threads * many) return many;
  return ((rows + threads - 1) / threads + least - 1) / least * least;
}

// C = A · B, rows shared among threads; `then(first, last)` does what is left to do with rows of C while they are near.
template <typename Then>
void multiply_then(OpRun &run, const float *a, const float *b, float *c, const MatmulShape &shape, size_t threads, const Then &then) {
  Matmul *const kernel = best(matmul_ladder);
  bool failed = false;
  parallel(shape.m, rows_together(shape.m, threads), 2 * shape.k * shape.n, threads, [&](size_t first, size_t last) {
    float *const scratch = floats_of_thread(matmul_scratch);
    if (scratch) {
      kernel(a, b, c, shape, first, last, scratch);
      then(first, last);
    } else {
      failed = true;
    }
  });
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
}

inline void multiply(OpRun &run, const float *a, const float *b, float *c, const MatmulShape &shape, size_t threads) {
  multiply_then(run, a, b, c, shape, threads, [](size_t, size_t) {});
}

// Aᵀ · B [k, n] for A [rows, k] and B [rows, n]: sums over rows, in pieces that are added up in their order, whatever the number of threads. Few rows are one
// piece, and threads share rows of the result.
inline void multiply_transposed(OpRun &run, const float *a, const float *b, float *out, const MatmulShape &sizes, size_t threads) {
  const size_t all = sizes.m, k = sizes.k, n = sizes.n;
  const size_t piece = all / 16 < 1024 ? 1024 : (all + 15) / 16, pieces = all == 0 ? 1 : (all + piece - 1) / piece;
  if (pieces == 1) return multiply(run, a, b, out, {k, all, n, 1, k, n, 1, 0}, threads);
  const Floats sums((pieces - 1) * k * n);
  run.expect(sums.data() != nullptr, "There is no memory for the sums of a filter's gradient.");
  if (!run.good) return;
  Matmul *const kernel = best(matmul_ladder);
  bool failed = false;
  parallel(pieces, 1, 2 * piece * k * n, threads, [&](size_t from, size_t to) {
    float *const scratch = floats_of_thread(matmul_scratch);
    for (size_t i = from; i < to && scratch; i++) {
      const size_t first = i * piece, count = all - first < piece ? all - first : piece;
      float *const to_here = i == 0 ? out : sums.data() + (i - 1) * k * n;
      kernel(a + first * k, b + first * n, to_here, {k, count, n, 1, k, n, 1, 0}, 0, k, scratch);
    }
    if (!scratch) failed = true;
  });
  run.expect(!failed, "There is no memory for a panel of the second matrix.");
  if (!run.good) return;
  for (size_t i = 1; i < pieces; i++)
    for (size_t j = 0; j < k * n; j++) out[j] += sums.data()[(i - 1) * k * n + j];
}
