// Softmax cross-entropy of labels as a TensorFlow op: the loss, its gradient, and what a step of training wants to know of the outputs.
#include "../ladders.h"
#include "scratch.h"
#include "tensorflow.h"
#include "threads.h"

#include <math.h>

namespace {

struct Attributes {
  float smoothing;
  size_t threads;
};

void *create(TF_OpKernelConstruction *construction) {
  return new Attributes{float_attribute(construction, "smoothing"), threads_attribute(construction)};
}
void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

// logits [rows, classes], labels [rows] → the mean loss, its gradient [rows, classes], and facts [3]: how many rows have their highest logit at their label (the
// first of equals), 1 if all logits are finite, and the first row with a label that is no class, or -1: with one, the loss is NaN and the gradient 0.
void compute(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const View z = run.input(0), labels = run.input(1);
  run.expect(z.axes == 2 && z.shape[0] > 0 && z.shape[1] > 0 && labels.holds(z.shape[0]), "Logits must be [rows, classes] and labels [rows], with a row or more.");
  const int64_t three = 3;
  const View loss = run.output(0, nullptr, 0), gradient = run.output(1, z), facts = run.output(2, &three, 1);
  if (!run.good) return;
  const size_t rows = static_cast<size_t>(z.shape[0]), classes = static_cast<size_t>(z.shape[1]);
  const int32_t *const label = reinterpret_cast<const int32_t *>(labels.data);
  facts.data[0] = 0;
  facts.data[1] = 1;
  facts.data[2] = -1;
  for (size_t r = rows; r-- > 0;)
    if (label[r] < 0 || static_cast<size_t>(label[r]) >= classes) facts.data[2] = static_cast<float>(r);
  if (facts.data[2] >= 0) {
    loss.data[0] = NAN;
    for (size_t i = 0; i < rows * classes; i++) gradient.data[i] = 0;
    return;
  }
  const Floats memory(3 * rows);
  run.expect(memory.data() != nullptr, "There is no memory for the losses of the rows.");
  if (!run.good) return;
  double *const losses = reinterpret_cast<double *>(memory.data());
  int32_t *const tops = reinterpret_cast<int32_t *>(memory.data() + 2 * rows);
  const CrossEntropyShape s = {classes, attributes.smoothing, 1 / static_cast<float>(rows)};
  parallel(rows, 16, 20 * classes, attributes.threads, [&](size_t first, size_t last) {
    best(cross_entropy_ladder)(z.data, label, losses, gradient.data, tops, s, first, last);
  });
  double sum = 0;
  for (size_t r = 0; r < rows; r++) {
    sum += losses[r];
    if (tops[r] < 0) facts.data[1] = 0;
    if (tops[r] == label[r]) facts.data[0]++;
  }
  loss.data[0] = static_cast<float>(sum / static_cast<double>(rows));
}

const char *const attributes_of[] = {"smoothing: float", "threads: int", nullptr};
const char *const inputs[] = {"logits: float", "labels: int32", nullptr}, *const outputs[] = {"loss: float", "gradient: float", "facts: float", nullptr};

} // namespace

const OpDefinition cross_entropy_ops[1] = {{"TinylabCrossEntropy", inputs, outputs, attributes_of, create, compute, destroy}};
