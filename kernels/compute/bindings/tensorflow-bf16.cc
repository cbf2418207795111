// A product of matrices in bfloat16 with float32 outside, as a TensorFlow op: dense layers, 1 × 1 convolutions and their gradients, which are products with one side transposed.
#include "bf16.h"
#include "tensorflow.h"

namespace {

struct Attributes {
  bool transpose_a, transpose_b;
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) {
  return new Attributes{int_attribute(construction, "transpose_a") != 0, int_attribute(construction, "transpose_b") != 0,
                        threads_attribute(construction)};
}
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// a [m, k] or [k, m], b [k, n] or [n, k] → c [m, n]
void compute(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View a = run.input(0), b = run.input(1);
  run.expect(a.axes == 2 && b.axes == 2, "a and b must be matrices.");
  run.expect(a.shape[!attributes.transpose_a] == b.shape[attributes.transpose_b], "a and b must have the same inner size.");
  const int64_t shape[2] = {a.shape[attributes.transpose_a], b.shape[!attributes.transpose_b]};
  const View c = run.output(0, shape, 2);
  if (!run.good) return;
  const MatmulShape sizes = transposable(static_cast<size_t>(shape[0]), static_cast<size_t>(a.shape[!attributes.transpose_a]), static_cast<size_t>(shape[1]),
                                         attributes.transpose_a, attributes.transpose_b);
  run.expect(multiply_bf16(*best(matmul_bf16_ladder), a.data, b.data, c.data, sizes, attributes.threads), "There is no memory for panels of the second matrix.");
}

const char *const inputs[] = {"a: float", "b: float", nullptr}, *const outputs[] = {"c: float", nullptr};
const char *const attributes_of[] = {"transpose_a: int = 0", "transpose_b: int = 0", "threads: int", nullptr};

} // namespace

const OpDefinition matmul_bf16_ops[1] = {{"TinylabMatmulBf16", inputs, outputs, attributes_of, create, compute, destroy}};
