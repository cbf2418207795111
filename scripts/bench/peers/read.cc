// How fast memory or a cache can be read: a line "BYTES THREADS" goes in, the milliseconds of the fastest of ten readings of so many bytes come out; see process.ts.
#include <immintrin.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static constexpr int readings = 10;

struct Part {
  const char *from;
  size_t bytes;
  int *arrived, threads;
  int64_t sum;
  double began[readings], ended[readings];
};

#define READ(bits, isa, vector, zero, add, load)                                                                           \
  __attribute__((target(isa))) static void read##bits(Part &part) {                                                        \
    vector sums[8];                                                                                                        \
    for (int j = 0; j < 8; j++) sums[j] = zero();                                                                          \
    for (size_t i = 0; i + bits <= part.bytes; i += bits)                                                                  \
      _Pragma("GCC unroll 8") for (int j = 0; j < 8; j++)                                                                  \
        sums[j] = add(sums[j], load(reinterpret_cast<const vector *>(part.from + i + bits / 8 * j)));                      \
    for (int j = 1; j < 8; j++) sums[0] = add(sums[0], sums[j]);                                                           \
    int64_t numbers[bits / 64];                                                                                            \
    memcpy(numbers, sums, sizeof numbers);                                                                                 \
    for (const int64_t number : numbers) part.sum += number;                                                               \
  }

READ(256, "avx2", __m256i, _mm256_setzero_si256, _mm256_add_epi64, _mm256_load_si256)
READ(512, "avx512f", __m512i, _mm512_setzero_si512, _mm512_add_epi64, _mm512_load_si512)

// Waits for the others without going to sleep: waking takes as long as the reading.
static void meet(const Part &part, int round) {
  __atomic_add_fetch(part.arrived, 1, __ATOMIC_ACQ_REL);
  while (__atomic_load_n(part.arrived, __ATOMIC_ACQUIRE) < part.threads * (round + 1)) _mm_pause();
}

static void *work(void *given) {
  Part &part = *static_cast<Part *>(given);
  const bool wide = __builtin_cpu_supports("avx512f");
  for (int i = 0; i < readings; i++) {
    meet(part, i);
    part.began[i] = now();
    (wide ? read512 : read256)(part);
    part.ended[i] = now();
  }
  return nullptr;
}

int main() {
  static char *memory = nullptr;
  static size_t size = 0;
  char line[64];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    size_t bytes = 0;
    int threads = 0;
    if (sscanf(line, "%zu %d", &bytes, &threads) != 2 || threads < 1 || threads > 16 || !__builtin_cpu_supports("avx2")) bytes = 0;
    if (bytes > size) {
      free(memory);
      memory = static_cast<char *>(aligned_alloc(1 << 21, ((bytes >> 21) + 1) << 21));
      memset(memory, 1, bytes);
      size = bytes;
    }
    double least = bytes ? 1e9 : 0;
    int arrived = 0;
    Part parts[16];
    pthread_t ids[16];
    const size_t piece = bytes / (threads ? threads : 1) / 512 * 512;
    for (int i = 0; bytes && i < threads; i++) {
      parts[i].from = memory + i * piece;
      parts[i].bytes = piece;
      parts[i].arrived = &arrived;
      parts[i].threads = threads;
      parts[i].sum = 0;
      pthread_create(&ids[i], nullptr, work, &parts[i]);
    }
    int64_t sum = 0;
    for (int i = 0; bytes && i < threads; i++) {
      pthread_join(ids[i], nullptr);
      sum += parts[i].sum;
    }
    // from the first that begins to the last that ends
    for (int i = 0; bytes && i < readings; i++) {
      double first = parts[0].began[i], last = parts[0].ended[i];
      for (int t = 1; t < threads; t++) {
        if (parts[t].began[i] < first) first = parts[t].began[i];
        if (parts[t].ended[i] > last) last = parts[t].ended[i];
      }
      if (last - first < least) least = last - first;
    }
    if (sum == 42) puts("");
    printf("%g\n", least);
    fflush(stdout);
  }
}
