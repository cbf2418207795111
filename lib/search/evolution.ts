import { LabError } from '../tensor/errors.ts';
import { type Random, random } from '../tensor/random.ts';
import { roundedShare } from '../tensor/share.ts';
import type { SearchResult, Trial } from './result.ts';
import type { Space } from './space.ts';
import { openTrials, type SearchOptions, type Trials } from './trials.ts';

/** What every evolution takes. */
export interface PopulationOptions {
  /** Candidates in a population; default 20, at most a third of the evaluations. */
  readonly population?: number;
  /** Probability that a mutation changes a choice, 0–1; default that of the space, one change on average. */
  readonly rate?: number;
}

/** Options of `elitistEvolution`. */
export interface ElitistOptions extends PopulationOptions {
  /** Share of a population that has children and lives on, 0–1; default 0.25. */
  readonly parents?: number;
  /** Probability that a child is a mutation of one parent; otherwise it is a crossing of two. Default 0.5. */
  readonly mutations?: number;
}

/** Options of `agingEvolution`. */
export interface AgingOptions extends PopulationOptions {
  /** Members that compete to be the next parent; default a quarter of the population. */
  readonly tournament?: number;
}

/** Proposals for each member that a population may take before it goes on with what it has. */
const tries = 20;

/**
 * Elitist evolution: of each population the best part lives on and has as many children as the population counts, mutations of one parent and crossings
 * of two, all within the limits as long as such are found. Cai et al. 2020 (Once-for-all), as it searches for networks.
 * @throws LabError `search/evolution` for a population or share that makes no sense, and as `randomSearch`.
 * @example
 * const space = choices({ a: [1, 2, 3, 4], b: [1, 2, 3, 4], c: [1, 2, 3, 4] });
 * const limits = { sum: { cost: c => c.a + c.b + c.c, budget: 8 } };
 * const { costs, feasible } = await elitistEvolution(space, { evaluate: c => c.a * c.b * c.c, limits, evaluations: 30 });
 * [costs.sum <= 8, feasible]; // → [true, true]
 */
export async function elitistEvolution<C>(space: Space<C>, options: SearchOptions<C> & ElitistOptions): Promise<SearchResult<C>> {
  const { parents = 0.25, mutations = 0.5, rate } = options;
  const size = sizeOf(options);
  for (const [name, share] of Object.entries({ parents, mutations })) assertShare(name, share);
  const trials = openTrials(space, options);
  const rng = random(options.seed ?? 0).split('elitist evolution');
  let members = await grow(trials, size, () => space.sample(rng));
  while (trials.open) {
    const best = trials.ranked(members).slice(0, Math.max(1, roundedShare(parents, size)));
    const parent = (): C => rng.pick(best).candidate;
    const children = await grow(trials, size, () =>
      rng.next() < mutations ? mutant(space, parent(), { rng, rate }) : space.crossover(parent(), parent(), rng),
    );
    members = [...best, ...children];
  }
  return trials.result();
}

/**
 * Aging evolution: of a few members drawn at random the best has a mutated child, which joins the population, and the oldest member leaves it, however
 * good it is; so what scored high by luck is lost unless its children score high too. Real et al. 2019 (regularized evolution), Algorithm 1.
 * @throws LabError `search/evolution` for a population or tournament that makes no sense, and as `randomSearch`.
 */
export async function agingEvolution<C>(space: Space<C>, options: SearchOptions<C> & AgingOptions): Promise<SearchResult<C>> {
  const { rate } = options;
  const size = sizeOf(options);
  const { tournament = Math.max(1, Math.round(size / 4)) } = options;
  if (!Number.isInteger(tournament) || tournament < 1 || tournament > size)
    throw refusal(`A tournament has 1 to ${size} members, the population; got ${tournament}`);
  const trials = openTrials(space, options);
  const rng = random(options.seed ?? 0).split('aging evolution');
  const members = await grow(trials, size, () => space.sample(rng));
  while (trials.open) {
    const [parent] = trials.ranked(Array.from({ length: tournament }, () => rng.pick(members))) as [Trial<C>];
    const { trial, fresh } = await trials.propose(mutant(space, parent.candidate, { rng, rate }));
    if (!fresh || !fits(trials, trial)) continue;
    members.push(trial);
    if (members.length > size) members.shift();
  }
  return trials.result();
}

/** As long as nothing is within the limits, what is over them has a place in the population, so that it can come nearer. */
function fits<C>({ scored }: Trials<C>, { feasible }: Trial<C>): boolean {
  return feasible || scored === 0;
}

/** Fresh trials, until so many fit, or there were too many others. */
async function grow<C>(trials: Trials<C>, size: number, propose: () => C): Promise<Trial<C>[]> {
  const found: Trial<C>[] = [];
  let born = 0;
  for (let i = 0; i < tries * size && born < size && trials.open; i++) {
    const { trial, fresh } = await trials.propose(propose());
    if (!fresh) continue;
    found.push(trial);
    born += Number(fits(trials, trial));
  }
  return found;
}

function mutant<C>(space: Space<C>, parent: C, { rng, rate }: { readonly rng: Random; readonly rate: number | undefined }): C {
  return space.mutate(parent, rng, rate === undefined ? {} : { rate });
}

function sizeOf({ population, evaluations = 100 }: PopulationOptions & { readonly evaluations?: number }): number {
  const size = population ?? Math.max(2, Math.min(20, Math.floor(evaluations / 3)));
  if (Number.isInteger(size) && size >= 2) return size;
  throw refusal(`A population has 2 or more members; got ${size}`);
}

function assertShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) throw refusal(`${name} is a share of the population, 0–1; got ${share}`);
}

function refusal(what: string): LabError {
  return new LabError('search/evolution', `${what}.`, 'See the options of the evolution.');
}
