import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationPlaces } from '../../../../lib/compress/quantize/activations/places.ts';
import { quantizeActivations } from '../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { type AffineFormat, affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { channel } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import type { Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { network } from '../../../../lib/model/build.ts';
import { inputsOf, type Model, mapParameters, withParameters } from '../../../../lib/model/model.ts';
import { array, filled, type NDArray } from '../../../../lib/tensor/array.ts';
import { LabError } from '../../../../lib/tensor/errors.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { arbitraryModel } from '../../model/arbitrary-model.ts';
import { numbers, quantized, type Setting, valuesOfAll } from '../quantized-nets.ts';
import { stepErrors } from './step-by-step.ts';

const net = (shape: readonly number[] = [4, 4, 2]) => network('net', shape, { seed: 3 });
const batchOf = (model: Model, n = 3): NDArray[] => inputsOf(model).map(({ shape }, i) => numbers([n, ...shape], random(i)));
const lowered = (float: Model, setting?: Setting): Program => lowerModel(quantized(float, batchOf(float), setting));
const opsOf = ({ steps }: Program): string => steps.map(({ op }) => op).join(' ');

function agrees(float: Model, setting?: Setting, tolerance = 1.02): Program {
  const inputs = batchOf(float);
  const model = quantized(float, inputs, setting);
  const program = lowerModel(model);
  const values = valuesOfAll(model, inputs);
  for (const { largest, op, name } of stepErrors(program, values, 2)) expect(largest, `${op} ${name}`).toBeLessThan(tolerance);
  return program;
}

test('a layer, its bias and its ReLU are one step; views and pooling keep the grid', () => {
  const model = net().conv2d(3, 3).batchNorm().relu().maxPool(2).flatten().dense(2).model();
  const program = agrees(model);
  expect(opsOf(program)).toBe('conv2d max-pool reshape dense');
  const [conv] = program.steps;
  expect(conv?.attributes.low).toBe(conv?.attributes.outputZeroPoint);
});

test('sums of three and products of three go one after the other', () => {
  expect(opsOf(agrees(net().conv2d(2, 3).relu().add(['input', 'input']).model()))).toBe('conv2d add add');
  expect(opsOf(agrees(net().conv2d(2, 3).relu().mul(['input', 'input']).model()))).toBe('conv2d multiply multiply');
});

test('factors of three shapes meet two at a time', () => {
  const model = network('gates', [1, 1, 2], { id: 'a' }).relu({ id: 'b' }).input([3, 4, 2], { id: 'image' });
  const gated = model.from('a').mul(['b', 'image']).model();
  expect(opsOf(agrees(gated))).toBe('requantize multiply multiply');
});

test('concat takes its inputs to one grid, and copies those that are on it', () => {
  const model = net().conv2d(2, 3).relu().concat('input').model();
  expect(opsOf(agrees(model))).toBe('conv2d requantize requantize concat');
  const same = { low: -4, high: 4 };
  const intervals = { input: same, 'conv2d-1': same, 'concat-1': same };
  expect(opsOf(agrees(net().conv2d(2, 3).concat('input').model(), { intervals }))).toBe('conv2d concat');
});

test('sigmoid and tanh of 16 bits are interpolated, and end on the grid of probabilities', () => {
  const wide = { activations: { bits: 16, symmetric: true } } as const;
  expect(opsOf(agrees(net().activation('sigmoid').activation('tanh').model(), wide, 4))).toBe('sigmoid requantize tanh requantize');
  const unit = { low: -1, high: 1 };
  const intervals = { input: { low: -4, high: 4 }, 'sigmoid-1': unit };
  expect(opsOf(agrees(net().activation('sigmoid').model(), { ...wide, intervals }, 3))).toBe('sigmoid');
});

test('average pooling rounds where the model does not: half a step', () => {
  agrees(net().averagePool(2).model(), {}, 0.501);
});

test('a mean over the image, a transposition and a reshaping', () => {
  expect(opsOf(agrees(net().transpose([2, 0, 1]).reshape([4, 8]).model()))).toBe('transpose reshape');
  expect(opsOf(agrees(net().globalAveragePool().model()))).toBe('mean');
});

test('a product of two values, either of them transposed', () => {
  for (const [transposeA, transposeB] of [
    [false, true],
    [true, false],
  ] as const)
    expect(opsOf(agrees(network('two', [3, 4]).relu().matmul('input', { transposeA, transposeB }).model()))).toBe('requantize matmul');
});

