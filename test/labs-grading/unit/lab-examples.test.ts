import { array, type NDArray, pretrained } from 'tinylab';
import { describe, expect, it } from 'vitest';
import * as basics from '../../../notebooks/00-basics/formulas.ts';
import * as pruning from '../../../notebooks/01-pruning/reference.ts';

// The worked examples in the text of Labs 00 and 01, on the references that the checks use.

const list = (values: NDArray): number[] => [...values.data];
const row = (...values: number[]): NDArray => array([values.length], values);

describe("Lab 00's examples", () => {
  it('parameters, bytes, activations', () => {
    const layer = { inputChannels: 4, outputChannels: 8, kernel: 2 };
    expect(basics.convParameters({ ...layer, groups: 1, bias: true })).toBe(136);
    expect(basics.convParameters({ ...layer, groups: 2, bias: false })).toBe(64);
    expect(
      basics.modelSizeBytes([
        { count: 100, bits: 8 },
        { count: 50, bits: 4 },
      ]),
    ).toBe(125);
    expect([basics.totalActivations([10, 40, 5]), basics.peakActivations([10, 40, 5])]).toEqual([55, 50]);
  });

  it('MACs, receptive field', () => {
    const placed = { inputChannels: 2, outputChannels: 4, kernel: 3, groups: 1, bias: false, inputSize: 8, stride: 2, padding: 1 };
    expect([basics.outputSize(placed), basics.convMacs(placed)]).toEqual([4, 1152]);
    const layers = [
      { kernel: 3, stride: 2 },
      { kernel: 3, stride: 1 },
    ];
    expect(basics.receptiveField(layers)).toBe(7);
  });

  it('roofline, energy', () => {
    const laptop = { peakFlops: 100e9, bandwidth: 20e9 };
    expect(basics.latencyMs({ macs: 50e6, bytes: 10e6 }, laptop)).toBeCloseTo(1);
    expect(basics.latencyMs({ macs: 50e6, bytes: 40e6 }, laptop)).toBeCloseTo(2);
    expect(basics.energyMicrojoules({ macs: 1000, bytes: 40 })).toBeCloseTo(0.011);
  });
});

describe("Lab 01's examples", () => {
  it('a mask, bytes, statistics, a step', () => {
    expect(list(pruning.maskOf(row(0.9, -0.1, 0.4, -0.7, 0.2), 0.4))).toEqual([1, 0, 1, 1, 0]);
    expect(pruning.sparseBytes(4)).toBe(18);
    expect(pruning.averageStatistics([array([2, 1], [1, 3]), array([2, 1], [5, 9])])).toEqual({ mean: [4.5], variance: [2.5] });
    const { weight, velocity } = pruning.maskedStep({ weight: [0.5, 0], velocity: [0.1, 0.1], gradient: [0.2, 0.2], mask: [1, 0] }, 0.5);
    expect([...weight, ...velocity].map(value => value.toFixed(3))).toEqual(['0.355', '0.000', '0.290', '0.290']);
  });

  it('half of the second convolution', () => {
    const pruned = pruning.layersPruned(pretrained('fashion-mnist-vgg'), { 'conv2d-2.kernel': 0.5 });
    const value = pruning.weightOf(pruned, 'conv2d-2.kernel');
    expect([value.data.length, pruning.zerosIn(value)]).toEqual([1152, 576]);
  });

  it('channels', () => {
    expect(pruning.channelsToKeep(16, 0.3)).toBe(11);
    expect(list(pruning.channelMask(array([1, 1, 2, 3], [1, 1, 1, 1, 1, 1]), [0, 2]))).toEqual([1, 0, 1, 1, 0, 1]);
    expect(list(pruning.gather(array([2, 3], [1, 2, 3, 4, 5, 6]), 1, [2, 0]))).toEqual([3, 1, 6, 4]);
    expect(list(pruning.gather(row(5, 6, 7), 0, [2, 0]))).toEqual([7, 5]);
    expect(pruning.norms(array([2, 2], [3, 4, 0, 1]))).toEqual([5, 1]);
    expect(pruning.ranked([1, 5, 2])).toEqual([1, 2, 0]);
  });

  it('2:4, SNIP, zeros of activations', () => {
    expect(list(pruning.twoOfFour(array([1, 8], [0.1, -0.9, 0.5, 0.2, 3, 1, -2, 0])))).toEqual([0, 1, 1, 0, 1, 0, 1, 0]);
    expect(list(pruning.snipScores(row(2, -1), row(0.5, 3)))).toEqual([0.25, 0.75]);
    expect(pruning.zeroShares(array([1, 1, 2, 2], [0, 5, 0, 0]))).toEqual([1, 0.5]);
  });

  it('a ticket, a column with a filler', () => {
    const given = { initial: row(0.1, 0.2, 0.3, 0.4, 0.5), trained: row(0.9, 0, -0.2, 0.6, -0.1), mask: row(1, 0, 1, 1, 1) };
    expect(list(pruning.nextMask(given, 0.5))).toEqual([1, 0, 0, 1, 0]);
    const column = [0, 7, ...new Array<number>(17).fill(0), 4, 0];
    expect(pruning.encodeColumn(column)).toEqual({ values: [7, 0, 4], zeros: [1, 15, 1] });
  });
});
