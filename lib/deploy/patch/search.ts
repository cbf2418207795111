import { LabError } from '../../tensor/errors.ts';
import { turns } from '../../train/turn.ts';
import { inspectProgram } from '../inspect-program.ts';
import { peakBytes } from '../plan/plan.ts';
import type { Program } from '../program.ts';
import { type PatchOptions, patchProgram } from './patch-program.ts';
import { patchableSteps, stageOf } from './stage.ts';

/** Where to look for patches. */
export interface PatchSearchOptions {
  /** The most multiply-accumulates, as a multiple of those without patches; default 1.5. */
  readonly most?: number;
  /** The most patches one above the other, and side by side; default 4. */
  readonly patches?: number;
  /** Splits to try, each as how many first steps are computed patch by patch; default all that are possible. */
  readonly splits?: readonly number[];
  /** Bytes that a program needs for its values; default `peakBytes`. Give `program => planMemory(program).bytes` for those of a plan. */
  readonly bytes?: (program: Program) => number;
  /** Called for each way that is tried, with how many are done, and of how many. */
  readonly onTrial?: (trial: PatchTrial, done: number, count: number) => void;
  /** Stops the search at the next one; in a notebook the interrupt button does by default. */
  readonly signal?: AbortSignal;
}

/** One way to cut a program, and what it costs. Without patches all three are 1 × 1 of no step. */
export interface PatchTrial extends PatchOptions {
  readonly bytes: number;
  readonly macs: number;
  /** Multiply-accumulates as a multiple of those without patches. */
  readonly overhead: number;
}

/** What was found. */
export interface PatchSearch {
  /** The program cut in the best way; the given one where no way needs fewer bytes. */
  readonly program: Program;
  readonly best: PatchTrial;
  /** Without patches. */
  readonly plain: PatchTrial;
  /** Every way that was tried, the best first: many need more bytes than none. */
  readonly trials: readonly PatchTrial[];
}

/** Fewer bytes first, then fewer multiply-accumulates, then fewer patches. */
const before = (a: PatchTrial, b: PatchTrial): number =>
  a.bytes - b.bytes || a.macs - b.macs || a.rows * a.columns - b.rows * b.columns || a.steps - b.steps;

/**
 * Looks for the split and the number of patches with which a program needs the fewest bytes: early splits leave large values behind them whole, late ones
 * make neighbours compute more and more twice. Every combination is tried. Lin et al. 2021 (MCUNetV2), section 3.3.
 * A program with real numbers at its ends is fused with `integerEnds` first: otherwise its input has four times the bytes.
 * @throws LabError `deploy/patch`, `train/interrupted`; the errors of `assertProgram`.
 * @example
 * const program = deploy.outlineProgram(mobileNetV2({ width: 0.35, input: [32, 32, 3], classes: 2 }));
 * const { best, plain, trials } = await deploy.searchPatches(program, { patches: 2 });
 * [best.bytes < plain.bytes, trials.some(({ bytes }) => bytes > plain.bytes)]; // → [true, true]
 */
export async function searchPatches(program: Program, options: PatchSearchOptions = {}): Promise<PatchSearch> {
  const { most = 1.5, patches = 4, bytes = peakBytes, onTrial, signal } = options;
  if (!(most >= 1)) refuse(`most is a multiple of the multiply-accumulates, from 1 on; got ${most}.`);
  if (!Number.isInteger(patches) || patches < 1) refuse(`patches is a whole number from 1 on; got ${patches}.`);
  const { macs } = inspectProgram(program);
  const turn = turns(signal);
  const plain: PatchTrial = { steps: 0, rows: 1, columns: 1, bytes: bytes(program), macs, overhead: 1 };
  let best = { program, trial: plain };
  const trials = [plain];
  const cuts = [...cutsOf(program, { splits: options.splits ?? splitsOf(program), patches })];
  for (const [done, cut] of cuts.entries()) {
    await turn();
    const patched = patchProgram(program, cut);
    const own = inspectProgram(patched).macs;
    const trial: PatchTrial = { ...cut, bytes: bytes(patched), macs: own, overhead: macs > 0 ? own / macs : 1 };
    trials.push(trial);
    onTrial?.(trial, done + 1, cuts.length);
    if (trial.overhead <= most && before(trial, best.trial) < 0) best = { program: patched, trial };
  }
  return { program: best.program, best: best.trial, plain, trials: trials.sort(before) };
}

const splitsOf = (program: Program): readonly number[] => Array.from({ length: patchableSteps(program) }, (_, i) => i + 1);

/** Every way to cut: no more patches than places of what leaves the stage. */
function* cutsOf(
  program: Program,
  { splits, patches }: { readonly splits: readonly number[]; readonly patches: number },
): Iterable<PatchOptions> {
  for (const steps of splits) {
    const shapes = stageOf(program, steps).leaving.map(index => program.tensors[index]?.shape ?? []);
    const [rows, columns] = [1, 2].map(axis => Math.min(patches, ...shapes.map(shape => shape[axis] as number))) as [number, number];
    for (let i = 1; i <= rows; i++) for (let j = 1; j <= columns; j++) if (i * j > 1) yield { steps, rows: i, columns: j };
  }
}

function refuse(message: string): never {
  throw new LabError('deploy/patch', `A search for patches: ${message}`, 'Leave it out for the usual one.');
}
