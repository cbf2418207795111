import { assertProgram } from '../check-program.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { type PatchReach, PatchWriter } from './patch-writer.ts';
import { type Reach, type ReachOf, reaches } from './reach.ts';
import { cut, joinedRegion, type Region } from './region.ts';
import { refusePatches, type Stage, stageOf } from './stage.ts';

/** How the first steps of a program are cut. */
export interface PatchOptions {
  /** How many of the first steps are computed patch by patch. */
  readonly steps: number;
  /** Patches one above the other. */
  readonly rows: number;
  /** Patches side by side. */
  readonly columns: number;
}

/**
 * The program with its first steps computed patch by patch, so that of their values only a patch and its surroundings are in memory at one time. What comes
 * out is the same, byte for byte: a patch reads as far over its edges as its convolutions see (the halo), and there is padding at the border of the image
 * only. What neighbours both need is computed twice. Each patch is a `slice` of the input, the steps on their parts, and a `paste` into the value that
 * leaves the stage. Lin et al. 2021 (MCUNetV2), section 3.
 * @throws LabError `deploy/patch` for more steps than can be computed so, or more patches than places; the errors of `assertProgram`.
 * @example
 * const graph = network('three', [16, 16, 4]).conv2d(4, 3, { padding: 1 }).conv2d(4, 3, { padding: 1 }).conv2d(4, 3, { padding: 1 }).graph();
 * const program = deploy.outlineProgram(graph);
 * const patched = deploy.patchProgram(program, { steps: 3, rows: 2, columns: 2 });
 * deploy.inspectProgram(patched).macs / deploy.inspectProgram(program).macs; // → (4 * (8 ** 2 + 9 ** 2 + 10 ** 2)) / (3 * 16 ** 2)
 */
export function patchProgram(program: Program, { steps, rows, columns }: PatchOptions): Program {
  assertProgram(program);
  const stage = stageOf(program, steps);
  const writer = new PatchWriter(program);
  for (const patch of patchesOf(program, stage, [rows, columns])) writer.patch(stage, patch);
  return writer.finish(steps);
}

/**
 * What each patch needs, row by row.
 * @throws LabError `deploy/patch` for more patches than places.
 */
export function patchesOf({ tensors }: Program, stage: Stage, [rows, columns]: readonly [number, number]): readonly PatchReach[] {
  const cuts = stage.leaving.map(index => {
    const { name, shape } = tensors[index] as ProgramTensor;
    const most = shape.slice(1, 3);
    if (![rows, columns].every((count, axis) => Number.isInteger(count) && count >= 1 && count <= (most[axis] as number)))
      refusePatches(`${rows} × ${columns} patches of ${name} [${shape}]: no patch may be empty.`, `At most ${most.join(' × ')} fit.`);
    return { index, rows: cut(most[0] as number, rows), columns: cut(most[1] as number, columns) };
  });
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return reachBack(stage, new Map(cuts.map(tile => [tile.index, [tile.rows[row], tile.columns[column]] as unknown as Region])));
  });
}

/** Goes back from the parts that leave the stage to what every step before must compute for them. */
function reachBack({ layers }: Stage, tiles: ReadonlyMap<number, Region>): PatchReach {
  const held = new Map(tiles);
  const reached = [...layers].reverse().map((layer): Reach | undefined => {
    const output = layer.step.outputs[0] as number;
    const wanted = held.get(output);
    if (!wanted) return undefined;
    const reach = (reaches[layer.step.op as keyof typeof reaches] as ReachOf)(layer, wanted);
    held.set(output, reach.computed);
    for (const [i, region] of reach.reads.entries()) {
      const index = layer.step.inputs[i] as number;
      const before = held.get(index);
      if (region) held.set(index, before ? joinedRegion(before, region) : region);
    }
    return reach;
  });
  return { held, reaches: reached.reverse(), tiles };
}
