import { LabError } from '../../tensor/errors.ts';
import { whereOf } from '../check-program.ts';
import { integerOpOf } from '../integer/index.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import type { CCore, CStep, Kernel } from './kernel.ts';
import { kernels } from './kernels.ts';
import type { ConvSchedule } from './schedule.ts';

/** The schedule of a step; undefined leaves it to the kernels. */
export type Schedules = (step: Step, number: number) => ConvSchedule | undefined;

/** A step as kernels see it. */
export function cStepOf(
  program: Program,
  number: number,
  {
    core,
    inPlace,
    schedules,
    int4,
  }: { readonly core: CCore; readonly inPlace: boolean; readonly schedules: Schedules; readonly int4?: ReadonlySet<number> },
): CStep<never> {
  const step = program.steps[number] as Step;
  const tensor = (index: number): ProgramTensor | undefined => program.tensors[index];
  const schedule = schedules(step, number);
  return {
    number,
    op: integerOpOf(step.op).name,
    inputs: step.inputs.map(tensor),
    output: tensor(step.outputs[0] as number) as ProgramTensor,
    attributes: step.attributes as never,
    where: whereOf(program, step, number),
    core,
    inPlace,
    ...(schedule ? { schedule } : {}),
    ...(int4?.has(step.inputs[1] ?? -1) ? { int4: true } : {}),
  };
}

/**
 * The first kernel that fits a step.
 * @throws LabError `deploy/emit-c` where none does.
 */
export function kernelOf(step: CStep<never>): Kernel<never> {
  const found = kernels[step.op];
  const refuse = (why: string): never => {
    throw new LabError(
      'deploy/emit-c',
      `${step.where}: ${why}`,
      'Change the network or the schedule, or run this program with runProgram.',
    );
  };
  if (found === 'refused') return refuse(`there is no C of ${step.op}.`);
  assertFactors(step, refuse);
  const kernel = found.find(candidate => candidate.fits(step));
  const asked = step.schedule ? ` with the schedule ${JSON.stringify(step.schedule)}` : '';
  const types = step.inputs.map(value => value?.type ?? 'nothing').join(', ');
  return kernel ?? refuse(`no kernel writes ${step.op} of ${types} to ${step.output.type}${asked} for ${step.core}.`);
}

/** The products in C take every factor but the smallest, whose square they would have to saturate. */
function assertFactors({ attributes }: CStep<never>, refuse: (why: string) => never): void {
  const { multiplier, aMultiplier, bMultiplier } = attributes as Readonly<Record<string, unknown>>;
  if ([multiplier, aMultiplier, bMultiplier].flat().includes(-(2 ** 31))) refuse('a multiplier is -2^31; those of scales are from 0 on.');
}
