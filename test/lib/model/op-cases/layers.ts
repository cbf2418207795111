import { at, mean, type Reference, type Values, values, variance } from '../reference.ts';
import { type OpCase, rowOf, sum } from './op-case.ts';

const columns = (x: Values, c: number): number[] => [...x.data].filter((_, i) => i % (x.shape.at(-1) as number) === c);

const normalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const c = index.at(-1) as number;
    const scale = at(p.gamma as Values, c) / Math.sqrt(at(p.variance as Values, c) + 1e-3);
    return scale * (at(x as Values, ...index) - at(p.mean as Values, c)) + at(p.beta as Values, c);
  });

const batchNormalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const c = index.at(-1) as number;
    const seen = columns(x as Values, c);
    const unit = (at(x as Values, ...index) - mean(seen)) / Math.sqrt(variance(seen) + 1e-3);
    return at(p.gamma as Values, c) * unit + at(p.beta as Values, c);
  });

const layerNormalised: Reference = ([x], p) =>
  values((x as Values).shape, index => {
    const row = rowOf(x as Values, index);
    const c = index.at(-1) as number;
    return (at(p.gamma as Values, c) * (at(x as Values, ...index) - mean(row))) / Math.sqrt(variance(row) + 1e-5) + at(p.beta as Values, c);
  });

const dense: Reference = ([x], { kernel, bias }, count) => {
  const { shape } = x as Values;
  return values([...shape.slice(0, -1), (kernel as Values).shape[1] as number], index => {
    const terms = rowOf(x as Values, index).map((value, i) => value * at(kernel as Values, i, index.at(-1) as number));
    for (const _ of terms) if (index[0] === 0) count();
    return sum(terms) + (bias ? at(bias, index.at(-1) as number) : 0);
  });
};

export const layers: readonly OpCase[] = [
  {
    name: 'vectors',
    op: 'dense',
    inputs: [[5]],
    attributes: { units: 3, bias: true, initial: 'glorot' },
    output: [3],
    parameters: 18,
    reference: dense,
  },
  {
    name: 'the last axis of three',
    op: 'dense',
    inputs: [[2, 3, 4]],
    attributes: { units: 2, bias: false, initial: 'he' },
    output: [2, 3, 2],
    parameters: 8,
    reference: dense,
  },
  {
    name: 'inference',
    op: 'batch-norm',
    inputs: [[3, 2, 4]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3, 2, 4],
    parameters: 8,
    reference: normalised,
  },
  {
    name: 'training',
    op: 'batch-norm',
    inputs: [[3, 2, 4]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3, 2, 4],
    parameters: 8,
    training: true,
    reference: batchNormalised,
  },
  {
    name: 'training, vectors',
    op: 'batch-norm',
    inputs: [[3]],
    attributes: { epsilon: 1e-3, momentum: 0.9 },
    output: [3],
    parameters: 6,
    training: true,
    reference: batchNormalised,
  },
  {
    name: 'each position',
    op: 'layer-norm',
    inputs: [[2, 5]],
    attributes: { epsilon: 1e-5 },
    output: [2, 5],
    parameters: 10,
    reference: layerNormalised,
  },
];
