import { LabError } from '../../tensor/errors.ts';
import { assertProgram } from '../check-program.ts';
import { bytesOf } from '../element-types.ts';
import { type MemoryPlan, type PlannedBuffer, type PlanOptions, planMemory } from '../plan/plan.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import { cStepOf, kernelOf, type Schedules } from './choose.ts';
import type { CCore, CStep, Kernel } from './kernel.ts';
import { networkHeader, networkSources, stepHeaders } from './network.ts';
import { assertSchedule, type ConvSchedule } from './schedule.ts';
import { filesOf, type PlacedStep, stepNumber } from './step-function.ts';
import { type WeightBits, wideSteps } from './weight-bits.ts';
import { CParts } from './writer.ts';

/** How a program is written in C. */
export interface EmitOptions {
  /** Default `any`: plain C11. */
  readonly core?: CCore;
  /**
   * How convolutions run: one schedule for all of them, or one for each number of a step. Default: the kernels choose. A step to which no kernel can apply its
   * schedule is plain C: `McuSource.steps` tells which kernel wrote a step.
   */
  readonly schedules?: ConvSchedule | ReadonlyMap<number, ConvSchedule>;
  /** Bits of a stored weight of convolutions and dense layers with SMLAD of which no schedule speaks; default 8. */
  readonly weightBits?: WeightBits;
  /** How the arena is laid out. Depthwise convolutions write over their input by default. */
  readonly plan?: Omit<PlanOptions, 'scratch'>;
}

/** What the C of a step is. */
export interface McuStep {
  readonly number: number;
  readonly op: string;
  /** The name of its C function. */
  readonly function: string;
  /** The kernel that wrote it. */
  readonly kernel: string;
  /** Bytes of the arena that it needs for itself. */
  readonly scratchBytes: number;
  /** Bits of a stored weight, where its kernel has a choice. */
  readonly weightBits?: 4 | 8 | 16;
}

/** A network in C, with its arena and weights, that needs nothing but memcpy and memset. */
export interface McuSource {
  /**
   * Texts by name: `network.h` (what a main program calls), `network.c` (the arena, what runs the steps), a file for each step with its weights, named as its
   * function, and what steps share, `network_ops.h` and `ops_….h`. The `.c` files are compiled apart, so that a changed layer changes its own.
   */
  readonly files: Readonly<Record<string, string>>;
  readonly arenaBytes: number;
  /** Bytes of all arrays of constants. */
  readonly constantBytes: number;
  readonly steps: readonly McuStep[];
}

/**
 * A program as C: a function a step, `network_run()` that calls them in order, one arena in which `planMemory` has placed all values, weights as constants.
 * It computes exactly the integers of `runProgram`, one example at a time. Inputs are written to `network_input(i)` before each run, since their bytes may be used again.
 * @throws LabError `deploy/schedule`; `deploy/weight-bits`; `deploy/emit-c` for steps that no kernel writes, or constants of more than 16 MiB; the errors of `assertProgram` and `planMemory`.
 * @example
 * const [x, y] = [{ name: 'x', shape: [1, 24], type: 'int8' }, { name: 'y', shape: [24], type: 'int8' }];
 * const step = { op: 'reshape', inputs: [0], outputs: [1], attributes: {} };
 * deploy.emitC({ name: 'net', tensors: [x, y], steps: [step], inputs: [0], outputs: [1] }).arenaBytes; // → 32
 */
export function emitC(program: Program, options: EmitOptions = {}): McuSource {
  assertProgram(program);
  assertCore(options.core);
  assertSize(program);
  assertAlignment(program, options);
  const wide = withoutInt4(program);
  const { plan, chosen } = placed(wide, { ...options, int4: packable(program) });
  const parts = new CParts();
  const network = { program: wide, plan, files: filesOf(chosen, parts), names: chosen.map(({ name }) => name) };
  const sources = networkSources(network, parts);
  return {
    files: { 'network.h': networkHeader(network), ...stepHeaders(parts), ...sources },
    arenaBytes: plan.bytes,
    constantBytes: parts.constantBytes,
    steps: chosen.map(({ step, kernel, name, scratch }) => ({
      number: step.number,
      op: step.op,
      function: name,
      kernel: kernel.name,
      scratchBytes: scratch?.bytes ?? 0,
      ...(kernel.weightBits && { weightBits: kernel.weightBits(step) }),
    })),
  };
}

