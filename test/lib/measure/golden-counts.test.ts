import { expect, test } from 'vitest';
import { activations, peakMemory } from '../../../lib/measure/activations.ts';
import { flops, macs } from '../../../lib/measure/macs.ts';
import { parameters } from '../../../lib/measure/parameters.ts';
import { alexNet } from '../../../lib/model/alexnet.ts';
import { leNet5 } from '../../../lib/model/lenet.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { mobileNetV1 } from '../../../lib/model/mobilenet-v1.ts';
import { mobileNetV2 } from '../../../lib/model/mobilenet-v2.ts';
import type { Graph } from '../../../lib/model/model.ts';
import { resNet8, resNet18, resNet50 } from '../../../lib/model/resnet.ts';
import { vgg, vggWidths } from '../../../lib/model/vgg.ts';
import { vgg16 } from '../../../lib/model/vgg16.ts';

test('AlexNet: parameters without bias, MACs, FLOP, activations total and peak', () => {
  const graph = alexNet();
  expect(parameters(graph, { bias: false })).toBe(60_954_656);
  expect(parameters(graph)).toBe(60_965_224);
  expect(macs(graph)).toBe(724_406_816);
  expect(flops(graph)).toBe(1_448_813_632);
  const { total, peak, peakNode } = activations(graph);
  expect({ total, peak, peakNode }).toEqual({ total: 932_264, peak: 440_928, peakNode: 'conv2d-1' });
  expect(peakMemory(graph)).toBe(4 * 440_928);
  expect(peakMemory(graph, { bits: 8, batch: 2 })).toBe(2 * 440_928);
});

/** Name, network, parameters, MACs; published or counted by other tools. */
const golden: readonly (readonly [string, () => Graph, number, number])[] = [
  ['LeNet-5', leNet5, 61_706, 416_520],
  ['LeNet-300-100', mlp, 266_610, 266_200],
  ['MobileNetV1', mobileNetV1, 4_231_976, 568_740_352],
  ['MobileNetV2', mobileNetV2, 3_504_872, 300_774_272],
  ['ResNet-8', resNet8, 78_186, 12_501_632],
  ['ResNet-18', resNet18, 11_689_512, 1_814_073_344],
  ['ResNet-50', resNet50, 25_557_032, 4_089_184_256],
  ['VGG-16', vgg16, 138_357_544, 15_470_264_320],
  ['the course network', () => vgg({ widths: vggWidths, input: [32, 32, 3] }), 9_228_362, 605_754_368],
  ['the small VGG', () => vgg(), 432_194, 13_549_952],
];

test.each(golden)('%s: parameters and MACs', (...[, build, parameterCount, macCount]) => {
  const graph = build();
  expect(parameters(graph)).toBe(parameterCount);
  expect(macs(graph)).toBe(macCount);
});

test('MobileNetV1 at width 0.75', () => {
  expect(macs(mobileNetV1({ width: 0.75 }))).toBe(325_400_448);
});

test('running statistics count only on request: ResNet-8 stores 78,666 values', () => {
  expect(parameters(resNet8(), { statistics: true })).toBe(78_666);
});

test('a width of 0.5 halves the channels of the VGG', () => {
  expect(macs(vgg({ width: 0.5, widths: [8, 'M', 16] }))).toBe(macs(vgg({ widths: [4, 'M', 8] })));
});

test('fewer parameters may need more memory: MobileNetV2 against ResNet-18', () => {
  expect(activations(mobileNetV2()).peak).toBeGreaterThan(activations(resNet18()).peak);
});
