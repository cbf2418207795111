import type { Graph } from '../../../../../lib/model/model.ts';
import { inferShapes } from '../../../../../lib/model/shapes.ts';

/** Channels of every convolution, in order. */
export const widths = (graph: Graph): number[] =>
  graph.nodes.filter(({ op }) => op === 'conv2d').map(({ id }) => inferShapes(graph).get(id)?.at(-1) as number);
