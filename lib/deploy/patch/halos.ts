import { assertProgram } from '../check-program.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { type PatchOptions, patchesOf } from './patch-program.ts';
import type { Region } from './region.ts';
import { refusePatches, stageOf } from './stage.ts';

/** A rectangle of an image that a patch reads: rows and columns from … to - 1. */
export interface PatchHalo {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

/** What patches read of an image, in the order in which they are computed. */
export interface PatchHalos {
  /** Name of the value. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly patches: readonly PatchHalo[];
}

/**
 * What each patch needs of a value, of the program's first input by default: where they overlap is what neighbours share, and in the layers behind what is computed
 * twice. `plot.patches` draws it.
 * @throws LabError `deploy/patch` for patches that cannot be, and for a value that they do not need.
 */
export function patchHalos(program: Program, { value, ...cut }: PatchOptions & { readonly value?: string }): PatchHalos {
  assertProgram(program);
  const index = value === undefined ? program.inputs[0] : program.tensors.findIndex(({ name }) => name === value);
  const { name, shape } =
    program.tensors[index as number] ?? refusePatches(`There is no value ${value}.`, 'Names stand in program.tensors.');
  const patches = patchesOf(program, stageOf(program, cut.steps), [cut.rows, cut.columns]).map(({ held }): PatchHalo => {
    const region: Region =
      held.get(index as number) ?? refusePatches(`The patches do not read ${name} in parts.`, 'Name a value of the first steps.');
    return { rows: region[0], columns: region[1] };
  });
  const [, height, width] = shape as ProgramTensor['shape'] & readonly [number, number, number, number];
  return { name, height, width, patches };
}
