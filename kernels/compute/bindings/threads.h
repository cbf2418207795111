// Work shared by a few threads that stay alive between calls: a step of a small network takes some microseconds, and starting a thread takes more.
#pragma once
#include <stddef.h>

// Runs `part` on pieces of first … last that together are 0 … count, each a multiple of `grain` but the last. `cost` is about the number of operations for one
// of them: little work stays on the thread that asks. One caller at a time has the threads, others work alone.
void share(size_t count, size_t grain, size_t cost, size_t threads, void (*part)(const void *context, size_t first, size_t last), const void *context);

template <typename Part> void parallel(size_t count, size_t grain, size_t cost, size_t threads, const Part &part) {
  share(count, grain, cost, threads, [](const void *context, size_t first, size_t last) { (*static_cast<const Part *>(context))(first, last); }, &part);
}
