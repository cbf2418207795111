// Reads the arguments of a call from JavaScript. The first that is wrong throws there, by name, and from then on `good` is false.
#pragma once
#include <node_api.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../ladders.h"

class Arguments {
public:
  // kernel(array, array, …, options): the options come last, at position `arrays`; a number alone is `threads`, which a call of a few microseconds feels.
  Arguments(napi_env env, napi_callback_info info, size_t arrays) : env_(env), arrays_(arrays) {
    size_t count = most;
    napi_get_cb_info(env, info, &count, values_, nullptr, nullptr);
    napi_valuetype type;
    napi_typeof(env, values_[arrays], &type);
    only_threads_ = type == napi_number;
    if (type != napi_object && !only_threads_) fail("compute/options", "The last argument must be an object of sizes.");
  }

  // One size among the options: a whole number below 2³², so that a product of two fits. One that may be left out has a value then.
  size_t size(const char *name, double absent = -1) {
    double value = absent;
    napi_valuetype type = napi_undefined;
    const napi_value given = good ? option(name) : nullptr;
    if (given && good) napi_typeof(env_, given, &type);
    if (type != napi_undefined && napi_get_value_double(env_, given, &value) != napi_ok) value = -1;
    if (good && !(value >= 0 && value <= UINT32_MAX && value == static_cast<uint32_t>(value)))
      fail("compute/size", "%s must be a whole number from 0 to 2^32 - 1.", name);
    return good ? static_cast<size_t>(value) : 0;
  }

  // A finite number among the options.
  double number(const char *name) {
    double value = 0;
    if (good && napi_get_value_double(env_, option(name), &value) != napi_ok) value = __builtin_inf();
    if (good && !(value - value == 0)) fail("compute/size", "%s must be a finite number.", name);
    return value;
  }

  // Whether there is something at a position, for an array that may be left out.
  bool given(size_t position) {
    napi_valuetype type = napi_undefined;
    if (good) napi_typeof(env_, values_[position], &type);
    return type != napi_undefined;
  }

  // The rung that the options name, or the best there is.
  template <typename Kernel, size_t N> Kernel *rung(const Rung<Kernel> (&ladder)[N]) {
    char name[32] = "";
    napi_valuetype type = napi_undefined;
    const napi_value value = good && !only_threads_ ? option("rung") : nullptr;
    if (value && good) napi_typeof(env_, value, &type);
    const bool best = type == napi_undefined;
    if (good && !best && napi_get_value_string_utf8(env_, value, name, sizeof name, nullptr) != napi_ok)
      fail("compute/rung", "rung must be a name.");
    for (size_t i = N; good && i-- > 0;)
      if (ladder[i].available() && (best || strcmp(ladder[i].name, name) == 0)) return ladder[i].run;
    fail("compute/rung", "There is no rung \"%s\" on this machine.", name);
    return nullptr;
  }

  // The elements of a Float32Array that must be a dense [rows, columns]. They are valid until JavaScript runs again, and a property read may run it:
  // sizes and rung are read first.
  const float *input(size_t position, size_t rows, size_t columns) {
    float *elements = view(position, rows, columns);
    if (good) seen(elements, rows * columns * sizeof(float));
    return elements;
  }

  // The same to be written to; it must share no byte with another array.
  float *output(size_t position, size_t rows, size_t columns) {
    float *elements = view(position, rows, columns);
    if (good) apart(position, elements, rows * columns * sizeof(float));
    if (good) seen(elements, rows * columns * sizeof(float));
    return elements;
  }

  // The fields of a shape, all int32, from an Int32Array in their order.
  template <typename Shape> Shape fields(size_t position) {
    Shape shape = {};
    size_t length;
    const void *elements = typed(position, napi_int32_array, napi_int32_array, &length);
    if (good && length * sizeof(int32_t) != sizeof shape)
      fail("compute/length", "Array %zu must hold %zu sizes; it holds %zu.", position, sizeof shape / sizeof(int32_t), length);
    if (good) memcpy(&shape, elements, sizeof shape);
    return shape;
  }

