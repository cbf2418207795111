// The memory protection unit: from now on there is the device's flash, which nobody writes, its SRAM, which nobody executes, and the processor's own
// registers. Everything else that the emulated board has is a fault.
#include "board.h"

extern uint32_t _flash_begin[], _flash_end[], _ram_begin[], _stack_top[];

static volatile uint32_t *const mpu = (volatile uint32_t *)0xE000ED90;
enum { CONTROL = 1, NUMBER = 2, BASE = 3, LIMIT = 4, KINDS = 12 };

#if __ARM_ARCH >= 8

// Armv8-M: any 32 bytes to any others.
static void region(uint32_t number, uint32_t begin, uint32_t end, int is_code) {
  mpu[NUMBER] = number;
  mpu[BASE] = begin | (is_code ? 3u << 1 : 1u << 1 | 1);
  mpu[LIMIT] = ((end - 1) & ~31u) | 1;
}

#else

// Armv7-M: a power of two from a multiple of itself on, in eight parts of which some may be left out.
static void region(uint32_t number, uint32_t begin, uint32_t end, int is_code) {
  uint32_t bits = 8;
  while ((1u << bits) < end - begin) bits++;
  const uint32_t part = 1u << (bits - 3);
  const uint32_t parts = (end - begin + part - 1) / part;
  mpu[NUMBER] = number;
  mpu[BASE] = begin;
  mpu[LIMIT] = (is_code ? 6u << 24 : 3u << 24 | 1u << 28) | (0xFF00u << parts >> 8 & 0xFF) << 8 | (bits - 1) << 1 | 1;
}

#endif

void board_protect(void) {
  mpu[KINDS] = 0x44;
  // behind the vectors, which lie at 0
  const uint32_t flash = (uint32_t)_flash_begin;
  region(0, 0, flash < 0x1000 ? (uint32_t)_flash_end : 0x100, 1);
  if (flash >= 0x1000) region(1, flash, (uint32_t)_flash_end, 1);
  region(2, (uint32_t)_ram_begin, (uint32_t)_stack_top, 0);
  __asm__ volatile("dsb" ::: "memory");
  mpu[CONTROL] = 1;
  __asm__ volatile("dsb\nisb" ::: "memory");
}
