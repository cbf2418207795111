// From reset to main: FPU, .data, .bss, a pattern where the stack may grow, and what happens when the processor refuses something.
#include "board.h"

extern uint32_t _vectors[], _stack_top[], _data_begin[], _data_end[], _data_load[], _bss_begin[], _bss_end[];

int main(void);
void reset(void);
void refused(void);
void on_tick(void);

// Volatile, so that the compiler makes no memcpy or memset of the loops: those belong to the network and are counted for it.
static void copy_words(volatile uint32_t *to, const volatile uint32_t *end, const volatile uint32_t *from) {
  while (to < end) *to++ = *from++;
}

static void fill_words(volatile uint32_t *to, const volatile uint32_t *end, uint32_t value) {
  while (to < end) *to++ = value;
}

__attribute__((used, noreturn)) void begin(void) {
  *(volatile uint32_t *)0xE000ED08 = (uint32_t)_vectors;
  // faults have handlers of their own, and a division by zero is one
  *(volatile uint32_t *)0xE000ED24 |= 7u << 16;
  *(volatile uint32_t *)0xE000ED14 |= 1u << 4;
  copy_words(_data_begin, _data_end, _data_load);
  fill_words(_bss_begin, _bss_end, 0);
  board_protect();
  board_exit(main());
}

// Nothing of C may come before: the FPU (and MVE) first, then everything from here to the stack's top becomes pattern.
__attribute__((naked, used)) void reset(void) {
  __asm__ volatile(
      "ldr r0, =0xE000ED88\n"
      "ldr r1, [r0]\n"
      "orr r1, r1, #0xF00000\n"
      "str r1, [r0]\n"
      "dsb\n"
      "isb\n"
      "ldr r0, =_bss_end\n"
      "ldr r1, =_stack_top\n"
      "ldr r2, =0xA5A5A5A5\n"
      "0: cmp r0, r1\n"
      "bhs 1f\n"
      "str r2, [r0], #4\n"
      "b 0b\n"
      "1: b begin\n"
      ".ltorg\n");
}

// Asks for the frame that the processor left, on a stack of its own, since the fault may be that there is no more of it.
__attribute__((naked, used)) void refused(void) {
  __asm__ volatile(
      "mrs r0, msp\n"
      "ldr r1, =_stack_top\n"
      "mov sp, r1\n"
      "b board_fault\n"
      ".ltorg\n");
}

__attribute__((section(".vectors"), used)) void *const vectors[16] = {
    _stack_top, reset, refused, refused, refused, refused, refused, refused,
    0, 0, 0, refused, refused, 0, refused, on_tick,
};