test('softmax gives probabilities on the grid 1/256, or goes on to another', () => {
  const model = net().flatten().dense(5).activation('softmax').model();
  const own = { 'softmax-1': { low: 0, high: 255 / 256 } };
  expect(opsOf(agrees(model, { intervals: own }, 1.5))).toBe('reshape dense softmax');
  expect(opsOf(agrees(model, {}, 2.5))).toMatch(/softmax requantize$/);
  expect(opsOf(agrees(model, { activations: { bits: 8, signed: false } }, 2.5))).toMatch(/softmax requantize$/);
  agrees(model, { activations: { bits: 16 } }, 40);
});

test('an input of fewer bits than its type is clamped by the program, wherever the integers come from', () => {
  const float = net([1, 1, 1]).conv2d(1, 1).model();
  const program = lowerModel(quantized(float, [array([2, 1, 1, 1], [-1, 2])], { activations: { bits: 4 } }));
  expect(opsOf(program)).toBe('requantize conv2d');
  const run = (x: number): number => runProgram(program, [Int8Array.of(x)]).outputs[0]?.[0] as number;
  expect(run(100)).toBe(run(7));
  expect(run(-100)).toBe(run(-8));
  expect(run(7)).not.toBe(run(-8));
});

test('a depthwise kernel has a scale for each channel, whatever its multiplier', () => {
  for (const multiplier of [1, 2]) {
    const float = net([5, 5, 3]).depthwiseConv2d(3, { multiplier }).model();
    const program = agrees(float, { granularity: channel() });
    const kernel = program.tensors[program.steps[0]?.inputs[1] as number] as ProgramTensor;
    expect(kernel.shape).toEqual([1, 3, 3, 3 * multiplier]);
    expect(new Set(kernel.quantization?.scale).size).toBe(3 * multiplier);
    expect(kernel.quantization?.axis).toBe(3);
  }
});

test('a masked weight is its zero point', () => {
  const float = net().conv2d(3, 3).model();
  const model = quantized(float, batchOf(float), { weights: { bits: 8 } });
  const name = 'conv2d-1.kernel';
  const pruned = withParameters(model, { [name]: { mask: filled([3, 3, 2, 3], 0, 'uint8') } });
  const program = lowerModel(pruned);
  const { attributes, inputs } = program.steps[0] as Program['steps'][number];
  const zeros = attributes.weightZeroPoint as readonly number[];
  const { data } = program.tensors[inputs[1] as number] as ProgramTensor;
  expect(Array.from(data as Int8Array, Number)).toEqual(Array.from({ length: 54 }, (_, i) => zeros[Math.floor(i / 18)]));
});

test('weights lie in the narrowest type that holds them', () => {
  const type = (weights: AffineFormat): string | undefined => {
    const program = lowered(net().conv2d(3, 3).model(), { weights });
    return program.tensors[program.steps[0]?.inputs[1] as number]?.type;
  };
  expect([2, 3, 4, 5, 8].map(bits => type({ bits, symmetric: true }))).toEqual(['int4', 'int4', 'int4', 'int8', 'int8']);
  expect(type({ bits: 8, signed: false })).toBe('uint8');
  expect(type({ bits: 9, symmetric: true })).toBe('int16');
});

test('several inputs and outputs keep their order', () => {
  const model = network('two', [2], { id: 'left' })
    .dense(3, { id: 'a' })
    .input([3], { id: 'right' })
    .add('a', { id: 'sum' })
    .output('extra')
    .relu()
    .model();
  const program = agrees(model);
  expect(program.inputs.map(i => program.tensors[i]?.name)).toEqual(['left.quantize', 'right.quantize']);
  expect(program.outputs.map(i => program.tensors[i]?.name)).toEqual(['relu-1.quantize', 'sum.quantize']);
});

