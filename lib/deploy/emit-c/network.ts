import { bytesOf } from '../element-types.ts';
import type { MemoryPlan } from '../plan/plan.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { commentText } from './c-text.ts';
import { opsHeader } from './ops-header.ts';
import type { CParts } from './writer.ts';

/** What the files around the steps tell. */
export interface Network {
  readonly program: Program;
  readonly plan: MemoryPlan;
  /** C functions of the steps, and their names. */
  readonly functions: readonly string[];
  readonly names: readonly string[];
}

/** network.h: what a main program calls. */
export function networkHeader({ program, plan }: Network): string {
  return `/* ${commentText(program.name)}: write the inputs, call network_run(), read the outputs; for each example anew */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdint.h>

#define NETWORK_INPUTS ${program.inputs.length}
#define NETWORK_OUTPUTS ${program.outputs.length}
#define NETWORK_ARENA_BYTES ${plan.bytes}

extern const uint32_t network_input_bytes[NETWORK_INPUTS];
extern const uint32_t network_output_bytes[NETWORK_OUTPUTS];

/* where input i goes; steps may use its bytes again, so that it is lost after a run */
void *network_input(int i);
/* where output i lies after a run */
void *network_output(int i);
void network_run(void);

#endif
`;
}

/** network_ops.h: what all steps share. */
export function opsSource(parts: CParts): string {
  return `/* what the steps of the network share */
#ifndef NETWORK_OPS_H
#define NETWORK_OPS_H

${parts.includes}${opsHeader}
${parts.helpers ? `\n${parts.helpers}\n` : ''}
#endif
`;
}

/** network.c: the arena, the steps, and what runs them. */
export function networkSource({ program, plan, functions, names }: Network, parts: CParts): string {
  const places = new Map(plan.buffers.flatMap(({ tensors, offset }) => tensors.map(index => [index, `arena + ${offset}`] as const)));
  const placeOf = (index: number): string => {
    const { type, data } = program.tensors[index] as ProgramTensor;
    return data ? `(void *)${parts.of('out').constant('constant', type, data)}` : (places.get(index) as string);
  };
  const list = (indices: readonly number[], of: (index: number) => string | number): string => indices.map(of).join(', ');
  const bytes = (index: number): number => bytesOf(program.tensors[index] as ProgramTensor);
  return `#include "network.h"
#include "network_ops.h"
#include "network_weights.h"

/* all values, in bytes that they share where they are not needed at the same time */
static uint8_t arena[${Math.max(1, plan.bytes)}] __attribute__((aligned(16)));

${functions.join('\n\n')}

const uint32_t network_input_bytes[NETWORK_INPUTS] = {${list(program.inputs, bytes)}};
const uint32_t network_output_bytes[NETWORK_OUTPUTS] = {${list(program.outputs, bytes)}};

void *network_input(int i) {
  void *const places[NETWORK_INPUTS] = {${list(program.inputs, placeOf)}};
  return places[i];
}

void *network_output(int i) {
  void *const places[NETWORK_OUTPUTS] = {${list(program.outputs, placeOf)}};
  return places[i];
}

void network_run(void) {
${names.map(name => `  ${name}();\n`).join('')}}
`;
}
