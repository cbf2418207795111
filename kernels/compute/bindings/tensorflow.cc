#include "tensorflow.h"

#include <dlfcn.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TensorFlow tensorflow;

static bool complete(TF_OpKernelConstruction *construction, TF_Status *status) {
  const bool good = tensorflow.TF_GetCode(status) == TF_OK;
  if (!good) tensorflow.TF_OpKernelConstruction_Failure(construction, status);
  tensorflow.TF_DeleteStatus(status);
  return good;
}

float float_attribute(TF_OpKernelConstruction *construction, const char *name) {
  TF_Status *const status = tensorflow.TF_NewStatus();
  float value = 0;
  tensorflow.TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status);
  return complete(construction, status) ? value : 0;
}

int64_t int_attribute(TF_OpKernelConstruction *construction, const char *name) {
  TF_Status *const status = tensorflow.TF_NewStatus();
  int64_t value = 0;
  tensorflow.TF_OpKernelConstruction_GetAttrInt64(construction, name, &value, status);
  return complete(construction, status) ? value : 0;
}

size_t threads_attribute(TF_OpKernelConstruction *construction) {
  const int64_t threads = int_attribute(construction, "threads");
  return threads < 1 ? 1 : static_cast<size_t>(threads);
}

namespace {

// TensorFlow as the process has it, or null.
const char *connect() {
#if defined(__APPLE__)
  void *const library = dlopen("libtensorflow_framework.2.dylib", RTLD_NOLOAD | RTLD_NOW);
#else
  void *const library = dlopen("libtensorflow_framework.so.2", RTLD_NOLOAD | RTLD_NOW);
#endif
  if (!library) return "libtensorflow_framework is not loaded";
#define FIND(name)                                                                                                                                      \
  tensorflow.name = reinterpret_cast<decltype(tensorflow.name)>(dlsym(library, #name));                                                                  \
  if (!tensorflow.name) return "TensorFlow lacks " #name;
  TENSORFLOW_FUNCTIONS(FIND)
#undef FIND
  return nullptr;
}

void unknown_shape(TF_ShapeInferenceContext *context, TF_Status *status) { tensorflow.TF_ShapeInferenceContextSetUnknownShape(context, status); }

void define(const OpDefinition &op, TF_Status *status) {
  TF_OpDefinitionBuilder *const builder = tensorflow.TF_NewOpDefinitionBuilder(op.name);
  for (const char *const *at = op.attributes; *at; at++) tensorflow.TF_OpDefinitionBuilderAddAttr(builder, *at);
  for (const char *const *at = op.inputs; *at; at++) tensorflow.TF_OpDefinitionBuilderAddInput(builder, *at);
  for (const char *const *at = op.outputs; *at; at++) tensorflow.TF_OpDefinitionBuilderAddOutput(builder, *at);
  tensorflow.TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, unknown_shape);
  tensorflow.TF_RegisterOpDefinition(builder, status);
  if (tensorflow.TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder *const kernel = tensorflow.TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.destroy);
  tensorflow.TF_RegisterKernelBuilder(op.name, kernel, status);
}

// An op that is registered twice ends the process, and the same process may load this module from two places: the environment says what was done, for
// this process alone.
bool first_in_process() {
  char now[32];
  snprintf(now, sizeof now, "%d", static_cast<int>(getpid()));
  const char *const known = getenv("TINYLAB_TENSORFLOW_OPS");
  if (known && strcmp(known, now) == 0) return false;
  setenv("TINYLAB_TENSORFLOW_OPS", now, 1);
  return true;
}

template <size_t N> bool define_all(const OpDefinition (&ops)[N], TF_Status *status) {
  for (const OpDefinition &op : ops) {
    define(op, status);
    if (tensorflow.TF_GetCode(status) != TF_OK) return false;
  }
  return true;
}

} // namespace

// registerOps(): nothing, or why there are none.
napi_value register_ops(napi_env env, napi_callback_info) {
  static char why[256] = "";
  static bool done = false;
  if (!done) {
    done = true;
    if (const char *missing = connect()) {
      snprintf(why, sizeof why, "%s", missing);
    } else if (first_in_process()) {
      TF_Status *const status = tensorflow.TF_NewStatus();
      if (!(define_all(batch_norm_ops, status) && define_all(conv_ops, status) && define_all(depthwise_ops, status) && define_all(pointwise_ops, status) &&
            define_all(update_ops, status) && define_all(matmul_bf16_ops, status) && define_all(dense_ops, status) && define_all(layer_norm_ops, status) &&
            define_all(cross_entropy_ops, status))) snprintf(why, sizeof why, "%s", tensorflow.TF_Message(status));
      tensorflow.TF_DeleteStatus(status);
    }
  }
  napi_value result = nullptr;
  if (why[0]) napi_create_string_utf8(env, why, NAPI_AUTO_LENGTH, &result);
  return result;
}
