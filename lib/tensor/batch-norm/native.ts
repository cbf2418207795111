import { threadsAttribute } from '../native-ops.ts';
import { attribute, type OpAttribute, runOp, runOps } from '../run-op.ts';
import type { Attributes, Implementation } from './implementation.ts';

const of = ({ epsilon, low, high }: Attributes): OpAttribute[] => [
  attribute.float('epsilon', epsilon),
  attribute.float('low', low),
  attribute.float('high', high),
  threadsAttribute,
];

/** By the kernels in kernels/compute/batch-norm: statistics, normalisation and rectifier in two passes over x, the gradient in two more. */
export const nativeBatchNorm: Implementation = {
  training: (x, { gamma, beta }, attributes) => runOps('TinylabBatchNorm', [x, gamma, beta], { attributes: of(attributes), outputs: 4 }),
  inference: (x, { gamma, beta, mean, variance }, attributes) =>
    runOp('TinylabBatchNormInference', [x, gamma, beta, mean, variance], of(attributes)),
  gradient: (dy, x, { gamma, beta, mean, variance, attributes, inference }) =>
    runOps(inference ? 'TinylabBatchNormInferenceGrad' : 'TinylabBatchNormGrad', [dy, x, gamma, beta, mean, variance], {
      attributes: of(attributes),
      outputs: 3,
    }),
};
