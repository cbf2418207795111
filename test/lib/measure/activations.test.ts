import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activations } from '../../../lib/measure/activations.ts';
import { network } from '../../../lib/model/build.ts';
import type { Graph } from '../../../lib/model/model.ts';
import { opOf } from '../../../lib/model/ops/index.ts';
import { inferShapes } from '../../../lib/model/shapes.ts';
import { random } from '../../../lib/tensor/random.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';

/** Memory as a counter would see it: a buffer appears when it is written and goes after its last reader ran. */
function simulated(graph: Graph): { total: number; peak: number } {
  const shapes = inferShapes(graph);
  const readers = new Map(graph.nodes.map(({ id }) => [id, graph.nodes.filter(other => other.inputs.includes(id)).length]));
  readers.set(graph.output, (readers.get(graph.output) ?? 0) + 1);
  const memory: { size: number; waiting: number }[] = [];
  const bufferOf = new Map<string, { size: number; waiting: number }>();
  let [total, peak] = [0, 0];
  for (const { id, op, inputs } of graph.nodes) {
    const waiting = readers.get(id) as number;
    const reusable = opOf(op).inPlace ? bufferOf.get(inputs[0] as string) : undefined;
    if (reusable?.waiting === 1) {
      reusable.waiting += waiting;
      bufferOf.set(id, reusable);
    } else {
      const buffer = { size: sizeOf(shapes.get(id) as number[]), waiting };
      bufferOf.set(id, buffer);
      memory.push(buffer);
      total += buffer.size;
    }
    peak = Math.max(
      peak,
      memory.reduce((sum, buffer) => sum + (buffer.waiting > 0 || buffer === bufferOf.get(id) ? buffer.size : 0), 0),
    );
    for (const input of new Set(inputs)) (bufferOf.get(input) as { waiting: number }).waiting--;
  }
  return { total, peak };
}

/** A graph whose nodes read earlier ones at random. */
const arbitraryGraph = fc.integer({ min: 0, max: 100_000 }).map(seed => {
  const rng = random(seed);
  const net = network('random', [rng.int(1, 4), 4, 2]);
  const images = [net.at];
  for (let i = rng.int(1, 9); i > 0; i--) {
    net.from(rng.pick(images));
    rng.pick([
      () => net.conv2d(rng.int(1, 5)),
      () => net.relu(),
      () => net.batchNorm(),
      () => net.concat(rng.pick(images)),
      () => net.from(rng.pick(images)).add(net.at),
    ])();
    images.push(net.at);
  }
  return net.graph();
});

test('liveness equals a simulation with reference counts, on random graphs', () => {
  fc.assert(
    fc.property(arbitraryGraph, graph => {
      const { total, peak, timeline } = activations(graph);
      expect({ total, peak }).toEqual(simulated(graph));
      expect(Math.max(...timeline.map(step => step.live))).toBe(peak);
      for (const { live, buffers } of timeline) expect(Object.values(buffers).reduce((a, b) => a + b, 0)).toBe(live);
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('a residual is alive until it is added', () => {
  const net = network('residual', [2, 2, 3]);
  const entry = net.at;
  const { timeline, peak, peakNode } = activations(net.conv2d(5).relu().conv2d(3).add(entry).graph());
  expect(timeline.map(step => [step.op, step.live])).toEqual([
    ['input', 12],
    ['conv2d', 32],
    ['relu', 32],
    ['conv2d', 44],
    ['add', 36],
  ]);
  expect([peak, peakNode]).toEqual([44, 'conv2d-2']);
});

test('an activation may not overwrite what another node still needs', () => {
  const net = network('branch', [4]);
  const { peak, total } = activations(net.relu().add('input').graph());
  expect({ peak, total }).toEqual({ peak: 12, total: 12 });
});
