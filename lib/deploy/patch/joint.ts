import type { Graph } from '../../model/model.ts';
import { choices, product } from '../../search/choices.ts';
import { type ElitistOptions, elitistEvolution } from '../../search/evolution.ts';
import type { CostLimit } from '../../search/limits.ts';
import type { SearchResult } from '../../search/result.ts';
import { keyOf, type Space } from '../../search/space.ts';
import type { SearchOptions } from '../../search/trials.ts';
import { inspectProgram } from '../inspect-program.ts';
import { outlineProgram } from '../lower/outline.ts';
import { type McuDevice, mcuDevice } from '../mcu/devices.ts';
import { type DeviceFit, type FitOptions, fits } from '../mcu/fits.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import { narrowSteps } from './narrow-steps.ts';
import { type PatchOptions, patchProgram } from './patch-program.ts';

/** A network and how it is cut: what a joint search chooses. */
export interface PatchedNetwork<C> {
  /** Which network, as its space has it. */
  readonly network: C;
  /** Where it is split (behind the first, second … place where little leaves the stage; 0 for no patches) and into how many patches. */
  readonly cut: { readonly split: number; readonly rows: number; readonly columns: number };
}

/** A candidate as it would run on the device. */
export interface FittedNetwork {
  /** In patches, where it has any. */
  readonly program: Program;
  /** How it is cut; undefined without patches. */
  readonly patches: PatchOptions | undefined;
  readonly fit: DeviceFit;
  /** Multiply-accumulates without patches. */
  readonly macs: number;
  /** Those with patches, as a multiple of those without. */
  readonly overhead: number;
}

/** What a joint search is for, and how long it goes on. */
export interface JointSearchOptions<C> extends Omit<SearchOptions<PatchedNetwork<C>>, 'evaluate' | 'limits' | 'repair'>, ElitistOptions {
  /** Makes the network of a candidate: a graph, which is taken as if it were quantized (`outlineProgram`), or a program. */
  readonly network: (candidate: C) => Graph | Program | Promise<Graph | Program>;
  /** What it must fit, or the name of one of `mcuDevices`. */
  readonly device: McuDevice | string;
  /**
   * Scores a network as it would run, higher is better. Default: its multiply-accumulates without patches, since of the networks that fit those that compute
   * more learn more (Lin et al. 2020, MCUNet).
   */
  readonly evaluate?: (found: FittedNetwork, candidate: PatchedNetwork<C>) => number | Promise<number>;
  /** The most places to split at; default 6. */
  readonly splits?: number;
  /** The most patches one above the other, and side by side; default 4. */
  readonly patches?: number;
  /** The most multiply-accumulates, as a multiple of those without patches; default 1.5. */
  readonly most?: number;
  /** The most milliseconds on the device, as `fits` models them; no limit by default. */
  readonly milliseconds?: number;
  /** What is counted beside the network. */
  readonly fit?: FitOptions;
}

/**
 * Searches for a network and its patches together: one that is too large as it stands may fit in patches, and where to cut depends on the network. Networks
 * come from any space, such as `choices({ width: [0.35, 0.5], resolution: [96, 128] })`. Elitist evolution within the device's SRAM and flash; `found` is the best
 * as it would run. Lin et al. 2021 (MCUNetV2), section 3.3.
 * @throws LabError `mcu/device`; `deploy/lower` for a network without an integer form; the errors of `elitistEvolution`.
 */
export async function searchPatchedNetworks<C extends object>(
  space: Space<C>,
  options: JointSearchOptions<C>,
): Promise<SearchResult<PatchedNetwork<C>> & { readonly found: FittedNetwork }> {
  const { splits = 6, patches = 4, most = 1.5, milliseconds, evaluate = ({ macs }) => macs, device, network, fit, ...search } = options;
  const on = typeof device === 'string' ? mcuDevice(device) : device;
  const counts = Array.from({ length: patches }, (_, i) => i + 1);
  const cuts = choices({ split: Array.from({ length: splits + 1 }, (_, i) => i), rows: counts, columns: counts });
  const both = product<PatchedNetwork<C>>({ network: space, cut: cuts });
  const of = remembered(both, fitted(space, { network, fit: program => fits(program, on, fit) }));
  const limit = (budget: number, cost: (found: FittedNetwork) => number): CostLimit<PatchedNetwork<C>> => ({
    budget,
    cost: async candidate => cost(await of(candidate)),
  });
  const result = await elitistEvolution(both, {
    ...search,
    evaluate: async candidate => evaluate(await of(candidate), candidate),
    limits: {
      sram: limit(on.sram, found => found.fit.sram),
      flash: limit(on.flash, found => found.fit.flash),
      overhead: limit(most, found => found.overhead),
      ...(milliseconds !== undefined && { milliseconds: limit(milliseconds, found => found.fit.milliseconds) }),
    },
  });
  return Object.freeze({ ...result, found: await of(result.best) });
}

interface Made {
  readonly program: Program;
  readonly macs: number;
  readonly splits: readonly number[];
}

/** What becomes of a candidate; a network is made once, however it is cut. */
function fitted<C>(
  space: Space<C>,
  { network, fit }: Pick<JointSearchOptions<C>, 'network'> & { readonly fit: (program: Program) => DeviceFit },
): (candidate: PatchedNetwork<C>) => Promise<FittedNetwork> {
  const make = remembered(space, async (candidate: C): Promise<Made> => {
    const made = await network(candidate);
    const program = 'steps' in made ? made : outlineProgram(made);
    return { program, macs: inspectProgram(program).macs, splits: narrowSteps(program) };
  });
  return async ({ network: candidate, cut }) => {
    const { program, macs, splits } = await make(candidate);
    const patches = cutOf(program, splits, cut);
    const patched = patches ? patchProgram(program, patches) : program;
    const own = fit(patched);
    return { program: patched, patches, fit: own, macs, overhead: macs > 0 ? own.macs / macs : 1 };
  };
}

/** The cut of a candidate as this network can have it: at its last place where it has not as many, with no more patches than places. */
function cutOf(
  program: Program,
  splits: readonly number[],
  { split, rows, columns }: PatchedNetwork<unknown>['cut'],
): PatchOptions | undefined {
  const steps = splits[Math.min(split, splits.length) - 1];
  if (steps === undefined || rows * columns === 1) return undefined;
  const { outputs } = program.steps[steps - 1] as Step;
  const [, height, width] = (program.tensors[outputs[0] as number] as ProgramTensor).shape as readonly [number, number, number];
  return { steps, rows: Math.min(rows, height), columns: Math.min(columns, width) };
}

/** A function that is asked once for each candidate. */
function remembered<C, T>(space: Space<C>, of: (candidate: C) => Promise<T>): (candidate: C) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return candidate => {
    const key = keyOf(space, candidate);
    const found = known.get(key) ?? of(candidate);
    known.set(key, found);
    return found;
  };
}
