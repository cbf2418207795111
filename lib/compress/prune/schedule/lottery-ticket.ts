import type { Dataset } from '../../../data/dataset.ts';
import { initialize } from '../../../model/initialize.ts';
import type { Model } from '../../../model/model.ts';
import { assertSparsity } from '../../../model/sparsity.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import type { FitOptions } from '../../../train/options.ts';
import { snapshot } from '../../../train/snapshot.ts';
import { randomScores } from '../importance/random.ts';
import { applyMasks, maskSparsity, masksOf } from '../masks.ts';
import { pruneByImportance } from '../prune.ts';
import { byMagnitude, type Pruner } from './one-shot.ts';

/** Training of every round, and how much each round prunes. */
export interface LotteryOptions extends FitOptions {
  /** Rounds of training and pruning. */
  readonly rounds: number;
  /** Share of the weights left that goes in each round; default 0.2. */
  readonly rate?: number;
  /** Survivors go back to their values after this many updates of the first training; default 0, the initial values. */
  readonly rewind?: number;
  /** How to prune a trained network; default: magnitude, each layer alike. */
  readonly prune?: Pruner;
}

/** What one round found. */
export interface Ticket {
  /** 0 is the dense network. */
  readonly round: number;
  /** Share of the weights left, (1 - rate)^round. */
  readonly density: number;
  /** The rewound, masked network, before training. */
  readonly ticket: Model;
  /** The same network, trained. */
  readonly trained: Model;
}

/**
 * Lottery ticket: iterative magnitude pruning with rewinding. Train, prune `rate` of what is left, put the survivors back to their initial values
 * (Frankle and Carbin 2019), or to those after `rewind` updates (late rewinding, Frankle et al. 2020), and repeat. `model` is untrained; the
 * other options are those of `fit` for each training. Densities 1, 0.8, 0.64, 0.512 …; rounds 0 … rounds, rounds + 1 trainings.
 * @throws LabError `prune/rounds`, `prune/sparsity` for the rate, `prune/rewind` when training has fewer updates, and as `fit`.
 */
export async function lotteryTicket(model: Model, data: Dataset | Examples, options: LotteryOptions): Promise<readonly Ticket[]> {
  const { rounds, rate = 0.2, rewind = 0, prune = byMagnitude, ...training } = options;
  assertSparsity('lotteryTicket: rate', rate);
  for (const [name, count] of Object.entries({ rounds, rewind })) assertCount(name, count);
  const { start, trained } = await firstTraining(model, data, { rewind, training });
  const tickets: Ticket[] = [{ round: 0, density: 1, ticket: start, trained }];
  for (let round = 1; round <= rounds; round++) {
    const density = (1 - rate) ** round;
    const pruned = prune((tickets.at(-1) as Ticket).trained, 1 - density);
    const ticket = applyMasks(start, masksOf(pruned));
    tickets.push({ round, density, ticket, trained: await fit(ticket, data, training) });
  }
  return tickets;
}

/** Trains the dense network, and keeps its values after `rewind` updates. */
async function firstTraining(
  model: Model,
  data: Dataset | Examples,
  { rewind, training }: { rewind: number; training: FitOptions },
): Promise<{ start: Model; trained: Model }> {
  let start = rewind === 0 ? model : undefined;
  const keeping: TrainingHooks = {
    afterStep(variables, event) {
      if (event.step === rewind) start = snapshot(model, variables);
    },
  };
  const trained = await fit(model, data, { ...training, hooks: joinHooks(training.hooks, keeping) });
  if (start) return { start, trained };
  throw new LabError('prune/rewind', `Training has fewer than ${rewind} updates.`, 'Rewind to an earlier update, or train longer.');
}

/** Control: the same masks on other initial values. A ticket that is more than its structure trains better than this. */
export function reinitialized(ticket: Model, options: { readonly seed: number }): Model {
  return applyMasks(initialize(ticket, options), masksOf(ticket));
}

/** Control: the initial values `model`, with as many weights left in each layer as the ticket has, chosen at random. */
export function randomTicket(model: Model, ticket: Model, options: { readonly seed: number }): Model {
  const sparsity = Object.fromEntries(Object.entries(masksOf(ticket)).map(([name, mask]) => [name, maskSparsity(mask)]));
  return pruneByImportance(model, { sparsity, criterion: randomScores(options) });
}

function assertCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 0) return;
  throw new LabError('prune/rounds', `${name} is a whole number from 0; got ${count}.`, 'Five rounds of 0.2 leave a third of the weights.');
}
