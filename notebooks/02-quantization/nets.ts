import { accuracy, type Dataset, deploy, type Model, type NDArray, predict, pretrained, quantize, realValue, take } from 'tinylab';

/** What is asked of the networks that are handed in. */
export const goals = {
  /** Accuracy of 2-bit code books with fresh statistics. */
  recovered: 0.86,
  /** Mean bits of a weight, and how far its accuracy lies above 2 bits for all. */
  meanBits: 2.25,
  mixed: 0.06,
  /** Share of images on which the program of integers answers as the network of real numbers does, and the bytes of its constants. */
  agreement: 0.95,
  programBytes: 460_000,
  /** Accuracy of 2-bit weights that were trained rounded. */
  trained: 0.85,
} as const;

const cache = new Map<string, Model>();

export function once(name: string, make: () => Model): Model {
  const known = cache.get(name) ?? make();
  cache.set(name, known);
  return known;
}

/** The network of this lab. */
export const denseNet = (): Model => once('dense', () => pretrained('fashion-mnist-vgg'));

/** The same with its batch norms worked into the convolutions. */
export const foldedNet = (): Model => once('folded', () => quantize.foldBatchNorm(denseNet()));

/** Names of the kernels, in the order of the network. */
export const kernelsOf = (model: Model): string[] =>
  model.nodes.flatMap(({ parameters: { kernel } }) => (kernel === undefined ? [] : [kernel]));

/** The folded network with each kernel at these bits: a grid from the smallest to the largest weight of each output channel. */
export function atBits(bits: Readonly<Record<string, number>>): Model {
  return Object.entries(bits).reduce(
    (model, [name, b]) =>
      quantize.quantizeWeights(model, { format: quantize.affineFormat({ bits: b }), granularity: quantize.axis(-1), parameters: [name] }),
    foldedNet(),
  );
}

const known = new Map<string, number>();

/** The accuracy of 2 bits for all on these images, measured once. */
export function uniformAccuracy(data: Dataset): number {
  const found = known.get(data.name) ?? accuracy(atBits(Object.fromEntries(kernelsOf(foldedNet()).map(name => [name, 2]))), data);
  known.set(data.name, found);
  return found;
}

/** Mean bits of a weight. */
export function meanBits(bits: Readonly<Record<string, number>>): number {
  const counts = kernelsOf(foldedNet()).map(name => [name, foldedNet().parameters[name]?.value.data.length ?? 0] as const);
  const all = counts.reduce((sum, [, n]) => sum + n, 0);
  return counts.reduce((sum, [name, n]) => sum + n * (bits[name] ?? 32), 0) / all;
}

/** How many different numbers a kernel holds. */
export const distinct = (model: Model, name: string): number =>
  new Set(realValue(model.parameters[name] as Model['parameters'][string]).data).size;

/** The most different numbers that one output channel of a kernel holds. */
export function distinctInChannel(model: Model, name: string): number {
  const { shape, data } = realValue(model.parameters[name] as Model['parameters'][string]);
  const channels = shape.at(-1) as number;
  const seen = Array.from({ length: channels }, () => new Set<number>());
  for (const [i, value] of Array.from(data).entries()) seen[i % channels]?.add(value);
  return Math.max(...seen.map(({ size }) => size));
}

/** The class of each row of logits, the first of several. */
export function classesOf({ shape: [count = 0, classes = 1], data }: NDArray): number[] {
  return Array.from({ length: count }, (_, n) => {
    const row = Array.from(data.slice(n * classes, (n + 1) * classes));
    return row.indexOf(Math.max(...row));
  });
}

/** Share of the first `count` images on which a program answers as the network of real numbers does. */
export function agreement(program: deploy.Program, images: Dataset, count: number): number {
  const few = take(images, count);
  const { outputs } = deploy.runProgram(program, [deploy.quantizeInput(program, few.images)]);
  const own = classesOf(deploy.dequantizeOutput(program, outputs[0] as deploy.Elements));
  const right = classesOf(predict(foldedNet(), few.images));
  return own.filter((label, i) => label === right[i]).length / count;
}
