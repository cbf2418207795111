import type { Model } from '../../../model/model.ts';
import { type TracedNode, trace } from '../../../model/shapes.ts';
import { expectedRelu } from './expected-relu.ts';
import type { OutputStatistics } from './output-statistics.ts';
import { passageOf } from './passage.ts';

/** What is known of a value's channels: the mean, and the deviation while they are normally distributed. */
interface Known {
  readonly mean: Float64Array;
  readonly deviation?: Float64Array;
}

/**
 * The mean of each channel that a layer reads, by the id of the layer, where it follows from the statistics of the layers before it: through ReLU and
 * ReLU6 (`expectedRelu`), mean pooling, views, sums and concatenated channels.
 */
export function expectedInputs(model: Model, statistics: OutputStatistics): ReadonlyMap<string, Float64Array> {
  const values = new Map<string, Known | undefined>();
  const found = new Map<string, Float64Array>();
  for (const traced of trace(model)) {
    const { id, op, inputs } = traced.node;
    const read = inputs.map(input => values.get(input));
    const [first] = read;
    if (passageOf(op) === 'layer' && first) found.set(id, first.mean);
    values.set(id, statistics[id] ?? passed(traced, read));
  }
  return found;
}

function passed({ node: { op, attributes }, inputs, output }: TracedNode, read: readonly (Known | undefined)[]): Known | undefined {
  if (read.length === 0 || !read.every(known => known !== undefined)) return undefined;
  const [{ mean, deviation }] = read as [Known];
  switch (op) {
    case 'relu':
    case 'relu6':
      return deviation && { mean: mean.map((m, c) => expectedRelu(m, deviation[c], op === 'relu6' ? 6 : undefined)) };
    case 'fake-quantize':
      return { mean, deviation };
    case 'average-pool':
    case 'global-average-pool':
      return { mean };
    case 'flatten':
    case 'reshape': {
      const width = output.at(-1) ?? 1;
      return width % mean.length === 0 ? { mean: Float64Array.from({ length: width }, (_, i) => mean[i % mean.length]) } : undefined;
    }
    case 'add':
      return { mean: mean.map((_, c) => read.reduce((sum, known) => sum + known.mean[c], 0)) };
    case 'concat': {
      const axis = attributes.axis as number;
      const last = axis === -1 || axis === (inputs[0]?.length ?? 0) - 1;
      return last ? { mean: Float64Array.from(read.flatMap(known => [...known.mean])) } : undefined;
    }
    default:
      return undefined;
  }
}
