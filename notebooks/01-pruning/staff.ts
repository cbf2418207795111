import type { Model, NDArray } from 'tinylab';
import {
  averageStatistics,
  type ConvLayer,
  channelMask,
  channelsToKeep,
  encodeColumn,
  keepChannels,
  layersPruned,
  maskedStep,
  maskOf,
  nextMask,
  norms,
  type Round,
  ranked,
  type StepInput,
  snipScores,
  sparseBytes,
  sum,
  times,
  twoOfFour,
  zeroShares,
} from './reference.ts';

type Evaluate = (model: Model) => number | Promise<number>;

interface Scan {
  readonly names: readonly string[];
  readonly sparsities: readonly number[];
}

async function sensitivityScan(model: Model, evaluate: Evaluate, { names, sparsities }: Scan): Promise<Record<string, number[]>> {
  const table: Record<string, number[]> = Object.fromEntries(names.map(layer => [layer, []]));
  for (const [layer, row] of Object.entries(table)) {
    for (const sparsity of sparsities) row.push(await evaluate(layersPruned(model, { [layer]: sparsity })));
  }
  return table;
}

/** What `staff(name)` gives to a student who is stuck. */
export const staffAnswers = {
  fineGrainedPrune: (weight: NDArray, sparsity: number): NDArray => maskOf(weight, sparsity),
  sensitivityScan,
  storedBytes: (mask: NDArray): number => sparseBytes(sum(mask.data)),
  pruneLayers: layersPruned,
  averageStatistics: (batches: readonly NDArray[]) => averageStatistics(batches),
  maskedStep: (step: StepInput, rate: number) => maskedStep(step, rate),
  channelsToKeep,
  channelMask: (kernel: NDArray, keep: readonly number[]) => channelMask(kernel, keep),
  keepChannels: (layer: ConvLayer, next: NDArray, keep: readonly number[]) => keepChannels({ layer, next }, keep),
  inputChannelImportance: (weight: NDArray): number[] => norms(weight),
  sortChannels: (layer: ConvLayer, next: NDArray) => keepChannels({ layer, next }, ranked(norms(next))),
  twoOfFour: (weight: NDArray): NDArray => twoOfFour(weight),
  snipScores: (weight: NDArray, gradient: NDArray): NDArray => snipScores(weight, gradient),
  zeroShares: (activations: NDArray) => zeroShares(activations),
  nextTicket: (round: Round, rate: number) => {
    const mask = nextMask(round, rate);
    return { mask, weight: times(round.initial, mask) };
  },
  encodeColumn: (column: readonly number[]) => encodeColumn(column),
};
