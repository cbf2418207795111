#include "threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>

namespace {

constexpr size_t most_threads = 64;
constexpr size_t least_cost = 1000000; // operations, some microseconds, that are worth waking another thread
constexpr int spins = 4000;            // some 50 µs before a thread without work goes to sleep

struct Job {
  size_t count, piece;
  void (*part)(const void *, size_t, size_t);
  const void *context;
};

// Pieces that nobody has taken yet: the first of them and the one behind the last, 16 bits each, below the number of the job. A thread that comes late cannot take a
// piece of another job by mistake, and a job's fields stay as they are while a piece of it is held. Who asks takes from the front and helpers from the back: one op
// after the other finds its part of a tensor in its own core's cache.
uint64_t ticket = 0;
constexpr uint64_t front = 1 << 16;
uint64_t first_of(uint64_t now) { return now / front % front; }
uint64_t behind_of(uint64_t now) { return now % front; }
bool some(uint64_t now) { return first_of(now) < behind_of(now); }
Job job;
size_t finished, started, helpers, sleepers;
pthread_t threads_of[most_threads];
pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER, bed = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t alarm = PTHREAD_COND_INITIALIZER;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

bool has_work() { return some(__atomic_load_n(&ticket, __ATOMIC_SEQ_CST)); }

// Takes pieces until none is left.
void work(bool helps) {
  uint64_t now = __atomic_load_n(&ticket, __ATOMIC_ACQUIRE);
  while (some(now)) {
    if (!__atomic_compare_exchange_n(&ticket, &now, helps ? now - 1 : now + front, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) continue;
    const size_t first = (helps ? behind_of(now) - 1 : first_of(now)) * job.piece;
    const size_t last = job.count - first < job.piece ? job.count : first + job.piece;
    job.part(job.context, first, last);
    __atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL);
    now = __atomic_load_n(&ticket, __ATOMIC_ACQUIRE);
  }
}

void *helper(void *number) {
  for (;;) {
    for (int i = 0; i < spins && !has_work(); i++) relax();
    if (!has_work() || reinterpret_cast<size_t>(number) >= __atomic_load_n(&helpers, __ATOMIC_ACQUIRE)) {
      pthread_mutex_lock(&bed);
      __atomic_add_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
      if (!has_work() || reinterpret_cast<size_t>(number) >= __atomic_load_n(&helpers, __ATOMIC_ACQUIRE)) pthread_cond_wait(&alarm, &bed);
      __atomic_sub_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
      pthread_mutex_unlock(&bed);
    }
    if (reinterpret_cast<size_t>(number) < __atomic_load_n(&helpers, __ATOMIC_ACQUIRE)) work(true);
  }
  return nullptr;
}

// Starts threads that are missing; fewer than wanted is all right.
void start(size_t wanted) {
  if (started == 0 && wanted > 0) {
    // the threads outlive whoever loaded this module (a worker of Node unloads it), so its code must stay
    Dl_info info;
    if (dladdr(reinterpret_cast<void *>(&helper), &info) == 0 || dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE) == nullptr) return;
  }
  for (; started < wanted; started++) {
    if (pthread_create(&threads_of[started], nullptr, helper, reinterpret_cast<void *>(started)) != 0) return;
  }
}

// A sleeping thread is woken on the core of whoever wakes it, and waits there until that one is done: keep it off this core.
void keep_off_this_core(size_t number) {
#if defined(__linux__)
  static cpu_set_t allowed;
  static const bool known = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
  const int here = sched_getcpu();
  if (!known || here < 0 || here >= CPU_SETSIZE) return;
  cpu_set_t others = allowed;
  CPU_CLR(here, &others);
  if (CPU_COUNT(&others) == 0) return;
  for (size_t i = 0; i < number; i++) pthread_setaffinity_np(threads_of[i], sizeof others, &others);
#else
  (void)number;
#endif
}

} // namespace

void share(size_t count, size_t grain, size_t cost, size_t threads, void (*part)(const void *, size_t, size_t), const void *context) {
  if (threads > most_threads) threads = most_threads;
  const size_t grains = (count + grain - 1) / grain;
  const bool little = cost < least_cost && count < least_cost && count * cost < least_cost;
  if (threads < 2 || grains < 2 || little || pthread_mutex_trylock(&owner) != 0) {
    if (count > 0) part(context, 0, count);
    return;
  }
  start(threads - 1);
  if (__atomic_load_n(&sleepers, __ATOMIC_SEQ_CST) > 0) keep_off_this_core(started < threads - 1 ? started : threads - 1);
  // several pieces a thread, so that one that is late does not hold up the others
  const size_t wanted = 4 * threads, pieces = grains < wanted ? grains : wanted;
  const size_t piece = (grains + pieces - 1) / pieces * grain;
  const size_t number = (count + piece - 1) / piece;
  job = {count, piece, part, context};
  __atomic_store_n(&finished, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&helpers, threads - 1, __ATOMIC_RELEASE);
  __atomic_store_n(&ticket, ((ticket >> 32) + 1) << 32 | number, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&sleepers, __ATOMIC_SEQ_CST) > 0) {
    pthread_mutex_lock(&bed);
    pthread_cond_broadcast(&alarm);
    pthread_mutex_unlock(&bed);
  }
  work(false);
  // a thread that holds a piece may have lost its core to another process, or to this loop
  for (int i = 0; __atomic_load_n(&finished, __ATOMIC_ACQUIRE) != number; i += i < spins) {
    if (i < spins)
      relax();
    else
      sched_yield();
  }
  pthread_mutex_unlock(&owner);
}
