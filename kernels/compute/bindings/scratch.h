// What bindings need besides their arguments: products of sizes, memory for a kernel's scratch, and large pages.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

// A product of sizes; what 64 bits do not hold stays the largest number, which no array has.
inline size_t times(size_t a, size_t b) {
  size_t product;
  return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX / 2 : product > SIZE_MAX / 2 ? SIZE_MAX / 2 : product;
}

template <typename... Sizes> inline size_t times(size_t a, size_t b, Sizes... others) { return times(times(a, b), others...); }

// The memory of a thread for a kernel's scratch, as large as the largest that was asked for, from the start of a line of the cache; or null. Each slot is another
// memory, for whoever calls others that have scratch of their own.
template <int slot = 0> inline uint8_t *scratch_of(size_t bytes) {
  static __thread uint8_t *memory = nullptr;
  static __thread size_t size = 0;
  if (size >= bytes) return memory;
  free(memory);
  const size_t lines = (bytes + 63) / 64 * 64;
  memory = static_cast<uint8_t *>(aligned_alloc(64, lines));
  size = memory ? lines : 0;
  return memory;
}

template <int slot = 0> inline float *floats_of_thread(size_t count) { return reinterpret_cast<float *>(scratch_of<slot>(times(count, sizeof(float)))); }

// `count` floats for the length of a block, or null.
class Floats {
public:
  explicit Floats(size_t count) : data_(static_cast<float *>(malloc(count * sizeof(float) + 1))) {}
  ~Floats() { free(data_); }
  Floats(const Floats &) = delete;
  float *data() const { return data_; }

private:
  float *data_;
};

// Asks for pages of 2 MB below an output that is written for the first time: where memory comes in pages of 4 KB, that takes longer than the kernel. A hint,
// which systems that have no such pages do not take.
inline void large_pages(void *memory, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  constexpr uintptr_t large = 1 << 21;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + large - 1) / large * large;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(memory) + bytes) / large * large;
  if (memory && end > begin) madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}
