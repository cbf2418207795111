// Many parameters in one TensorFlow op: an optimizer's step, and running statistics that follow a batch's.
#include "../ladders.h"
#include "tensorflow.h"
#include "threads.h"

#include <vector>

namespace {

struct Attributes {
  int64_t count, rule;
  size_t slots, threads;
};

void *create(TF_OpKernelConstruction *construction) {
  const int64_t rule = int_attribute(construction, "rule");
  const size_t slots = rule == update_sgd ? 0 : rule <= update_nesterov ? 1 : 2;
  return new Attributes{int_attribute(construction, "N"), rule, slots, threads_attribute(construction)};
}

void *create_blend(TF_OpKernelConstruction *construction) { return new Attributes{int_attribute(construction, "N"), 0, 0, 0}; }

void destroy(void *attributes) { delete static_cast<Attributes *>(attributes); }

bool same(const View &a, const View &b) {
  if (a.axes != b.axes) return false;
  for (int i = 0; i < a.axes; i++)
    if (a.shape[i] != b.shape[i]) return false;
  return true;
}

// numbers, decay [N], parameters N, gradients N, running values slots · N → parameters N, running values slots · N
void update(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const int n = static_cast<int>(attributes.count), slots = static_cast<int>(attributes.slots);
  const View numbers = run.input(0), decay = run.input(1);
  run.expect(attributes.rule >= update_sgd && attributes.rule <= update_adamw && numbers.size() >= (slots == 0 ? 1 : slots == 1 ? 2 : 6),
             "The rule is unknown, or lacks numbers.");
  run.expect(decay.holds(n), "There must be a decay for each parameter.");
  run.expect(tensorflow.TF_NumInputs(context) == 2 + (2 + slots) * n, "There must be a gradient and the rule's running values for each parameter.");
  std::vector<UpdateArrays> arrays;
  std::vector<size_t> begin = {0};
  for (int i = 0; i < n && run.good; i++) {
    const View w = run.input(2 + i), g = run.input(2 + n + i);
    run.expect(same(w, g), "A gradient must have the shape of its parameter.");
    UpdateArrays each = {w.data, g.data, nullptr, nullptr, nullptr, nullptr, nullptr};
    for (int slot = 0; slot < slots; slot++) {
      const View old = run.input(2 + (2 + slot) * n + i);
      run.expect(same(w, old), "Running values must have the shape of their parameter.");
      (slot == 0 ? each.first : each.second) = old.data;
      (slot == 0 ? each.new_first : each.new_second) = run.output((1 + slot) * n + i, w).data;
    }
    each.new_w = run.output(i, w).data;
    arrays.push_back(each);
    begin.push_back(begin.back() + static_cast<size_t>(w.size()));
  }
  if (!run.good) return;
  Update *const kernel = best(update_ladder);
  // one range over the elements of all parameters, so that threads share large and small ones alike
  parallel(begin.back(), 4096, 12, attributes.threads, [&](size_t first, size_t last) {
    size_t i = 0;
    while (begin[i + 1] <= first) i++;
    for (; i < arrays.size() && begin[i] < last; i++) {
      const size_t from = first > begin[i] ? first - begin[i] : 0, to = (last < begin[i + 1] ? last : begin[i + 1]) - begin[i];
      kernel(&arrays[i], static_cast<UpdateRule>(attributes.rule), numbers.data, decay.data[i], from, to);
    }
  });
}

// momentum, old N, now N → momentum · old + (1 - momentum) · now
void blend(void *given, TF_OpKernelContext *context) {
  const Attributes &attributes = *static_cast<Attributes *>(given);
  OpRun run(context);
  const int n = static_cast<int>(attributes.count);
  const View momentum = run.input(0);
  run.expect(momentum.size() == 1 && tensorflow.TF_NumInputs(context) == 1 + 2 * n, "There must be one momentum, and a new value for each old one.");
  for (int i = 0; i < n && run.good; i++) {
    const View old = run.input(1 + i), now = run.input(1 + n + i);
    run.expect(same(old, now), "A new value must have the shape of the old one.");
    const View out = run.output(i, old);
    if (!run.good) return;
    const float kept = momentum.data[0], rest = 1 - kept;
    for (int64_t j = 0; j < old.size(); j++) out.data[j] = kept * old.data[j] + rest * now.data[j];
  }
}

const char *const update_attributes[] = {"N: int >= 1", "M: int >= 0", "rule: int", "threads: int", nullptr}, *const blend_attributes[] = {"N: int >= 1", nullptr};
const char *const of_update[] = {"numbers: float", "decay: float", "parameters: N * float", "gradients: N * float", "state: M * float", nullptr};
const char *const from_update[] = {"new_parameters: N * float", "new_state: M * float", nullptr};
const char *const of_blend[] = {"momentum: float", "old: N * float", "now: N * float", nullptr}, *const from_blend[] = {"moved: N * float", nullptr};

} // namespace

const OpDefinition update_ops[2] = {
    {"TinylabUpdate", of_update, from_update, update_attributes, create, update, destroy},
    {"TinylabBlend", of_blend, from_blend, blend_attributes, create_blend, blend, destroy},
};
