// What rungs share that take some channels of a pixel at once and have no masks for what is left of them. Internal linkage, see requantize.h.
#pragma once
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace {

// block(c) for blocks of Count channels from `done` on, as many as there are, and one more that lies over the last of them for what is left. Where there are fewer than Count
// channels nothing is done: smaller blocks come behind.
template <size_t Count, typename Block> void blocks(size_t &done, size_t channels, Block block) {
  while (channels >= Count && done < channels) {
    const size_t c = done + Count <= channels ? done : channels - Count;
    block(c);
    done = c + Count;
  }
}

template <size_t Count> struct Width {
  static constexpr size_t value = Count;
};

// step(Width<Count>()) for 16, 8, 4 and 1: a block of each width, the widest first.
template <typename Step> void each_width(Step step) {
  step(Width<16>());
  step(Width<8>());
  step(Width<4>());
  step(Width<1>());
}

// 16, 8, 4 or 1 bytes, and zeros behind them.
template <size_t Count> __m128i some_bytes(const uint8_t *from) {
  if (Count == 16) return _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
  int64_t few = 0;
  __builtin_memcpy(&few, from, Count < 8 ? Count : 8);
  return _mm_cvtsi64_si128(few);
}

template <size_t Count> void store_bytes(uint8_t *to, __m128i bytes) { __builtin_memcpy(to, &bytes, Count); }

} // namespace