test('what cannot become integers is refused with its node', () => {
  const code = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return 'nothing';
  };
  const float = net().conv2d(2, 3, { id: 'first' }).batchNorm({ id: 'norm' }).relu().model();
  expect(code(() => lowerModel(float))).toMatch(/^deploy\/lower Node input \(input\): its value is not quantized/);
  const onlyInput = net().fakeQuantize({ bits: 8 }).conv2d(2, 3, { id: 'first' }).batchNorm({ id: 'norm' }).model();
  expect(code(() => lowerModel(onlyInput))).toMatch(/^deploy\/lower Node norm \(batch-norm\): it is not folded/);
  const unweighted = net().fakeQuantize({ bits: 8 }).conv2d(2, 3, { id: 'first' }).fakeQuantize({ bits: 8 }).model();
  expect(code(() => lowerModel(unweighted))).toMatch(/^deploy\/lower Node first \(conv2d\): its weight is not quantized/);
  const grouped = quantizeWeights(unweighted, {
    format: affineFormat({ bits: 8 }),
    granularity: { name: 'along the inputs', tile: shape => shape.map((length, a) => (a === 2 ? 1 : length)) },
  });
  expect(code(() => lowerModel(grouped))).toMatch(/^deploy\/lower Node first \(conv2d\): its scales change along axis 2/);
  const wide = net().fakeQuantize({ bits: 8, perChannel: true }).model();
  expect(code(() => lowerModel(wide))).toMatch(/a scale for each channel/);
  expect(code(() => lowered(net().pad(1, { mode: 'reflect', id: 'border' }).model()))).toMatch(/Node border \(pad\): its border/);
  expect(code(() => lowered(net().layerNorm({ id: 'odd' }).model()))).toMatch(/Node odd \(layer-norm\): it has no integer form/);
  expect(code(() => lowered(net().activation('swish').model(), { activations: { bits: 16 } }))).toMatch(/65,536 entries/);
  expect(code(() => lowered(net().activation('tanh').model(), { activations: { bits: 16 } }))).toMatch(/zero point -?\d+/);
});

test('sums that an accumulator may not hold, and scales that are too far apart, name the layer', () => {
  const deep = net([1, 1, 40_000]).conv2d(1, 1, { id: 'deep' }).model();
  const equal = mapParameters(deep, p => ({ ...p, value: filled(p.value.shape, 1, 'float32') }));
  // 40,000 · 255 · 255 > 2^31
  expect(() => lowered(equal, { weights: { bits: 8, signed: false }, intervals: { input: { low: 0, high: 1 } } })).toThrow(
    expect.objectContaining({ code: 'deploy/accumulator', message: expect.stringContaining('Node deep (conv2d)') }),
  );
  const far = { input: { low: -1, high: 1 }, small: { low: 0, high: 1e-30 } };
  expect(() => lowered(net().conv2d(1, 1, { id: 'small' }).model(), { intervals: far })).toThrow(
    expect.objectContaining({ code: 'deploy/multiplier', message: expect.stringContaining('Node small (conv2d)') }),
  );
  const shifted = { input: { low: -1, high: 1 }, small: { low: 0, high: 1e-8 } };
  expect(() => lowered(net().conv2d(1, 1, { id: 'small' }).model(), { intervals: shifted })).toThrow(
    expect.objectContaining({ code: 'deploy/accumulator', message: expect.stringContaining('2^') }),
  );
});

test('bytes stand for 0–1; NaN is the zero point; other shapes are refused', () => {
  const program = lowered(net([1, 1, 2]).conv2d(2, 1).model(), { intervals: { input: { low: 0, high: 1 } } });
  const bytes = array([2, 1, 1, 2], Uint8Array.of(0, 51, 102, 255), 'uint8');
  expect(quantizeInput(program, bytes)).toEqual(Int8Array.of(-128, -77, -26, 127));
  expect(quantizeInput(program, array([2, 1, 1, 2], [0, 0.2, 0.4, 1]))).toEqual(Int8Array.of(-128, -77, -26, 127));
  expect(quantizeInput(program, array([1, 1, 1, 2], [Number.NaN, Number.NEGATIVE_INFINITY]))).toEqual(Int8Array.of(-128, -128));
  for (const wrong of [() => quantizeInput(program, array([1, 3], [0, 0, 0])), () => quantizeInput(program, bytes, 1)])
    expect(wrong).toThrow(expect.objectContaining({ code: 'deploy/input' }));
  expect(() => dequantizeOutput(program, new Int8Array(3))).toThrow(expect.objectContaining({ code: 'deploy/input' }));
  const { shape, dtype } = dequantizeOutput(program, runProgram(program, [quantizeInput(program, bytes)]).outputs[0] as Int8Array);
  expect([shape, dtype]).toEqual([[2, 1, 1, 2], 'float32']);
});

test('any model is lowered, or refused by name', () => {
  fc.assert(
    fc.property(arbitraryModel, model => {
      try {
        const places = activationPlaces(model);
        const intervals = Object.fromEntries(places.map(id => [id, { low: -1, high: 1 }]));
        lowerModel(quantizeActivations(model, { intervals, format: { bits: 8 } }));
      } catch (error) {
        expect(error).toBeInstanceOf(LabError);
        expect((error as LabError).message).toMatch(/Node |Parameter /);
      }
    }),
    { numRuns: 100 },
  );
});
