import type { Model } from '../../../model/model.ts';
import type { Kept, PruningSpace } from '../../../search/kept.ts';
import { largestThatFits } from '../../../search/largest-that-fits.ts';
import type { Cost } from '../../../search/limits.ts';
import { type Evaluate, scoreOf } from '../../../search/objective.ts';
import type { SearchResult, Trial } from '../../../search/result.ts';
import { LabError } from '../../../tensor/errors.ts';
import { turns } from '../../../train/turn.ts';
import { channelSpace } from './pruning-space.ts';

/** What NetAdapt cuts, by how much in each step, and until when. */
export interface NetAdaptOptions {
  /** Scores a model, higher is better. */
  readonly evaluate: Evaluate;
  /** What the budget is in: `layerTable` of measured latencies, MACs, bytes. */
  readonly cost: Cost;
  /** What the model may cost in the end. */
  readonly budget: number;
  /** ΔR: how much each step cuts the cost by, at least; the last one only as much as the budget asks for. */
  readonly step: number;
  /** Short fine-tuning of every candidate; default: none. */
  readonly tune?: (model: Model) => Model | Promise<Model>;
  /** Default: channels of all prunable groups. */
  readonly space?: (model: Model) => PruningSpace;
  /** Stops the search at the next candidate; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
  /** Called with each step as it is done. */
  readonly onStep?: (step: NetAdaptStep) => void;
}

/** The model with one part cut until the cost met the step's target. */
export interface NetAdaptCandidate {
  /** Name of the part that was cut. */
  readonly part: string;
  /** Units left in the part. */
  readonly kept: number;
  /** What the model costs. */
  readonly cost: number;
  /** What `evaluate` gave. */
  readonly score: number;
}

/** One step: a candidate for each part that can make it alone, and the one with the best score. */
export interface NetAdaptStep {
  /** What the model may cost after this step. */
  readonly target: number;
  /** One for each part that reaches the target alone. */
  readonly candidates: readonly NetAdaptCandidate[];
  /** The one with the best score. */
  readonly chosen: NetAdaptCandidate;
}

/** The adapted network; `best` are the units left in each part, and `history` all candidates of all steps, over the budget or not. */
export interface NetAdaptResult extends SearchResult<Kept> {
  /** The pruned model. */
  readonly model: Model;
  /** What it costs. */
  readonly cost: number;
  /** In order. */
  readonly steps: readonly NetAdaptStep[];
}

/**
 * NetAdapt: until the budget is met, every part in turn is cut just enough for the cost to fall by ΔR, each of these candidates is tuned and
 * scored, and the best one is kept. The result is to be trained longer. Yang et al. 2018, Algorithm 1.
 * @throws LabError `prune/step` unless ΔR > 0, `prune/budget` when one unit in every part costs more, or when no part alone can save ΔR;
 * `prune/score`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const dense = mlp({ hidden: [12, 12], seed: 1 });
 * const cost = layerTable(macs); // or of the median of a measured latency
 * const { steps } = await netAdapt(dense, { evaluate: m => accuracy(m, data), cost, budget: 0.5 * macs(dense), step: 0.3 * macs(dense) });
 * steps.map(({ candidates }) => candidates.length > 0); // → [true, true]
 */
export async function netAdapt(model: Model, options: NetAdaptOptions): Promise<NetAdaptResult> {
  const { cost, budget, step, space = channelSpace(), evaluate } = options;
  const whole = space(model);
  await assertWithinReach(whole, options);
  const turn = turns(options.signal);
  const steps: NetAdaptStep[] = [];
  const history: Trial<Kept>[] = [];
  let current: { model: Model; cost: number; score?: number } = { model, cost: await cost(model) };
  let best = whole.units;
  while (current.cost > budget) {
    const target = Math.max(budget, current.cost - step);
    const found = await candidatesOf(space(current.model), { ...options, target, turn });
    const chosen = found.reduce<Tuned | undefined>((a, b) => (a && a.candidate.score >= b.candidate.score ? a : b), undefined);
    if (!chosen) throw tooLarge(step, current.cost);
    const { candidate } = chosen;
    history.push(...found.map(one => trialOf(one.candidate, best, budget)));
    const done: NetAdaptStep = Object.freeze({ target, candidates: found.map(one => one.candidate), chosen: candidate });
    steps.push(done);
    options.onStep?.(done);
    current = { model: chosen.model, cost: candidate.cost, score: candidate.score };
    best = { ...best, [candidate.part]: candidate.kept };
  }
  const score = current.score ?? (await scoreOf(model, evaluate));
  return { ...current, score, steps, best, costs: { cost: current.cost }, feasible: current.cost <= budget, history };
}

function trialOf({ part, kept, cost, score }: NetAdaptCandidate, before: Kept, budget: number): Trial<Kept> {
  return Object.freeze({ candidate: { ...before, [part]: kept }, costs: { cost }, feasible: cost <= budget, score });
}

interface Tuned {
  readonly model: Model;
  readonly candidate: NetAdaptCandidate;
}

async function candidatesOf(
  space: PruningSpace,
  options: NetAdaptOptions & { readonly target: number; readonly turn: () => Promise<void> },
): Promise<readonly Tuned[]> {
  const { cost, evaluate, tune = (model: Model) => model, target, turn } = options;
  const found: Tuned[] = [];
  for (const [part, units] of Object.entries(space.units)) {
    await turn();
    const fits = async (count: number): Promise<boolean> => (await cost(space.keep({ [part]: count }))) <= target;
    if (units === 1 || !(await fits(1))) continue;
    const kept = await largestThatFits(1, units - 1, fits);
    const pruned = space.keep({ [part]: kept });
    const tuned = await tune(pruned);
    found.push({ model: tuned, candidate: Object.freeze({ part, kept, cost: await cost(pruned), score: await scoreOf(tuned, evaluate) }) });
  }
  return found;
}

async function assertWithinReach(space: PruningSpace, { cost, budget, step }: NetAdaptOptions): Promise<void> {
  if (!(step > 0)) throw new LabError('prune/step', `Each step cuts the cost by more than 0; got ${step}.`, 'Try a twentieth of the cost.');
  const least = await cost(space.keep(Object.fromEntries(Object.keys(space.units).map(name => [name, 1]))));
  if (least <= budget) return;
  throw new LabError('prune/budget', `One unit in every part costs ${least}; the budget is ${budget}.`, 'Allow a larger budget.');
}

function tooLarge(step: number, cost: number): LabError {
  return new LabError('prune/budget', `No part alone can save ${step} of ${cost}.`, 'Take smaller steps, or a larger budget.');
}
