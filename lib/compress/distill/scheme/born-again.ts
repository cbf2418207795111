import type { Dataset } from '../../../data/dataset.ts';
import { initialize } from '../../../model/initialize.ts';
import type { Graph, Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import { type DistillOptions, distill } from '../distill.ts';

/** How generations follow each other. */
export interface BornAgainOptions extends DistillOptions {
  /** How many students there are, the first one included; default 3. */
  readonly generations?: number;
  /** Whom the first generation learns from; default: nobody, it learns from the labels alone. */
  readonly teacher?: Model;
  /** Is called after each generation, counted from 1. */
  readonly onGeneration?: (generation: number, model: Model) => void;
}

/**
 * Born-again networks: the same network over and over, each started afresh and taught by the one before, with (1 - α) CE + α T² KL (α 0.5 and T 1 by default). Generation k
 * starts from `initialize(graph, { seed: seed + k - 1 })` and sees the examples in the order of that seed. Returns all of them; `ensembleTeacher` and `ensembleLogits` make one of
 * several. Furlanello, Lipton, Tschannen, Itti and Anandkumar 2018, §3.
 * @throws LabError `distill/generations` for fewer than one, and the errors of `distill`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const generations = await distill.bornAgain(mlp({ hidden: [8] }), { data, generations: 2, epochs: 1 });
 */
export async function bornAgain(
  graph: Graph,
  {
    data,
    generations = 3,
    teacher,
    onGeneration,
    temperature = 1,
    alpha = 0.5,
    direction,
    ...options
  }: BornAgainOptions & { readonly data: Dataset | Examples },
): Promise<readonly Model[]> {
  if (!(Number.isInteger(generations) && generations >= 1))
    throw new LabError('distill/generations', `There is one generation or more; got ${generations}.`, 'Usual is 2 to 4.');
  const { seed = 0 } = options;
  const born: Model[] = [];
  for (let k = 0; k < generations; k++) {
    const start = initialize(graph, { seed: seed + k });
    const from = born.at(-1) ?? teacher;
    const how = { ...options, seed: seed + k };
    const model = from ? await distill(start, from, { ...how, data, temperature, alpha, direction }) : await fit(start, data, how);
    born.push(model);
    onGeneration?.(k + 1, model);
  }
  return born;
}
