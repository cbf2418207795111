import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import { quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { leNet5 } from '../../../../lib/model/lenet.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { inputsOf, type Model } from '../../../../lib/model/model.ts';
import { resNet8 } from '../../../../lib/model/resnet.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { numbers, quantized, randomNet, type Setting, shaken } from '../quantized-nets.ts';
import { hasCompiler, runOnHost } from './host.ts';

const wide: Setting = { activations: { bits: 16, symmetric: true } };
const few: Setting = { weights: { bits: 4, symmetric: true }, activations: { bits: 6 } };
const nets: readonly (readonly [name: string, net: () => Model, setting: Setting])[] = [
  ['LeNet on 28 × 28', () => leNet5({ seed: 1 }), {}],
  [
    'MobileNetV2 of a quarter of the width',
    () => mobileNetV2({ seed: 2, width: 0.25, input: [32, 32, 3], classes: 10, stemStride: 1 }),
    {},
  ],
  ['ResNet-8', () => resNet8({ seed: 3 }), {}],
  ['a random net', () => randomNet(random(4)), {}],
  ['LeNet with weights of 4 bits and activations of 6', () => leNet5({ seed: 1 }), few],
  ['LeNet with activations of 16 bits', () => leNet5({ seed: 1 }), wide],
];

describe.skipIf(!hasCompiler)('C of networks as labs make them (skipped without gcc)', () => {
  it.each(nets)('%s gives the bytes of runProgram, in fewer steps, and small ones as they are', (_, net, setting) => {
    const rng = random(5);
    const float = shaken(net(), rng);
    const images = inputsOf(float).map(({ shape }) => numbers([1, ...shape], rng));
    const program = lowerModel(quantized(float, images, setting));
    const inputs = images.map((image, i) => quantizeInput(program, image, i));
    const expected = [runProgram(program, inputs).outputs];
    const small = program.steps.length < 12 ? [program] : [];
    for (const one of [...small, fuseProgram(program)])
      expect(runOnHost(one, { source: emitC(one), examples: [inputs] })).toEqual(expected);
  });
});
