// The functions that a C compiler may call by itself, without a C library.
#include "string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if ((((uintptr_t)t ^ (uintptr_t)f) & 3) == 0) {
    for (; bytes > 0 && ((uintptr_t)t & 3); bytes--) *t++ = *f++;
    for (; bytes >= 16; bytes -= 16, t += 16, f += 16) {
      const uint32_t a = ((const words *)f)[0], b = ((const words *)f)[1], c = ((const words *)f)[2], d = ((const words *)f)[3];
      ((words *)t)[0] = a;
      ((words *)t)[1] = b;
      ((words *)t)[2] = c;
      ((words *)t)[3] = d;
    }
    for (; bytes >= 4; bytes -= 4, t += 4, f += 4) *(words *)t = *(const words *)f;
  }
  while (bytes-- > 0) *t++ = *f++;
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  uint8_t *t = to;
  const uint32_t word = (uint8_t)value * 0x01010101u;
  for (; bytes > 0 && ((uintptr_t)t & 3); bytes--) *t++ = (uint8_t)value;
  for (; bytes >= 16; bytes -= 16, t += 16) ((words *)t)[0] = ((words *)t)[1] = ((words *)t)[2] = ((words *)t)[3] = word;
  for (; bytes >= 4; bytes -= 4, t += 4) *(words *)t = word;
  while (bytes-- > 0) *t++ = (uint8_t)value;
  return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if (t <= f || t >= f + bytes) return memcpy(to, from, bytes);
  while (bytes-- > 0) t[bytes] = f[bytes];
  return to;
}

int memcmp(const void *a, const void *b, size_t bytes) {
  const uint8_t *x = a, *y = b;
  for (; bytes > 0; bytes--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}
