#include "interleaved-avx512.h"
#include "places.h"

// 32 channels at once: two places of a kernel are taken together, their bytes widened to 16 bits and interleaved, so that vpdpwssd adds both products to a
// sum of 32 bits. Interleaving moves channels inside the vectors; packing the results to bytes moves them back. A kernel's weights are interleaved once
// for all pixels.
namespace {

// 32 channels of a kernel.
struct Block {
  Sums weight[most_pairs];
  Sums offset;
  Scale16 low, high;
  __mmask32 lanes;
};

void load(Block &block, const int16_t *weight, const int32_t *channel, size_t channels, size_t taps) {
  for (size_t t = 0; t < taps; t += 2) {
    const __m512i a = _mm512_maskz_loadu_epi16(block.lanes, weight + t * channels);
    const __m512i b = t + 1 < taps ? _mm512_maskz_loadu_epi16(block.lanes, weight + (t + 1) * channels) : _mm512_setzero_si512();
    block.weight[t / 2] = interleave(a, b);
  }
  const auto row = [&](size_t i) { return parameters(channel + i * channels, block.lanes); };
  block.offset = row(0);
  const Sums multiplier = row(1), left = row(2), right = row(3);
  block.low = Scale16(multiplier.low, left.low, right.low);
  block.high = Scale16(multiplier.high, left.high, right.high);
}

// One pixel: `place` gives where a place of the kernel is read.
template <bool Signed, typename Place> void pixel(const Block &block, const Clip16 &clip, size_t taps, uint8_t *y, Place place) {
  Sums sums = block.offset;
  for (size_t t = 0; t < taps; t += 2) {
    const __m512i a = widened<Signed>(place(t), block.lanes);
    const __m512i b = widened<Signed>(place(t + 1 < taps ? t + 1 : t), block.lanes); // the last has a weight of 0 beside it
    const Sums x = interleave(a, b);
    sums.low = dot(sums.low, x.low, block.weight[t / 2].low);
    sums.high = dot(sums.high, x.high, block.weight[t / 2].high);
  }
  const __m512i words = _mm512_packs_epi32(clip(block.low(sums.low)), clip(block.high(sums.high)));
  _mm256_mask_storeu_epi8(y, block.lanes, _mm512_cvtepi16_epi8(words));
}

template <bool Signed>
void rows(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, const Int8DepthwiseShape &s, size_t first, size_t last) {
  const ptrdiff_t channels = s.channels;
  const size_t taps = taps_of(s);
  const Clip16 clip(s.output_zero, s.low, s.high);
  alignas(32) uint8_t border[32];
  _mm256_store_si256(reinterpret_cast<__m256i *>(border), _mm256_set1_epi8(static_cast<uint8_t>(s.zero)));
  const Places places(s, x, border);
  Block block;
  for (ptrdiff_t c = 0; c < channels; c += 32) {
    block.lanes = channels - c >= 32 ? ~0u : (1u << (channels - c)) - 1;
    load(block, weight + c, channel + c, channels, taps);
    places.walk(c, y, first, last, [&](uint8_t *to, auto place) { pixel<Signed>(block, clip, taps, to, place); });
  }
}

} // namespace

void int8_depthwise_avx512_vnni(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape s, size_t first,
                                size_t last) {
  if (taps_of(s) > most_taps)
    int8_depthwise_reference(x, weight, channel, y, s, first, last);
  else if (s.is_signed)
    rows<true>(x, weight, channel, y, s, first, last);
  else
    rows<false>(x, weight, channel, y, s, first, last);
}
