// Runs the network on every example of the file "inputs": their number, then the inputs of each. "outputs" gets the outputs of each, "measured" what was
// found: bytes of stack, a spare word, ticks of all runs together (64 bits).
#include "board.h"
#include "network.h"

static int32_t opened(const char *name, int writing) {
  const int32_t file = file_open(name, writing);
  if (file < 0) board_exit(NO_FILE);
  return file;
}

static void whole(uint32_t left) {
  if (left != 0) board_exit(SHORT_FILE);
}

int main(void) {
  const int32_t inputs = opened("inputs", 0);
  const int32_t outputs = opened("outputs", 1);
  uint32_t count;
  whole(file_read(inputs, &count, sizeof count));
  uint64_t ticks = 0;
  clock_begin();
  for (uint32_t n = 0; n < count; n++) {
    for (int i = 0; i < NETWORK_INPUTS; i++) whole(file_read(inputs, network_input(i), network_input_bytes[i]));
    const uint64_t began = clock_now();
    network_run();
    ticks += clock_now() - began;
    for (int i = 0; i < NETWORK_OUTPUTS; i++) whole(file_write(outputs, network_output(i), network_output_bytes[i]));
  }
  file_close(outputs);
  const uint32_t stack = stack_bytes();
  const int32_t measured = opened("measured", 1);
  const uint32_t words[4] = {stack, 0, (uint32_t)ticks, (uint32_t)(ticks >> 32)};
  whole(file_write(measured, words, sizeof words));
  file_close(measured);
  return stack == UINT32_MAX ? OUT_OF_STACK : 0;
}
