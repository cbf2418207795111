// The rules of optimizers as loops that a compiler turns into vectors: each rung compiles its own copy, for its own instructions.
#pragma once
#include "abi.h"

namespace {

void descend(const UpdateArrays &a, const float *numbers, float decay, size_t first, size_t last) {
  const float rate = numbers[0];
  for (size_t i = first; i < last; i++) {
    const float w = a.w[i];
    a.new_w[i] = w - rate * (a.g[i] + decay * w);
  }
}

template <bool Nesterov> void roll(const UpdateArrays &a, const float *numbers, float decay, size_t first, size_t last) {
  const float rate = numbers[0], momentum = numbers[1];
  for (size_t i = first; i < last; i++) {
    const float w = a.w[i], g = a.g[i] + decay * w, v = momentum * a.first[i] + g;
    a.new_first[i] = v;
    a.new_w[i] = w - rate * (Nesterov ? g + momentum * v : v);
  }
}

template <bool Decoupled> void adapt(const UpdateArrays &a, const float *numbers, float decay, size_t first, size_t last) {
  const float rate = numbers[2], one = 1 - numbers[3], two = 1 - numbers[4], epsilon = numbers[5];
  const float step = rate * __builtin_sqrtf(1 - numbers[1]) / (1 - numbers[0]), kept = 1 - rate * decay;
  for (size_t i = first; i < last; i++) {
    const float w = Decoupled ? kept * a.w[i] : a.w[i], g = Decoupled ? a.g[i] : a.g[i] + decay * w;
    const float m = a.first[i] + one * (g - a.first[i]), v = a.second[i] + two * (g * g - a.second[i]);
    a.new_first[i] = m;
    a.new_second[i] = v;
    a.new_w[i] = w - step * m / (__builtin_sqrtf(v) + epsilon);
  }
}

void update(const UpdateArrays *arrays, UpdateRule rule, const float *numbers, float decay, size_t first, size_t last) {
  switch (rule) {
  case update_sgd: return descend(*arrays, numbers, decay, first, last);
  case update_momentum: return roll<false>(*arrays, numbers, decay, first, last);
  case update_nesterov: return roll<true>(*arrays, numbers, decay, first, last);
  case update_adam: return adapt<false>(*arrays, numbers, decay, first, last);
  case update_adamw: return adapt<true>(*arrays, numbers, decay, first, last);
  }
}

} // namespace