  // At least so many whole numbers: int8 and uint8 (`Element` uint8_t), int8, int16 or int32.
  template <typename Element> const Element *integers(size_t position, size_t least) {
    size_t length;
    const Element *elements = static_cast<const Element *>(whole<Element>(position, least, &length));
    if (good) seen(elements, length * sizeof(Element));
    return elements;
  }

  // Bytes to be written to, at least so many; they must share none with another array.
  uint8_t *bytes(size_t position, size_t least) { return written<uint8_t>(position, least); }

  // The same of other whole numbers.
  template <typename Element> Element *written(size_t position, size_t least) {
    size_t length;
    Element *elements = static_cast<Element *>(whole<Element>(position, least, &length));
    if (good) apart(position, elements, length * sizeof(Element));
    if (good) seen(elements, length * sizeof(Element));
    return elements;
  }

  // A condition on what was read.
  void expect(bool condition, const char *what) {
    if (!condition) fail("compute/size", "%s", what);
  }

  bool good = true;

private:
  static constexpr size_t most = 8;

  struct Range {
    const char *begin, *end;
  };

  void seen(const void *elements, size_t bytes) {
    const char *begin = static_cast<const char *>(elements);
    if (seen_ < most) inputs_[seen_++] = {begin, begin + bytes};
  }

  void apart(size_t position, const void *elements, size_t bytes) {
    const char *begin = static_cast<const char *>(elements);
    for (size_t i = 0; i < seen_; i++)
      if (begin < inputs_[i].end && inputs_[i].begin < begin + bytes)
        fail("compute/overlap", "Array %zu is written to and overlaps one that is read.", position);
  }

  template <typename Element> void *whole(size_t position, size_t least, size_t *length) {
    constexpr napi_typedarray_type type = sizeof(Element) == 1 ? napi_int8_array : sizeof(Element) == 2 ? napi_int16_array : napi_int32_array;
    constexpr bool either = sizeof(Element) == 1 && Element(-1) > Element(0);
    void *elements = typed(position, type, either ? napi_uint8_array : type, length);
    if (good && *length < least) fail("compute/length", "Array %zu must hold %zu elements; it holds %zu.", position, least, *length);
    return elements;
  }

  void *typed(size_t position, napi_typedarray_type first, napi_typedarray_type second, size_t *length) {
    static const char *const names[] = {"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array"};
    bool is_typed = false;
    if (good) napi_is_typedarray(env_, values_[position], &is_typed);
    napi_typedarray_type type = napi_float64_array;
    void *elements = nullptr;
    *length = 0;
    if (is_typed) napi_get_typedarray_info(env_, values_[position], &type, length, &elements, nullptr, nullptr);
    if (good && type != first && type != second) fail("compute/dtype", "Array %zu must be an %s.", position, names[first]);
    return elements;
  }

  napi_value option(const char *name) {
    if (only_threads_ && strcmp(name, "threads") == 0) return values_[arrays_];
    napi_value value = nullptr;
    if (napi_get_named_property(env_, values_[arrays_], name, &value) != napi_ok) good = false; // a getter has thrown
    return value;
  }

  float *view(size_t position, size_t rows, size_t columns) {
    bool typed = false;
    if (good) napi_is_typedarray(env_, values_[position], &typed);
    napi_typedarray_type type = napi_int8_array;
    size_t length = 0;
    void *elements = nullptr;
    if (typed) napi_get_typedarray_info(env_, values_[position], &type, &length, &elements, nullptr, nullptr);
    if (good && type != napi_float32_array) fail("compute/dtype", "Array %zu must be a Float32Array.", position);
    if (good && length != rows * columns)
      fail("compute/length", "Array %zu must hold %zu x %zu elements; it holds %zu.", position, rows, columns, length);
    return static_cast<float *>(elements);
  }

  __attribute__((format(printf, 3, 4))) void fail(const char *code, const char *format, ...) {
    if (!good) return;
    good = false;
    char message[160];
    va_list parts;
    va_start(parts, format);
    vsnprintf(message, sizeof message, format, parts);
    va_end(parts);
    napi_throw_error(env_, code, message);
  }

  napi_env env_;
  size_t arrays_;
  bool only_threads_ = false;
  napi_value values_[most] = {};
  Range inputs_[most];
  size_t seen_ = 0;
};
