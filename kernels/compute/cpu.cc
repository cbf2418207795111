#include "ladders.h"

// The compiler's own check: it asks CPUID for the instructions and XGETBV whether the operating system saves their registers, once a process.
unsigned features() {
  unsigned found = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) found |= has_avx2;
  if (__builtin_cpu_supports("fma")) found |= has_fma;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    found |= has_avx512;
  if (__builtin_cpu_supports("avx512vnni")) found |= has_avx512_vnni;
#endif
  return found;
}
