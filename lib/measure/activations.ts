import { type Lifetime, lifetimes } from '../model/lifetimes.ts';
import type { Graph } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';

/** What memory holds while one node runs. */
export interface MemoryStep {
  /** Name of the node. */
  readonly id: string;
  /** What the node computes. */
  readonly op: string;
  /** Values alive: the node's inputs and output, and whatever a later node still needs. */
  readonly live: number;
  /** The nodes whose values those are, with their numbers of values. */
  readonly buffers: Readonly<Record<string, number>>;
}

/** What activations need, for one sample. */
export interface Activations {
  /** Values of all buffers that are ever written, the input included. */
  readonly total: number;
  /** Most values alive at one time. */
  readonly peak: number;
  /** The node that runs at the peak (the first, when several do). */
  readonly peakNode: string;
  /** What is alive while each node runs, in order. */
  readonly timeline: readonly MemoryStep[];
}

/**
 * Activation values for one sample, layer by layer: peak = max over nodes of (inputs + output + values a later node needs, such as a residual).
 * Elementwise ops and views overwrite their input when nobody else needs it, so a convolution with its batch norm and ReLU is one buffer.
 * @example
 * activations(mlp({ input: [4], hidden: [8], classes: 2 })).peak; // → 4 + 8
 */
export function activations(graph: Graph): Activations {
  const pieces = lifetimes(graph);
  const timeline = memorySteps(graph, pieces);
  const first = timeline[0];
  if (!first) throw new LabError('model/empty', `Model ${graph.name} has no nodes.`, 'Start it with network(name, shape).');
  const top = timeline.reduce((best, step) => (step.live > best.live ? step : best), first);
  return { total: sum(pieces), peak: top.live, peakNode: top.id, timeline };
}

const sum = (pieces: readonly Lifetime[]): number => pieces.reduce((total, { size }) => total + size, 0);

/** Pieces come in the order in which they are written. */
function memorySteps({ nodes }: Graph, pieces: readonly Lifetime[]): readonly MemoryStep[] {
  const alive = new Set<Lifetime>();
  let next = 0;
  return nodes.map(({ id, op }, step) => {
    for (; pieces[next]?.from === step; next++) alive.add(pieces[next] as Lifetime);
    const now = [...alive];
    for (const piece of now) if (piece.to <= step) alive.delete(piece);
    return { id, op, live: sum(now), buffers: Object.fromEntries(now.map(piece => [piece.nodes[0], piece.size])) };
  });
}

/** What the memory is counted for. */
export interface MemoryOptions {
  /** Bits of one activation value; default 32. */
  readonly bits?: number;
  /** Samples computed at once; default 1. */
  readonly batch?: number;
}

/** Bytes that activations take at the peak: batch · peak · bits / 8. Weights are not in it (see `modelSize`). */
export function peakMemory(graph: Graph, options: MemoryOptions = {}): number {
  const { bits = 32, batch = 1 } = options;
  return Math.ceil((batch * activations(graph).peak * bits) / 8);
}
