import type { Graph } from './model.ts';

/** By op, the axes of its kernel that together count the channels of its output. */
export const channelAxes: Readonly<Record<string, readonly number[]>> = {
  conv2d: [3],
  'depthwise-conv2d': [2, 3],
  'conv2d-transpose': [2],
  dense: [1],
  embedding: [1],
};

/**
 * The axes of a parameter that together count output channels: 3 of a convolution's kernel, 2 and 3 of a depthwise one, whose channel is
 * c · multiplier + m. Undefined for what no layer has as its kernel.
 */
export function channelAxesOf({ nodes }: Pick<Graph, 'nodes'>, parameter: string): readonly number[] | undefined {
  const layer = nodes.find(
    ({ op, parameters: { kernel, table } }) => Object.hasOwn(channelAxes, op) && (kernel === parameter || table === parameter),
  );
  return layer && channelAxes[layer.op];
}
