import { bytesOf } from '../element-types.ts';
import type { MemoryPlan } from '../plan/plan.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { commentText } from './c-text.ts';
import { opsHeader } from './ops-header.ts';
import type { StepFile } from './step-function.ts';
import { type CParts, helperFile } from './writer.ts';

/** What the files around the steps tell. */
export interface Network {
  readonly program: Program;
  readonly plan: MemoryPlan;
  /** C of the steps, and the names of their functions in the order in which they run. */
  readonly files: readonly StepFile[];
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

/** A header of its own. */
const header = (name: string, text: string): string => {
  const guard = name.toUpperCase().replaceAll('.', '_');
  return `#ifndef ${guard}\n#define ${guard}\n\n${text.trim()}\n\n#endif\n`;
};

/** The headers of the steps: network_ops.h, which is the same for every network, and one for each helper. */
export function stepHeaders(parts: CParts): Record<string, string> {
  const helpers = [...parts.helpers].map(([name, text]) => [helperFile(name), header(helperFile(name), text)]);
  return {
    'network_ops.h': `/* what the steps of a network share */\n${header('network_ops.h', opsHeader)}`,
    ...Object.fromEntries(helpers),
  };
}

/** network.c and the files of the steps, by name. */
export function networkSources({ program, plan, files, names }: Network, parts: CParts): Record<string, string> {
  const runner = runnerText({ program, plan, files, names }, parts);
  const heads = parts.heads([...files.map(({ numbers }) => numbers), ['out']]);
  return {
    'network.c': `#include "network.h"\n${heads.at(-1)}\n\n${runner}`,
    ...Object.fromEntries(files.map(({ name, functions }, i) => [`${name}.c`, `${heads[i]}\n\n${functions.join('\n\n')}\n`])),
  };
}

/** The arena, and what runs the steps. */
function runnerText({ program, plan, names }: Network, parts: CParts): string {
  const places = new Map(
    plan.buffers.flatMap(({ tensors, offset }) => tensors.map(index => [index, `network_arena + ${offset}`] as const)),
  );
  const placeOf = (index: number): string => {
    const { type, data } = program.tensors[index] as ProgramTensor;
    return data ? `(void *)${parts.of('out').constant('constant', type, data)}` : (places.get(index) as string);
  };
  const list = (indices: readonly number[], of: (index: number) => string | number): string => indices.map(of).join(', ');
  const bytes = (index: number): number => bytesOf(program.tensors[index] as ProgramTensor);
  return `/* all values, in bytes that they share where they are not needed at the same time */
uint8_t network_arena[${Math.max(1, plan.bytes)}] __attribute__((aligned(16)));

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

${names.map(name => `void ${name}(void);\n`).join('')}
void network_run(void) {
${names.map(name => `  ${name}();\n`).join('')}}
`;
}
