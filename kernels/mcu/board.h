// What the board offers: files of the machine that emulates it, a count of time, an end.
#pragma once
#include <stdint.h>

enum { OUT_OF_STACK = 4, NO_FILE = 5, SHORT_FILE = 6 };

// A file of the folder in which the emulator runs; -1 when it does not open.
int32_t file_open(const char *name, int writing);
// Bytes that were not read or written.
uint32_t file_read(int32_t file, void *to, uint32_t bytes);
uint32_t file_write(int32_t file, const void *from, uint32_t bytes);
void file_close(int32_t file);

// Ticks of the processor's clock divider since clock_begin: with QEMU's -icount each stands for a fixed number of instructions.
void clock_begin(void);
uint64_t clock_now(void);

// The most bytes of stack that were in use, by the pattern that `reset` wrote; UINT32_MAX when there was not enough.
uint32_t stack_bytes(void);

// Makes a fault of every access that the device would not have.
void board_protect(void);

__attribute__((noreturn)) void board_exit(int32_t code);
__attribute__((noreturn)) void board_fault(const uint32_t *frame);