/** The plan of the arena, and each step with its kernel and its places. */
function placed(
  program: Program,
  { core = 'any', schedules, weightBits = 8, plan: asked = {}, int4 }: EmitOptions & { readonly int4: ReadonlySet<number> },
): { readonly plan: MemoryPlan; readonly chosen: readonly PlacedStep[] } {
  const given = schedulesOf(program, schedules);
  const wide = wideSteps(program, weightBits, number => cStepOf(program, number, { core, inPlace: false, schedules: given, int4 }));
  const wanted: Schedules = (step, number) => given(step, number) ?? (wide.has(number) ? { weightBits: 16 } : undefined);
  const stepOf = (number: number, inPlace: boolean): CStep<never> => cStepOf(program, number, { core, inPlace, schedules: wanted, int4 });
  const overwrites = asked.inPlaceDepthwise ?? true;
  const plan = planMemory(program, {
    ...asked,
    inPlaceDepthwise: (step, number) =>
      wanted(step, number)?.inPlace ?? (typeof overwrites === 'function' ? overwrites(step, number) : overwrites),
    scratch: (_, number, inPlace) => {
      const step = stepOf(number, inPlace);
      return kernelOf(step).scratch?.(step) ?? 0;
    },
  });
  const bufferOf = new Map<number, PlannedBuffer>(plan.buffers.flatMap(buffer => buffer.tensors.map(index => [index, buffer] as const)));
  const chosen = program.steps.map(({ inputs, outputs }, number) => {
    const buffer = bufferOf.get(outputs[0] as number) as PlannedBuffer;
    const step = stepOf(number, buffer === bufferOf.get(inputs[0] ?? -1));
    return {
      step,
      kernel: kernelOf(step) as Kernel<never>,
      name: `step_${stepNumber(program, number)}_${step.op.replaceAll('-', '_')}`,
      number: stepNumber(program, number),
      inputs: inputs.map(index => bufferOf.get(index)?.offset),
      output: buffer.offset,
      scratch: plan.buffers.find(({ scratch }) => scratch === number),
    };
  });
  return { plan, chosen };
}

/** The schedule of each step; only convolutions have one. */
function schedulesOf({ steps }: Program, schedules: EmitOptions['schedules']): Schedules {
  const isConv = (step: Step | undefined): boolean => step?.op === 'conv2d' || step?.op === 'depthwise-conv2d';
  if (!(schedules instanceof Map)) {
    if (schedules !== undefined) assertSchedule(schedules);
    return step => (isConv(step) ? (schedules as ConvSchedule | undefined) : undefined);
  }
  for (const [number, schedule] of schedules) {
    if (!isConv(steps[number]))
      throw new LabError(
        'deploy/schedule',
        `Step ${number} is ${steps[number]?.op ?? 'none'}; convolutions have schedules.`,
        'Look at program.steps for their numbers.',
      );
    assertSchedule(schedule);
  }
  return (_, number) => schedules.get(number);
}

/** Weights of 4 bits that are worth being stored by twos: the code that takes them apart has some 300 bytes. */
function packable({ tensors }: Program): ReadonlySet<number> {
  return new Set([...tensors.keys()].filter(index => tensors[index]?.type === 'int4' && (tensors[index]?.data?.length ?? 0) >= 1024));
}

/** The program with elements of 4 bits as bytes, which is what C computes with. */
function withoutInt4(program: Program): Program {
  const tensors = program.tensors.map((tensor): ProgramTensor => (tensor.type === 'int4' ? { ...tensor, type: 'int8' } : tensor));
  return { ...program, tensors };
}

/** Refuses an arena whose values lie where a core cannot read them: elements at multiples of their size, and of 16 bytes for kernels that read words. */
function assertAlignment({ tensors }: Program, { core = 'any', plan: { alignment = 16 } = {} }: EmitOptions): void {
  const least = core === 'any' ? Math.max(...tensors.map(({ type }) => bytesOf({ shape: [1], type }))) : 16;
  if (alignment % least === 0) return;
  throw new LabError(
    'deploy/alignment',
    `Values at multiples of ${alignment} bytes: this program needs multiples of ${least} in C for ${core}.`,
    'Leave plan.alignment out.',
  );
}

function assertCore(core: unknown): void {
  if (core === undefined || ['any', 'cortex-m4', 'cortex-m7', 'cortex-m55'].includes(core as string)) return;
  throw new LabError('deploy/emit-c', `There is no core ${JSON.stringify(core)}.`, "Say 'any', 'cortex-m4', 'cortex-m7' or 'cortex-m55'.");
}

function assertSize({ tensors }: Program): void {
  const bytes = tensors.reduce((sum, tensor) => sum + (tensor.data ? bytesOf(tensor) : 0), 0);
  if (bytes <= 2 ** 24) return;
  throw new LabError(
    'deploy/emit-c',
    `Its constants have ${bytes} bytes; at most 16 MiB are written.`,
    'Microcontrollers have 2 MiB of flash or so: make the network smaller.',
  );
}
