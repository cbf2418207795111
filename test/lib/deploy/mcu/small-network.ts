import type { NetworkSource } from '../../../../lib/deploy/mcu/build.ts';
import type { McuBoard } from '../../../../lib/deploy/mcu/cores.ts';

/** A device like STM32F746. */
export const board: McuBoard = { name: 'STM32F746', core: 'cortex-m7', sram: 327_680, flash: 1_048_576, clockHz: 216e6 };

/** A network of one dense layer in C, by hand: 16 numbers of 8 bits in, their products with 1 … 8, -1 … -8 summed up, out as 4 bytes. `extra` runs before. */
export function smallNetwork({ extra = '', variables = '' }: { readonly extra?: string; readonly variables?: string } = {}): NetworkSource {
  const header = `#pragma once
#include <stdint.h>
#define NETWORK_INPUTS 1
#define NETWORK_OUTPUTS 1
extern const uint32_t network_input_bytes[NETWORK_INPUTS], network_output_bytes[NETWORK_OUTPUTS];
void network_run(void);
void *network_input(int i);
void *network_output(int i);
`;
  const code = `#include "network.h"
#include <string.h>
static int8_t arena[64] __attribute__((aligned(16)));
static const int8_t weights[16] = {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8};
const uint32_t network_input_bytes[] = {16}, network_output_bytes[] = {4};
${variables}
void *network_input(int i) { return arena; }
void *network_output(int i) { return arena + 32; }
__attribute__((noinline)) void step_00_copy(void) { memcpy(arena + 16, arena, 16); }
__attribute__((noinline)) void step_01_dense(void) {
  int32_t sum = 0;
  for (int i = 0; i < 16; i++) sum += weights[i] * arena[16 + i];
  memcpy(arena + 32, &sum, 4);
}
void network_run(void) {
  ${extra}
  step_00_copy();
  step_01_dense();
}
`;
  return { files: { 'network.h': header, 'network.c': code } };
}

/** What the small network says of its examples. */
export function smallExpected(inputs: Int8Array): Int32Array {
  const weights = [1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8];
  return Int32Array.from({ length: inputs.length / 16 }, (_, n) =>
    weights.reduce((sum, w, i) => sum + w * (inputs[n * 16 + i] as number), 0),
  );
}
