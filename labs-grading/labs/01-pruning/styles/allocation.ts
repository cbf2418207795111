import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to question 5 as other people write them. Of the map there are many right ones.

const allocation = (name: string, answer: string): OtherStyle => ({ question: 'allocation', name, answer });
const map = (name: string, answer: string): OtherStyle => ({ question: 'sparsities', name, answer });

export const allocationStyles: readonly OtherStyle[] = [
  allocation(
    'sums and a reduce',
    `const storedBytes = (mask: NDArray): number => 4.5 * Array.from(mask.data).reduce((kept, bit) => kept + bit, 0);
function pruneLayers(model: Model, sparsities: Record<string, number>): Model {
  return Object.keys(sparsities).reduce(
    (pruned, name) => applyMasks(pruned, { [name]: fineGrainedPrune(weightOf(model, name), sparsities[name]!) }),
    model,
  );
}`,
  ),
  allocation(
    'loops',
    `function storedBytes(mask: NDArray): number {
  let bits = 0;
  for (const bit of mask.data) if (bit !== 0) bits += 36;
  return bits / 8;
}
function pruneLayers(model: Model, sparsities: Record<string, number>): Model {
  const masks: Record<string, NDArray> = {};
  for (const name in sparsities) masks[name] = fineGrainedPrune(weightOf(model, name), sparsities[name]!);
  return applyMasks(model, masks);
}`,
  ),
  allocation(
    'values and indices apart, zeros counted',
    `function storedBytes({ data, shape }: NDArray): number {
  const all = shape.reduce((a, b) => a * b, 1);
  const zeros = Array.from(data).filter(bit => !bit).length;
  return (all - zeros) * 4 + (all - zeros) / 2;
}
const pruneLayers = (model: Model, sparsities: Record<string, number>): Model =>
  applyMasks(model, Object.fromEntries(weightsIn(model, sparsities)));
const weightsIn = (model: Model, sparsities: Record<string, number>) =>
  Object.entries(sparsities).map(([name, share]) => [name, fineGrainedPrune(model.parameters[name]!.value, share)] as const);`,
  ),
  allocation(
    'parameters made anew',
    `function storedBytes(mask: NDArray): number {
  const kept = mask.data.indexOf(1) < 0 ? 0 : [...mask.data].filter(Boolean).length;
  return kept * 36 / 8;
}
function pruneLayers(model: Model, sparsities: Record<string, number>): Model {
  const parameters = { ...model.parameters };
  for (const [name, share] of Object.entries(sparsities)) {
    const { value } = parameters[name]!;
    const mask = fineGrainedPrune(value, share);
    const zeroed = Float32Array.from(value.data, (w, i) => (mask.data[i] ? w : 0));
    parameters[name] = { ...parameters[name]!, value: array(value.shape, zeroed), mask };
  }
  return { ...model, parameters };
}`,
  ),
  map(
    'written out',
    `const sparsities = {
  'conv2d-1.kernel': 0.25, 'conv2d-2.kernel': 0.5, 'conv2d-3.kernel': 0.6, 'conv2d-4.kernel': 0.7, 'conv2d-5.kernel': 0.7,
  'conv2d-6.kernel': 0.75, 'conv2d-7.kernel': 0.76, 'conv2d-8.kernel': 0.87, 'dense-1.kernel': 0.45,
};`,
  ),
  map(
    'in another order',
    `const sparsities: Record<string, number> = {};
const shares = [0.5, 0.87, 0.76, 0.75, 0.7, 0.7, 0.6, 0.5, 0.3];
for (const [i, name] of [...weights].reverse().entries()) sparsities[name] = shares[i]!;`,
  ),
  map(
    'layers left whole',
    `const sparsities = Object.fromEntries(weights.map(name => [name, 0.7]));
Object.assign(sparsities, { 'conv2d-1.kernel': 0, 'conv2d-2.kernel': 0.4, 'dense-1.kernel': 0, 'conv2d-7.kernel': 0.78, 'conv2d-8.kernel': 0.88 });`,
  ),
  map(
    'by size',
    `const sparsities = Object.fromEntries(weights.map(name => {
  const { length } = weightOf(dense, name).data;
  return [name, length < 2000 ? 0.3 : length < 50_000 ? 0.7 : name === 'conv2d-8.kernel' ? 0.87 : 0.76];
}));`,
  ),
];
