import type { Graph } from '../model/model.ts';
import { type TracedNode, trace } from '../model/shapes.ts';
import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';

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

interface Buffer {
  readonly id: string;
  readonly size: number;
  lastUse: number;
}

/**
 * Activation values for one sample, layer by layer: peak = max over nodes of (inputs + output + values a later node needs, such as a residual).
 * Elementwise ops and views overwrite their input when nobody else needs it, so a convolution with its batch norm and ReLU is one buffer.
 * @example
 * activations(mlp({ input: [4], hidden: [8], classes: 2 })).peak; // → 4 + 8
 */
export function activations(graph: Graph): Activations {
  const nodes = trace(graph);
  const buffers = assignBuffers(nodes, lastUses(graph));
  const timeline = memorySteps(nodes, buffers);
  const first = timeline[0];
  if (!first) throw new LabError('model/empty', `Model ${graph.name} has no nodes.`, 'Start it with network(name, shape).');
  const top = timeline.reduce((best, step) => (step.live > best.live ? step : best), first);
  const total = [...new Set(buffers.values())].reduce((sum, buffer) => sum + buffer.size, 0);
  return { total, peak: top.live, peakNode: top.id, timeline };
}

/** For each node the step of its last reader; the output outlives all. */
function lastUses(graph: Graph): ReadonlyMap<string, number> {
  const last = new Map(graph.nodes.map((node, step) => [node.id, step]));
  graph.nodes.forEach((node, step) => {
    for (const id of node.inputs) last.set(id, step);
  });
  return last.set(graph.output, graph.nodes.length);
}

function assignBuffers(nodes: readonly TracedNode[], lastUse: ReadonlyMap<string, number>): ReadonlyMap<string, Buffer> {
  const buffers = new Map<string, Buffer>();
  nodes.forEach(({ node, op, output }, step) => {
    const last = lastUse.get(node.id) as number;
    const reused = op.inPlace ? buffers.get(node.inputs[0] as string) : undefined;
    if (reused && reused.lastUse <= step) {
      reused.lastUse = last;
      buffers.set(node.id, reused);
    } else buffers.set(node.id, { id: node.id, size: sizeOf(output), lastUse: last });
  });
  return buffers;
}

function memorySteps(nodes: readonly TracedNode[], buffers: ReadonlyMap<string, Buffer>): readonly MemoryStep[] {
  const alive = new Set<Buffer>();
  return nodes.map(({ node }, step) => {
    alive.add(buffers.get(node.id) as Buffer);
    const now = [...alive];
    for (const buffer of now) if (buffer.lastUse <= step) alive.delete(buffer);
    const live = now.reduce((sum, { size }) => sum + size, 0);
    return { id: node.id, op: node.op, live, buffers: Object.fromEntries(now.map(({ id, size }) => [id, size])) };
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
