// What one core can do at most: as many operations as a product of 512 × 512 matrices has, as fused multiply-adds on registers only.
// A line with the width of the vectors in bits goes in, the milliseconds of processor time come out (0 where the processor has no such vectors); see process.ts.
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double operations = 2.0 * 512 * 512 * 512;

static double milliseconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

// 12 independent sums: more than latency times throughput (4 cycles, 2 a cycle), and few enough for the registers, where unrolling keeps them.
#define EACH _Pragma("GCC unroll 12") for (int i = 0; i < 12; i++)
#define PEAK(bits, isa, vector, set)                                                           \
  __attribute__((target(isa))) static double fma##bits() {                                     \
    vector sums[12];                                                                           \
    EACH sums[i] = set(i);                                                                     \
    const vector a = set(1.000001f), b = set(0.999f);                                          \
    const long rounds = operations / (12 * 2 * (bits / 32));                                   \
    const double began = milliseconds();                                                       \
    for (long r = 0; r < rounds; r++)                                                          \
      EACH asm volatile("vfmadd231ps %1, %2, %0" : "+v"(sums[i]) : "v"(a), "v"(b));            \
    return milliseconds() - began;                                                             \
  }

PEAK(256, "avx2,fma", __m256, _mm256_set1_ps)
PEAK(512, "avx512f", __m512, _mm512_set1_ps)

int main() {
  char line[32];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    const bool wide = atoi(line) == 512;
    const bool has = wide ? __builtin_cpu_supports("avx512f") : __builtin_cpu_supports("fma");
    printf("%g\n", has ? (wide ? fma512() : fma256()) : 0.0);
    fflush(stdout);
  }
}
