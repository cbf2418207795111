#include <stdlib.h>
#include <string.h>

#include "ladders.h"

namespace {

struct Level {
  const char *name;
  unsigned allows;
};

// Each with what the ones before it allow.
constexpr Level levels[] = {
    {"plain", 0},
    {"avx2", has_avx2 | has_fma},
    {"avx512", has_avx2 | has_fma | has_avx512},
    {"vnni", has_avx2 | has_fma | has_avx512 | has_avx512_vnni},
    {"amx", ~0u}, // bfloat16 too, which every processor with AMX has; no rung asks for AMX yet
};

// The compiler's own check: it asks CPUID for the instructions and XGETBV whether the operating system saves their registers.
unsigned of_processor() {
  unsigned found = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) found |= has_avx2;
  if (__builtin_cpu_supports("fma")) found |= has_fma;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    found |= has_avx512;
  if (__builtin_cpu_supports("avx512vnni")) found |= has_avx512_vnni;
  if (__builtin_cpu_supports("avx512bf16")) found |= has_avx512_bf16;
  if (__builtin_cpu_supports("amx-bf16")) found |= has_amx_bf16;
#endif
  return found;
}

const Level *level_of(const char *wanted) {
  for (const Level &level : levels)
    if (strcmp(level.name, wanted) == 0) return &level;
  return nullptr;
}

} // namespace

const char *unknown_level() {
  const char *wanted = getenv("TINYLAB_ISA");
  return wanted && *wanted && !level_of(wanted) ? wanted : nullptr;
}

unsigned features() {
  static const unsigned found = [] {
    const char *wanted = getenv("TINYLAB_ISA");
    const Level *level = wanted ? level_of(wanted) : nullptr;
    return of_processor() & (level ? level->allows : ~0u);
  }();
  return found;
}
