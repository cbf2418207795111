import { expect, test } from 'vitest';
import { cacheSimulator, matmulMisses } from '../../../lib/measure/cache.ts';
import { energy, energyPj } from '../../../lib/measure/energy.ts';
import { receptiveField } from '../../../lib/measure/receptive-field.ts';
import { attainableFlops, measureDevice, roofline } from '../../../lib/measure/roofline.ts';
import { network } from '../../../lib/model/build.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';

test('receptive field: three 3×3 see 7; 3×3 with stride 2 and 3×3 see 7; dilation 2 sees 5', () => {
  const net = (): ReturnType<typeof network> => network('n', [32, 32, 1]);
  expect(receptiveField(net().conv2d(1).conv2d(1).conv2d(1).graph())).toEqual([7, 7]);
  expect(receptiveField(net().conv2d(1, 3, { strides: 2 }).conv2d(1).graph())).toEqual([7, 7]);
  expect(receptiveField(net().conv2d(1, 3, { dilations: 2 }).relu().graph())).toEqual([5, 5]);
  expect(receptiveField(net().conv2d(1, [1, 5]).maxPool(2).conv2d(1, [3, 1]).graph())).toEqual([6, 6]);
  expect(receptiveField(net().conv2d(1).globalAveragePool().dense(2).graph())).toEqual([34, 34]);
  expect(receptiveField(net().conv2d(1).conv2d(1).graph(), 'conv2d-1')).toEqual([3, 3]);
});

test('receptive field where branches meet: the larger one', () => {
  const net = network('n', [8, 8, 1]);
  expect(receptiveField(net.conv2d(1, 5).add('input').graph())).toEqual([5, 5]);
});

/** Which input pixels change one output pixel, found by asking the formula of each layer backwards: the obvious way. */
test('receptive field equals the pixels that reach one output through kernels and strides', () => {
  const layers = [
    [3, 2],
    [5, 1],
    [2, 2],
    [3, 3],
  ] as const;
  const net = network('n', [200, 200, 1]);
  for (const [kernel, strides] of layers) net.conv2d(1, kernel, { strides, padding: 'valid' });
  let seen = new Set([0]);
  for (const [kernel, stride] of layers.toReversed())
    seen = new Set([...seen].flatMap(i => Array.from({ length: kernel }, (_, k) => i * stride + k)));
  expect(receptiveField(net.graph())).toEqual([seen.size, seen.size]);
});

test('cache misses of a 64×64 product in 8 KB, lines of 32 bytes, 4 ways', () => {
  expect(matmulMisses(64, { order: 'ijk' })).toBe(267_400);
  expect(matmulMisses(64, { order: 'ikj' })).toBe(33_792);
  expect(matmulMisses(64, { order: 'jki' })).toBe(528_384);
  expect(matmulMisses(64, { order: 'ikj', tile: 8 })).toBe(5_120);
  expect(matmulMisses(64, { order: 'ikj', tile: 16 })).toBe(5_196);
  expect(matmulMisses(64, { order: 'ikj', tile: 32 })).toBe(10_922);
  expect(() => matmulMisses(64, { tile: 7 })).toThrowError(expect.objectContaining({ code: 'measure/tile' }));
});

test('the least recently used line of a set goes first', () => {
  const cache = cacheSimulator({ bytes: 64, lineBytes: 16, ways: 2 });
  const hits = [0, 32, 0, 64, 0, 32, 16].map(address => cache.access(address));
  expect(hits).toEqual([false, false, true, false, true, false, false]);
  expect([cache.hits, cache.misses]).toEqual([2, 5]);
  expect(() => cacheSimulator({ bytes: 100, lineBytes: 32, ways: 2 })).toThrowError(expect.objectContaining({ code: 'measure/cache' }));
});

test('roofline: the same layer is bound by memory or by compute, as the device says', () => {
  const graph = network('n', [100]).dense(50, { bias: false }).relu().graph();
  const flops = 2 * 100 * 50;
  const bytes = 4 * (100 + 50 + 5000);
  const slow = roofline(graph, { name: 'slow processor', peakFlops: 1e6, bandwidth: 1e9 });
  expect(slow.layers).toEqual([
    { id: 'dense-1', op: 'dense', flops, bytes, intensity: flops / bytes, timeMs: (1000 * flops) / 1e6, bound: 'compute' },
  ]);
  const narrow = roofline(graph, { name: 'narrow bus', peakFlops: 1e12, bandwidth: 1e6 });
  expect(narrow.layers[0]?.bound).toBe('memory');
  expect(narrow.timeMs).toBeCloseTo((1000 * bytes) / 1e6, 9);
  expect(roofline(graph, { name: 'x', peakFlops: 1e12, bandwidth: 1e6 }, { bits: 8, batch: 2 }).layers[0]?.bytes).toBe(2 * 150 + 5000);
});

test('attainable FLOP/s: the slope, then the roof', () => {
  const device = { name: 'd', peakFlops: 100, bandwidth: 10 };
  expect([1, 10, 100].map(intensity => attainableFlops(device, intensity))).toEqual([10, 100, 100]);
});

test('this machine can be measured, and nothing leaks', () => {
  const before = tensorCount();
  const { peakFlops, bandwidth } = measureDevice({ size: 64, values: 4096 });
  expect(peakFlops).toBeGreaterThan(0);
  expect(bandwidth).toBeGreaterThan(0);
  expect(tensorCount()).toBe(before);
});

test('energy: table, parts and sum', () => {
  expect(energyPj.dram / energyPj.intMultiply).toBeCloseTo(206.45, 2);
  const net = mlp({ input: [4], hidden: [], classes: 3 });
  const expected = { computePj: 12 * 4.6, weightsPj: 15 * 640, activationsPj: 2 * 7 * 5 };
  const got = energy(net);
  expect(got.computePj).toBeCloseTo(expected.computePj, 9);
  expect(got.weightsPj).toBe(expected.weightsPj);
  expect(got.activationsPj).toBe(expected.activationsPj);
  expect(got.totalPj).toBeCloseTo(expected.computePj + expected.weightsPj + expected.activationsPj, 9);
  expect(energy(net, { arithmetic: 'int', bits: 8, weights: 'sram' }).weightsPj).toBe((15 / 4) * 5);
});
