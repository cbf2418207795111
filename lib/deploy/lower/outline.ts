import { fixedInterval } from '../../compress/quantize/activations/fixed-grids.ts';
import { activationPlaces } from '../../compress/quantize/activations/places.ts';
import { quantizeActivations } from '../../compress/quantize/activations/quantize-activations.ts';
import { foldBatchNorm } from '../../compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../compress/quantize/format/affine.ts';
import { channel } from '../../compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../compress/quantize/quantize-weights.ts';
import { initialize } from '../../model/initialize.ts';
import type { Graph } from '../../model/model.ts';
import type { Program } from '../program.ts';
import { lowerModel } from './lower.ts';

/** Where values of a network lie that nobody has run yet. */
const usual = { low: -6, high: 6 };

/**
 * The program of int8 that a network will be: its steps, shapes, bytes and multiply-accumulates, before anything is trained or calibrated, so that memory can
 * be planned and networks be searched that nobody has trained. Weights are random and every value is taken to lie in -6 … 6: what it computes means nothing.
 * @throws LabError `deploy/lower` for an op without an integer form.
 * @example
 * const program = deploy.outlineProgram(network('net', [8, 8, 3]).conv2d(4, 3).batchNorm().relu().globalAveragePool().dense(2).graph());
 * [program.steps.map(({ op }) => op), deploy.peakBytes(program)]; // → [['conv2d', 'mean', 'dense'], 448]
 */
export function outlineProgram(graph: Graph): Program {
  const format = { bits: 8 };
  const weighted = quantizeWeights(foldBatchNorm(initialize(graph)), {
    format: affineFormat({ bits: 8, symmetric: true }),
    granularity: channel(),
  });
  const intervals = activationPlaces(weighted).map(id => [id, fixedInterval(weighted, id, format) ?? usual] as const);
  return lowerModel(quantizeActivations(weighted, { intervals: Object.fromEntries(intervals), format }));
}
