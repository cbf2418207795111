// Kernels as TensorFlow ops, for tensors that never leave TensorFlow: no copy, and the gradient tape sees them. TensorFlow is the one that the process has loaded
// already; its functions are looked up by name, so this module loads without it.
#pragma once
#include <tensorflow/c/kernels.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <stddef.h>
#include <stdint.h>

#include <vector>

// The functions that are used, as members of the same name.
#define TENSORFLOW_FUNCTIONS(each)                                                                                                                      \
  each(TF_NewStatus) each(TF_DeleteStatus) each(TF_SetStatus) each(TF_GetCode) each(TF_Message) each(TF_NewOpDefinitionBuilder)                           \
  each(TF_OpDefinitionBuilderAddAttr) each(TF_OpDefinitionBuilderAddInput) each(TF_OpDefinitionBuilderAddOutput)                                          \
  each(TF_OpDefinitionBuilderSetShapeInferenceFunction) each(TF_RegisterOpDefinition) each(TF_ShapeInferenceContextSetUnknownShape)                       \
  each(TF_NewKernelBuilder) each(TF_RegisterKernelBuilder) each(TF_OpKernelConstruction_GetAttrFloat) each(TF_OpKernelConstruction_GetAttrInt64)          \
  each(TF_OpKernelConstruction_GetAttrInt64List) each(TF_OpKernelConstruction_GetAttrSize) each(TF_OpKernelConstruction_Failure) each(TF_NumInputs)       \
  each(TF_GetInput) each(TF_AllocateOutput) each(TF_OpKernelContext_Failure) each(TF_NumDims) each(TF_Dim) each(TF_TensorData) each(TF_DeleteTensor)

struct TensorFlow {
#define MEMBER(name) decltype(&::name) name;
  TENSORFLOW_FUNCTIONS(MEMBER)
#undef MEMBER
};

extern TensorFlow tensorflow;

// Most axes of a tensor here.
constexpr int most_axes = 8;

// Most elements of a tensor that an op makes.
constexpr int64_t most_elements = int64_t(1) << 36;

// A tensor of an op: its memory and its axes.
struct View {
  float *data;
  int axes;
  int64_t shape[most_axes];
  int64_t size() const {
    int64_t product = 1;
    for (int i = 0; i < axes; i++) product *= shape[i];
    return product;
  }
  int64_t last() const { return axes == 0 ? 1 : shape[axes - 1]; }
  bool holds(int64_t count) const { return axes == 1 && shape[0] == count; }
};

// One run of an op. The first thing that is wrong becomes TensorFlow's error, and from then on `good` is false.
class OpRun {
public:
  explicit OpRun(TF_OpKernelContext *context) : context_(context), status_(tensorflow.TF_NewStatus()) {}
  ~OpRun() {
    for (TF_Tensor *const tensor : held_) tensorflow.TF_DeleteTensor(tensor);
    tensorflow.TF_DeleteStatus(status_);
  }
  OpRun(const OpRun &) = delete;

  View input(int index) {
    TF_Tensor *tensor = nullptr;
    if (good) tensorflow.TF_GetInput(context_, index, &tensor, status_);
    return view(tensor);
  }

  View output(int index, const int64_t *shape, int axes) {
    // TensorFlow ends the process where a product of axes does not fit 64 bits, also when another axis is 0
    int64_t most = 1;
    size_t bytes = sizeof(float);
    for (int i = 0; i < axes && good; i++) {
      expect(shape[i] >= 0 && shape[i] <= most_elements / most, "The result must have axes of 0 or more, and no more than 2^36 elements.");
      most *= shape[i] > 0 ? shape[i] : 1;
      bytes *= static_cast<size_t>(shape[i]);
    }
    return view(good ? tensorflow.TF_AllocateOutput(context_, index, TF_FLOAT, shape, axes, bytes, status_) : nullptr);
  }

  View output(int index, const View &like) { return output(index, like.shape, like.axes); }

  void expect(bool condition, const char *what) {
    if (!good || condition) return;
    tensorflow.TF_SetStatus(status_, TF_INVALID_ARGUMENT, what);
    fail();
  }

  bool good = true;

private:
  View view(TF_Tensor *tensor) {
    View made = {};
    if (good && tensorflow.TF_GetCode(status_) != TF_OK) fail();
    if (!tensor) return made;
    held_.push_back(tensor);
    made.axes = tensorflow.TF_NumDims(tensor);
    expect(made.axes <= most_axes, "A tensor has more than 8 axes.");
    if (!good) return {};
    for (int i = 0; i < made.axes; i++) made.shape[i] = tensorflow.TF_Dim(tensor, i);
    made.data = static_cast<float *>(tensorflow.TF_TensorData(tensor));
    return made;
  }

  void fail() {
    good = false;
    tensorflow.TF_OpKernelContext_Failure(context_, status_);
  }

  TF_OpKernelContext *context_;
  TF_Status *status_;
  std::vector<TF_Tensor *> held_;
};

// An op: what TensorFlow is told of it, and what it does. Attributes are read once, into a struct of the op's own.
struct OpDefinition {
  const char *name;
  const char *const *inputs, *const *outputs, *const *attributes; // "x: float", "epsilon: float", ended by null
  void *(*create)(TF_OpKernelConstruction *);
  void (*compute)(void *, TF_OpKernelContext *);
  void (*destroy)(void *);
};

float float_attribute(TF_OpKernelConstruction *construction, const char *name);
int64_t int_attribute(TF_OpKernelConstruction *construction, const char *name);
size_t threads_attribute(TF_OpKernelConstruction *construction); // at least 1

// The ops of each family.
extern const OpDefinition batch_norm_ops[4], conv_ops[3], cross_entropy_ops[1], dense_ops[3], depthwise_ops[3], layer_norm_ops[2], matmul_bf16_ops[1], pointwise_ops[3], update_ops[2];
