import { accuracy, applyMasks, type Dataset, fit, loadDataset, type Model, mlp, type NDArray, pretrained, refreshBatchNorm } from 'tinylab';
import { layersPruned } from './reference.ts';

/** What is asked of the pruned networks. Accuracy is always compared with that of the dense network on the same images. */
export const goals = {
  /** Share of the bytes of the dense network's weights. */
  size: 0.25,
  /** Accuracy that the map may lose before any training, with fresh batch-norm statistics. */
  map: 0.03,
  /** Accuracy that the networks may lose after fine-tuning. */
  pruned: 0.01,
  narrow: 0.012,
  /** Share of the dense network's MACs. */
  macs: 0.52,
  /** Share of weights that a ticket may keep, and how far it may be behind the dense network after its first updates. */
  density: 0.12,
  behind: 0.03,
} as const;

/** What the networks that are handed in may be made of. */
export const layerOps: readonly string[] = ['input', 'conv2d', 'batch-norm', 'relu', 'max-pool', 'global-average-pool', 'dense'];

let net: Model | undefined;

/** The network of this lab. */
export function denseNet(): Model {
  net ??= pretrained('fashion-mnist-vgg');
  return net;
}

/** The network of the lottery tickets, before training. */
export const ticketNet = (): Model => mlp({ seed: 1 });

let earlyDense: number | undefined;

/** Validation accuracy after the first 78 updates, of the ticket network with these masks. */
export async function earlyAccuracy(masks: Readonly<Record<string, NDArray>>): Promise<number> {
  const { train, validation } = await loadDataset('fashion-mnist');
  const early = { steps: 78, seed: 1, optimizer: 'adam', learningRate: 0.0012, reporter: {} } as const;
  return accuracy(await fit(applyMasks(ticketNet(), masks), train, early), validation);
}

/** The same of the dense network, measured once. */
export async function earlyDenseAccuracy(): Promise<number> {
  earlyDense ??= await earlyAccuracy({});
  return earlyDense;
}

const scores = new Map<string, number>();

/** The dense network's accuracy, measured once for each set of images. */
function denseAccuracy(data: Dataset): number {
  const known = scores.get(data.name) ?? accuracy(denseNet(), data);
  scores.set(data.name, known);
  return known;
}

/** How far an accuracy on these images is below the dense network's. */
export const accuracyLost = (own: number, data: Dataset): number => denseAccuracy(data) - own;

/** Keeps the last result: the public and the hidden cases of a question ask for the same network. */
export function keepingLast<A, T>(compute: (about: A) => Promise<T>): (about: A) => Promise<T> {
  let last: { readonly key: string; readonly value: Promise<T> } | undefined;
  return about => {
    const key = JSON.stringify(about);
    if (last?.key !== key) last = { key, value: compute(about) };
    return last.value;
  };
}

/** The dense network after one-shot pruning by this map, with fresh batch-norm statistics. */
export const prunedBy: (sparsities: Readonly<Record<string, number>>) => Promise<Model> = keepingLast(async sparsities => {
  const { train } = await loadDataset('fashion-mnist');
  return refreshBatchNorm(layersPruned(denseNet(), sparsities), train);
});
