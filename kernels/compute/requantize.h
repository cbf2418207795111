// From an accumulator to a stored integer, for the rungs that take one number at a time. Everything has internal linkage: each file has its own copy,
// compiled for its own processor.
#pragma once
#include "abi.h"

namespace {

inline int32_t wrapped(int64_t x) { return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(x))); }

inline int32_t scaled(int32_t acc, int32_t multiplier, int32_t left, int32_t right) {
  const int64_t shifted = wrapped(static_cast<int64_t>(acc) * (int64_t(1) << (left & 31)));
  const int32_t high = wrapped((shifted * multiplier + (int64_t(1) << 30)) >> 31);
  const int32_t mask = static_cast<int32_t>((uint32_t(1) << (right & 31)) - 1);
  return (high >> (right & 31)) + ((high & mask) > (mask >> 1) + (high < 0));
}

// clip(value + zero, low, high).
inline int32_t clipped(int32_t value, int32_t zero, int32_t low, int32_t high) {
  const int64_t moved = static_cast<int64_t>(value) + zero;
  return static_cast<int32_t>(moved < low ? low : moved > high ? high : moved);
}

// The same as a byte.
inline uint8_t stored(int32_t value, int32_t zero, int32_t low, int32_t high) { return static_cast<uint8_t>(clipped(value, zero, low, high)); }

// A sum itself, at any alignment.
inline void store_sum(uint8_t *y, int32_t sum) { __builtin_memcpy(y, &sum, sizeof sum); }

inline int32_t byte(uint8_t x, int32_t is_signed) { return is_signed ? static_cast<int8_t>(x) : x; }

} // namespace
