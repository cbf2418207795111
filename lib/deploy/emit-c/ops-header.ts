/** network_ops.h: types, the arena, and how accumulators become stored integers. Exactly `scaled` and `clamped` of the interpreters. */
export const opsHeader = `#include <stdint.h>

typedef int16_t __attribute__((may_alias)) int16;
typedef int32_t __attribute__((may_alias)) int32;
typedef int64_t __attribute__((may_alias)) int64;
typedef float __attribute__((may_alias)) float32;

#if defined(__clang__)
#define STEP __attribute__((noinline)) void
#else
/* noipa: steps of equal text stay functions of their own */
#define STEP __attribute__((noinline, noipa)) void
#endif

extern uint8_t network_arena[] __attribute__((aligned(16)));

/* the nearest of low ... high */
static inline int32_t clamped(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : x > high ? high : x;
}

/* round(a * b / 2^31), halves up; b > -2^31 */
static inline int32_t high_product(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* round(x / 2^right), halves away from zero; right from 0 to 31 */
static inline int32_t rounding_shift(int32_t x, int right) {
  uint32_t mask = ((uint32_t)1 << right) - 1;
  uint32_t rest = (uint32_t)x & mask;
  return (x >> right) + (rest > (mask >> 1) + (x < 0));
}

/* x * multiplier / 2^(31 + right), rounded twice */
static inline int32_t scaled_right(int32_t x, int32_t multiplier, int right) {
  return rounding_shift(high_product(x, multiplier), right);
}

/* x * multiplier * 2^(shift - 31), rounded twice; a shift to the left comes first and wraps */
static inline int32_t scaled(int32_t x, int32_t multiplier, int shift) {
  return shift > 0 ? high_product((int32_t)((uint32_t)x << shift), multiplier) : scaled_right(x, multiplier, -shift);
}`;

/** acc · reduced / 2^right for accumulators of 64 bits, rounded once, halves up; wraps at 32 bits. */
export const scaledWideHelper = `/* x * reduced / 2^right, rounded once, halves up; wraps at 32 bits; right from -15 on */
static inline int32_t scaled_wide(int64_t x, int32_t reduced, int right) {
  int64_t product = x * reduced;
  if (right <= 0) return (int32_t)((uint32_t)product << -right);
  return (int32_t)(uint32_t)((product + ((int64_t)1 << (right - 1))) >> right);
}`;
