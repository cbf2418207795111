import { type Graph, nodeOf } from '../model/model.ts';
import { extentsOf, type Places, readsSame } from '../model/places.ts';
import { type TracedNode, trace } from '../model/shapes.ts';
import type { Pair } from '../model/window.ts';

/**
 * Rows and columns of the input between the first and the last one that a value of a node (the output, by default) depends on, counted backwards
 * over the graph; for layers one after another 1 + Σ dᵢ · (kᵢ - 1) · Π s of the layers before. Where branches meet, what all of them see; where values
 * see differently much (after a transposed convolution), the most that one sees; of several inputs the largest. Flattening, reshaping, transposing and
 * matrix products count as seeing all of their input. Not cut at the border, so it can exceed the image.
 * @example
 * receptiveField(network('three', [32, 32, 1]).conv2d(1).conv2d(1).conv2d(1).graph()); // → [7, 7]
 */
export function receptiveField(graph: Graph, id: string = graph.output): Pair {
  nodeOf(graph, id);
  const traced = trace(graph);
  const upTo = traced.slice(0, traced.findIndex(({ node }) => node.id === id) + 1);
  const size = extentsOf((upTo.at(-1) as TracedNode).output);
  const period = upTo.reduce((product, { node, op }) => product * (op.repeats?.(node.attributes) ?? 1), 1);
  let most: Pair = [0, 0];
  for (let place = 0; place < Math.min(period, Math.max(...size)); place++) {
    const [row, column] = [Math.min(place, size[0] - 1), Math.min(place, size[1] - 1)];
    most = larger(most, fieldOf(upTo, [new Set([row]), new Set([column])]));
  }
  return most;
}

/** What one place of the last node sees. */
function fieldOf(traced: readonly TracedNode[], start: Places): Pair {
  const asked = new Map<string, Places>([[(traced.at(-1) as TracedNode).node.id, start]]);
  let most: Pair = [0, 0];
  for (const { node, op, inputs, output } of traced.toReversed()) {
    const places = asked.get(node.id);
    if (!places || places.some(({ size }) => size === 0)) continue;
    if (op.name === 'input') most = larger(most, [spanOf(places[0]), spanOf(places[1])]);
    for (const [which, input] of node.inputs.entries()) {
      const sight = { inputs, output, attributes: node.attributes, which };
      const read = op.reads ? op.reads(places, sight as never) : readsSame(places, sight as never);
      asked.set(input, together(asked.get(input), read));
    }
  }
  return most;
}

/** Places of both; what is empty along one axis is nothing. */
function together(a: Places | undefined, b: Places): Places {
  if (b.some(({ size }) => size === 0)) return a ?? b;
  if (!a || a.some(({ size }) => size === 0)) return b;
  return [new Set([...a[0], ...b[0]]), new Set([...a[1], ...b[1]])];
}

/** From the first to the last, both included. */
function spanOf(places: ReadonlySet<number>): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) [first, last] = [Math.min(first, place), Math.max(last, place)];
  return last - first + 1;
}

const larger = (a: Pair, b: Pair): Pair => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
