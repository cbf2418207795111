import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to the questions about whole networks as other people write them.

const names = [1, 2, 3, 4, 5, 6, 7, 8].map(n => `'conv2d-${n}.kernel'`).concat("'dense-1.kernel'");
const listed = (bits: readonly number[]): string => names.map((name, i) => `${name}: ${bits[i]}`).join(', ');

export const networkStyles: readonly OtherStyle[] = [
  {
    question: 'recovered',
    name: 'all kernels in one change',
    answer: `const recovered = await deliver('recovered', async () => {
  const changes = kernels.map(name => {
    const { codebook, labels } = kMeans(weightsOf(name), 2);
    const values = labels.map(label => codebook[label]!);
    return [name, { value: array(dense.parameters[name]!.value.shape, values) }] as const;
  });
  return await refreshBatchNorm(withParameters(dense, Object.fromEntries(changes)), train, { batches: 20 });
});`,
  },
  {
    question: 'recovered',
    name: 'the library’s code books',
    answer: `const recovered = await deliver('recovered', () =>
  refreshBatchNorm(quantize.kMeansQuantize(dense, { bits: 2 }), train, { batches: 20 }),
);`,
  },
  {
    question: 'recovered',
    name: 'a fold, typed arrays, more batches',
    answer: `const recovered = await deliver('recovered', () => {
  const shared = kernels.reduce((model, name) => {
    const found = kMeans(weightsOf(name), 2);
    const value = array(dense.parameters[name]!.value.shape, Float32Array.from(found.labels, label => found.codebook[label]!));
    return withParameters(model, { [name]: { value } });
  }, dense);
  return refreshBatchNorm(shared, train, { batches: 30 });
});`,
  },
  {
    question: 'recovered',
    name: 'refreshed on images that were taken before',
    answer: `const recovered = await deliver('recovered', async () => {
  const copy = { ...dense.parameters };
  for (const [name, parameter] of Object.entries(copy)) {
    if (!name.endsWith('.kernel')) continue;
    const { codebook, labels } = kMeans([...parameter.value.data], 2);
    copy[name] = { ...parameter, value: array(parameter.value.shape, labels.map(label => codebook[label]!)) };
  }
  const fresh = await refreshBatchNorm({ ...dense, parameters: copy }, take(train, 1280), { batches: 20 });
  return fresh;
});`,
  },
  ...spelled(
    'mixed-precision',
    `const bits = { ${listed([5, 5, 5, 4, 3, 2, 2, 2, 5])} };`,
    `const bits: Record<string, number> = {};
for (const [i, b] of [4, 4, 4, 4, 3, 2, 2, 2, 4].entries()) bits[kernels[i]!] = b;`,
    `const plan = new Map(kernels.map((name, i) => [name, i < 3 ? 5 : i === 3 ? 4 : i === 4 ? 3 : 2] as const));
const bits = Object.fromEntries(plan);`,
    `const bits = Object.assign(
  Object.fromEntries(kernels.map(name => [name, 2])),
  { 'conv2d-1.kernel': 8, 'conv2d-2.kernel': 6, 'conv2d-3.kernel': 5, 'conv2d-4.kernel': 4, 'conv2d-5.kernel': 3, 'dense-1.kernel': 4 },
);`,
  ),
  ...spelled(
    'program',
    `const grids = program.steps.map(({ outputs: [index] }) => program.tensors[index!]!);
const widest = Math.max(...grids.map(({ quantization }) => quantization!.scale[0]!));
const coarsest = grids.find(({ quantization }) => quantization!.scale[0] === widest)!.name;
const offByOne = 0 - grids[grids.length - 1]!.quantization!.scale[0]!;`,
    `let coarsest = '';
let most = 0;
for (const step of program.steps) {
  const { name, quantization } = program.tensors[step.outputs[0]!]!;
  if (quantization!.scale[0]! > most) {
    most = quantization!.scale[0]!;
    coarsest = name;
  }
}
const end = program.tensors[program.outputs[0]!]!.quantization!;
const offByOne = end.scale[0]! * (3 - (end.zeroPoint[0]! + 1)) - end.scale[0]! * (3 - end.zeroPoint[0]!);`,
    `const sorted = program.steps
  .map(step => program.tensors[step.outputs[0]!]!)
  .sort((a, b) => b.quantization!.scale[0]! - a.quantization!.scale[0]!);
const coarsest = sorted[0]!.name;
const offByOne = Number((-program.tensors[program.outputs[0]!]!.quantization!.scale[0]!).toPrecision(5));`,
    `const [coarsest, offByOne] = (() => {
  const all = program.steps.map(step => program.tensors[step.outputs[0]!]!);
  const scales = all.map(tensor => tensor.quantization!.scale[0]!);
  return [all[scales.indexOf(Math.max(...scales))]!.name, -scales[scales.length - 1]!];
})() as [string, number];`,
  ),
];
