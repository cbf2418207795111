// What one core can do at most: as many operations as a product of 512 × 512 matrices has, as one kind of instruction on registers only.
// A line with its name goes in, fma256, fma512, vnni512 or bf16; the milliseconds of processor time come out (0 where the processor lacks it); see process.ts.
#include <immintrin.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const double operations = 2.0 * 512 * 512 * 512;

static double milliseconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

// 12 independent sums: more than latency times throughput (4 cycles, 2 a cycle), and few enough for the registers, where unrolling keeps them.
#define EACH _Pragma("GCC unroll 12") for (int i = 0; i < 12; i++)
#define PEAK(name, isa, vector, set, instruction, each)                                        \
  __attribute__((target(isa))) static double name() {                                          \
    vector sums[12];                                                                           \
    EACH sums[i] = set(i);                                                                     \
    const vector a = set(1), b = set(2);                                                       \
    const long rounds = operations / (12 * each);                                              \
    const double began = milliseconds();                                                       \
    for (long r = 0; r < rounds; r++)                                                          \
      EACH asm volatile(instruction " %1, %2, %0" : "+v"(sums[i]) : "v"(a), "v"(b));           \
    return milliseconds() - began;                                                             \
  }

PEAK(fma256, "avx2,fma", __m256, _mm256_set1_ps, "vfmadd231ps", 16)
PEAK(fma512, "avx512f", __m512, _mm512_set1_ps, "vfmadd231ps", 32)
PEAK(vnni512, "avx512f,avx512vnni", __m512i, _mm512_set1_epi32, "vpdpbusd", 128)
PEAK(bf16, "avx512f,avx512bf16", __m512, _mm512_set1_ps, "vdpbf16ps", 64)

static double measured(const char *name) {
  if (!strcmp(name, "fma256")) return __builtin_cpu_supports("fma") ? fma256() : 0;
  if (!strcmp(name, "fma512")) return __builtin_cpu_supports("avx512f") ? fma512() : 0;
  if (!strcmp(name, "vnni512")) return __builtin_cpu_supports("avx512vnni") ? vnni512() : 0;
  if (!strcmp(name, "bf16")) return __builtin_cpu_supports("avx512bf16") ? bf16() : 0;
  return 0;
}

int main() {
  char line[32];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    printf("%g\n", measured(line));
    fflush(stdout);
  }
}
