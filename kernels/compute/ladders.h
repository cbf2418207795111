// Every kernel's ladder, from the obvious loop to the fastest rung. For bindings only: see the warning in abi.h.
#pragma once
#include "abi.h"

// What a rung may need of the processor, as bits.
enum Feature : unsigned { has_avx2 = 1, has_fma = 2 };

// The features that the processor has and the operating system saves registers for.
unsigned features();

template <typename Kernel> struct Rung {
  const char *name;
  unsigned needs;
  Kernel *run;

  // A rung is absent where the build left it out or the machine lacks what it needs.
  bool available() const { return run != nullptr && (features() & needs) == needs; }
};

static const Rung<Matmul> matmul_ladder[] = {
    {"reference", 0, matmul_reference},
    {"interchange", 0, matmul_interchange},
    {"avx2", has_avx2 | has_fma, matmul_avx2},
};
