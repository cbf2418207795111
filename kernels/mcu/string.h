// The part of the C library that generated networks use.
#pragma once
#include <stddef.h>
#include <stdint.h>

// A word that may lie over values of any type.
typedef uint32_t __attribute__((may_alias)) words;

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
