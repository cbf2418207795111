// What rungs with vectors of 16 share, in a nameless namespace: each compiles its own copy.
#pragma once
#include <immintrin.h>
#include <stddef.h>

namespace {

// The first `count` lanes of 16, all of them from 16 on: a masked load reads nothing behind the end of an array.
inline __mmask16 first_lanes(size_t count) { return count >= 16 ? 0xffff : static_cast<__mmask16>((1u << count) - 1); }

} // namespace
