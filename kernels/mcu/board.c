// Semihosting: `bkpt 0xAB` asks whoever runs the processor, here QEMU. Operations as Arm's "Semihosting for AArch32 and AArch64" numbers them.
#include "board.h"

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };

static int32_t ask(uint32_t operation, const void *parameters) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = parameters;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return (int32_t)r0;
}

int32_t file_open(const char *name, int writing) {
  uint32_t length = 0;
  while (name[length]) length++;
  const uint32_t parameters[3] = {(uint32_t)name, writing ? WRITE_BINARY : READ_BINARY, length};
  return ask(SYS_OPEN, parameters);
}

uint32_t file_read(int32_t file, void *to, uint32_t bytes) {
  const uint32_t parameters[3] = {(uint32_t)file, (uint32_t)to, bytes};
  return (uint32_t)ask(SYS_READ, parameters);
}

uint32_t file_write(int32_t file, const void *from, uint32_t bytes) {
  const uint32_t parameters[3] = {(uint32_t)file, (uint32_t)from, bytes};
  return (uint32_t)ask(SYS_WRITE, parameters);
}

void file_close(int32_t file) {
  const uint32_t parameters[1] = {(uint32_t)file};
  ask(SYS_CLOSE, parameters);
}

void board_exit(int32_t code) {
  const uint32_t parameters[2] = {0x20026, (uint32_t)code};
  for (;;) ask(SYS_EXIT_EXTENDED, parameters);
}

// SysTick counts down 24 bits; each time it passes zero adds 2^24.
static volatile uint32_t passed;
static volatile uint32_t *const systick = (volatile uint32_t *)0xE000E010;

void on_tick(void) { passed++; }

void clock_begin(void) {
  systick[1] = 0xFFFFFF;
  systick[2] = 0;
  systick[0] = 7;
  // it begins with its first tick
  while (systick[2] == 0) continue;
}

uint64_t clock_now(void) {
  for (;;) {
    const uint32_t before = passed;
    const uint32_t left = systick[2];
    if (before == passed) return ((uint64_t)before << 24) + (0xFFFFFF - left);
  }
}

extern uint32_t _bss_end[], _stack_top[];

uint32_t stack_bytes(void) {
  const volatile uint32_t *at = _bss_end;
  while (at < _stack_top && *at == 0xA5A5A5A5) at++;
  return at < _bss_end + 4 ? UINT32_MAX : (uint32_t)((const uint8_t *)_stack_top - (const volatile uint8_t *)at);
}

// Where and why: the program counter of the frame, and the processor's fault registers (CFSR, HFSR, MMFAR, BFAR).
void board_fault(const uint32_t *frame) {
  const uint32_t in_memory = (uint32_t)frame >= (uint32_t)_bss_end && (uint32_t)frame + 32 <= (uint32_t)_stack_top;
  const uint32_t why[5] = {
      in_memory ? frame[6] : 0,
      *(volatile uint32_t *)0xE000ED28,
      *(volatile uint32_t *)0xE000ED2C,
      *(volatile uint32_t *)0xE000ED34,
      *(volatile uint32_t *)0xE000ED38,
  };
  const int32_t file = file_open("fault", 1);
  if (file >= 0) {
    file_write(file, why, sizeof why);
    file_close(file);
  }
  board_exit(in_memory ? 3 : OUT_OF_STACK);
}
