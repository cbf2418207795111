import { array, type Model, type NDArray } from 'tinylab';
import { encodeColumn, nextMask, type Round, snipScores, times, twoOfFour, zeroShares } from './beyond-formulas.ts';
import { type ConvLayer, channelsToKeep, keepChannels, norms, ranked } from './channel-formulas.ts';
import { averageStatistics, layersPruned, maskedStep, maskOf, type StepInput, sparseBytes, sum } from './formulas.ts';

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

function channelMask({ shape, data }: NDArray, keep: readonly number[]): NDArray {
  const channels = shape.at(-1) as number;
  return array(
    shape,
    Uint8Array.from(data, (_, i) => Number(keep.includes(i % channels))),
    'uint8',
  );
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
  channelMask,
  keepChannels: (layer: ConvLayer, next: NDArray, keep: readonly number[]) => keepChannels({ layer, next }, keep),
  inputChannelImportance: (weight: NDArray): number[] => norms(weight),
  sortChannels: (layer: ConvLayer, next: NDArray) => keepChannels({ layer, next }, ranked(norms(next))),
  twoOfFour: (weight: NDArray): NDArray => twoOfFour(weight),
  snipScores,
  zeroShares,
  nextTicket: (round: Round, rate: number) => {
    const mask = nextMask(round, rate);
    return { mask, weight: times(round.initial, mask) };
  },
  encodeColumn: (column: readonly number[]) => encodeColumn(column),
};
