/** What the SMLAD kernels share: instructions of the DSP extension, and moves of four bytes at any address. */
export const dspHelpers = `#if !defined(__OPTIMIZE__)
#error "These kernels need registers: compile with -O1 or more, -O3 for the fewest instructions"
#endif
typedef uint32_t __attribute__((may_alias)) word32;
static inline uint32_t load32(const void *p) { uint32_t v; __builtin_memcpy(&v, p, 4); return v; }
static inline uint32_t sxtb16(uint32_t v) { uint32_t r; __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(v)); return r; }
static inline uint32_t sxtb16_ror8(uint32_t v) { uint32_t r; __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(v)); return r; }
static inline int32_t smlad(uint32_t a, uint32_t b, int32_t c) { int32_t r; __asm__("smlad %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
static inline int32_t smlabb(uint32_t a, uint32_t b, int32_t c) { int32_t r; __asm__("smlabb %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
static inline int32_t smlabt(uint32_t a, uint32_t b, int32_t c) { int32_t r; __asm__("smlabt %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
static inline int32_t smlatb(uint32_t a, uint32_t b, int32_t c) { int32_t r; __asm__("smlatb %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
static inline uint32_t ssub16(uint32_t a, uint32_t b) { uint32_t r; __asm__("ssub16 %0, %1, %2" : "=r"(r) : "r"(a), "r"(b) : "cc"); return r; }
static inline int32_t smmlar(int32_t a, int32_t b, int32_t c) { int32_t r; __asm__("smmlar %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
static inline int32_t ssat8(int32_t v) { int32_t r; __asm__("ssat %0, #8, %1" : "=r"(r) : "r"(v)); return r; }
#define ssat8_right(v, right) ({ int32_t r_; __asm__("ssat %0, #8, %1, asr %2" : "=r"(r_) : "r"(v), "I"(right)); r_; })
static inline uint32_t sadd16(uint32_t a, uint32_t b) { uint32_t r; __asm__("sadd16 %0, %1, %2" : "=r"(r) : "r"(a), "r"(b) : "cc"); return r; }
/* both roundings of TensorFlow Lite, zero point and all; see requantize */
static inline int32_t scaled_signed(int32_t sum, int32_t multiplier, int32_t addend, int32_t shift) { return (smmlar(sum << 1, multiplier, addend) + (sum >> 31)) >> shift; }
static inline int32_t scaled_positive(int32_t sum, int32_t multiplier, int32_t addend, int32_t shift) { return smmlar(sum << 1, multiplier, addend) >> shift; }
static inline int32_t scaled_double(int32_t twice, int32_t multiplier, int32_t addend, int32_t shift) { return (smmlar(twice, multiplier, addend) + (twice >> 31)) >> shift; }
static inline int32_t scaled_double_positive(int32_t twice, int32_t multiplier, int32_t addend, int32_t shift) { return smmlar(twice, multiplier, addend) >> shift; }
`;

/** Words of eight weights of 4 bits as two of four bytes each: (v ^ 8) - 8 is v with its sign. */
export const nibbleHelpers = `static inline uint32_t signed4(uint32_t v) { uint32_t r; __asm__("ssub8 %0, %1, %2" : "=r"(r) : "r"((v & 0x0f0f0f0f) ^ 0x08080808), "r"(0x08080808) : "cc"); return r; }
static inline const void *unpack4(const void *from, word32 *to, int words) {
  const word32 *packed = (const word32 *)from;
  for (int i = 0; i < words; i++) { uint32_t v = *packed++; *to++ = signed4(v); *to++ = signed4(v >> 4); }
  return packed;
}`;
