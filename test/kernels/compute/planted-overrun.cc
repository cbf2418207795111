// Writes one element behind an array: `npm run test:native` first sees that this does not go unnoticed.
#define NAPI_VERSION 8
#include <node_api.h>

static napi_value overrun(napi_env env, napi_callback_info info) {
  size_t count = 1, length;
  napi_value array;
  void *elements;
  napi_get_cb_info(env, info, &count, &array, nullptr, nullptr);
  napi_get_typedarray_info(env, array, nullptr, &length, &elements, nullptr, nullptr);
  static_cast<float *>(elements)[length] = 1;
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "overrun", NAPI_AUTO_LENGTH, overrun, nullptr, &function);
  return function;
}
