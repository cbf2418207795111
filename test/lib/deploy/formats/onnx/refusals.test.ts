import { expect, test } from 'vitest';
import { readOnnx } from '../../../../../lib/deploy/formats/onnx/read-onnx.ts';
import { modelSchema } from '../../../../../lib/deploy/formats/onnx/schema.ts';
import { decode, encode } from '../../../../../lib/deploy/formats/onnx/wire.ts';
import { writeOnnx } from '../../../../../lib/deploy/formats/onnx/write-onnx.ts';
import { lowerModel } from '../../../../../lib/deploy/lower/lower.ts';
import type { Program, Step } from '../../../../../lib/deploy/program.ts';
import { network } from '../../../../../lib/model/build.ts';
import { LabError } from '../../../../../lib/tensor/errors.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { numbers, quantized } from '../../quantized-nets.ts';

const float = network('net', [4, 4, 2], { seed: 1 }).conv2d(3, 3).relu().maxPool(2).flatten().dense(2).model();
const program = lowerModel(quantized(float, [numbers([2, 4, 4, 2], random(1))]));
const bytes = writeOnnx(program);

/** What reading gives: a program, or the code of a LabError. Other errors are thrown. */
function outcome(file: Uint8Array): string {
  try {
    readOnnx(file);
    return 'read';
  } catch (error) {
    if (error instanceof LabError) return error.code;
    throw error;
  }
}

test('a file that ends too soon, or with a byte changed, is refused by name or is the same program', () => {
  for (let length = 0; length < bytes.length; length += 7) expect(outcome(bytes.slice(0, length)), `${length} bytes`).not.toBe('read');
  const rng = random(5);
  const seen = new Set<string>();
  for (let i = 0; i < 1500; i++) {
    const changed = bytes.slice();
    for (let flips = rng.int(1, 4); flips > 0; flips--) changed[rng.int(0, bytes.length - 1)] = rng.int(0, 255);
    seen.add(outcome(changed));
  }
  expect(seen).toContain('deploy/onnx');
});

test('files of others are refused', () => {
  const file = (model: object): string => outcome(encode(model as Record<string, unknown>, modelSchema));
  expect(outcome(new Uint8Array(0))).toBe('deploy/onnx');
  expect(outcome(Uint8Array.of(255, 255, 255))).toBe('deploy/onnx');
  expect(file({ producerName: 'pytorch', graph: {} })).toBe('deploy/onnx');
  const decoded = decode(bytes, modelSchema) as { graph: { node: object[] } };
  expect(file(decoded)).toBe('read');
  expect(file({ ...decoded, producerName: 'pytorch' })).toBe('deploy/onnx');
  const graph = { ...decoded.graph, node: [...decoded.graph.node, { name: 'more', opType: 'Relu', input: ['x'], output: ['y'] }] };
  expect(file({ ...decoded, graph })).toBe('deploy/onnx');
  const deeper = { ...decoded.graph, node: decoded.graph.node.map(node => ({ ...node, opType: 'Relu' })) };
  expect(file({ ...decoded, graph: deeper })).toBe('deploy/onnx');
});

test('unknown fields are skipped by the decoder and refused by the reader', () => {
  const longer = new Uint8Array([...bytes, ...encode({ extra: 'x' }, { extra: { number: 99, kind: 'string' } })]);
  expect(decode(longer, modelSchema)).toEqual(decode(bytes, modelSchema));
  expect(outcome(longer)).toBe('deploy/onnx');
});

test('what ONNX would compute differently is not written', () => {
  const changed = (change: (step: Step) => Step): Program => ({
    ...program,
    steps: program.steps.map((step, i) => (i === 0 ? change(step) : step)),
  });
  const scaled = changed(step => ({ ...step, attributes: { ...step.attributes, multiplier: [2 ** 30], shift: [-3] } }));
  expect(() => writeOnnx(scaled)).toThrow(
    expect.objectContaining({ code: 'deploy/onnx', message: expect.stringContaining('computes with multiplier') }),
  );
  const silent = { ...program, tensors: program.tensors.map(({ quantization: _, ...tensor }) => tensor) };
  expect(() => writeOnnx(silent)).toThrow(expect.objectContaining({ code: 'deploy/onnx' }));
  const named = { ...program, tensors: program.tensors.map(tensor => ({ ...tensor, name: `step/${tensor.name}` })) };
  expect(() => writeOnnx(named)).toThrow(expect.objectContaining({ code: 'deploy/onnx', message: expect.stringContaining('own') }));
  const wide = lowerModel(quantized(float, [numbers([2, 4, 4, 2], random(1))], { activations: { bits: 16 } }));
  expect(() => writeOnnx(wide)).toThrow(expect.objectContaining({ code: 'deploy/onnx', message: expect.stringContaining('int16') }));
});

test('several tensors of one name get names of their own', () => {
  const twice = { ...program, tensors: program.tensors.map(tensor => ({ ...tensor, name: 'same' })) };
  const names = readOnnx(writeOnnx(twice)).tensors.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('same#2');
});

test('numbers of 64 bits, negative ones and packed lists', () => {
  const schema = {
    a: { number: 1, kind: 'int' },
    list: { number: 2, kind: 'int', many: true },
    real: { number: 3, kind: 'float', many: true },
  } as const;
  const message = { a: -(2 ** 53) + 1, list: [0, 127, 128, 2 ** 53 - 1, -1], real: [0.5, -2] };
  expect({ ...decode(encode(message, schema), schema) }).toEqual(message);
  const packed = encode({ list: Uint8Array.of(1, 128, 1) }, { list: { number: 2, kind: 'bytes' } });
  expect(decode(packed, schema).list).toEqual([1, 128]);
  expect(() => decode(Uint8Array.of(8, 255, 255, 255, 255, 255, 255, 255, 127), schema)).toThrow(/beyond/);
  expect(() => decode(Uint8Array.of(8, ...Array.from({ length: 11 }, () => 255)), schema)).toThrow(/64 bits/);
  expect(() => decode(Uint8Array.of(18, 200), schema)).toThrow(/announced|bytes/);
  expect(() => decode(Uint8Array.of(15), schema)).toThrow(LabError);
});

test('a factor that was computed in float32 is the same to ONNX, and a dense layer that rounds once stays one', () => {
  const nearly = {
    ...program,
    steps: program.steps.map(step => {
      const { multiplier } = step.attributes as { multiplier?: number[] };
      return multiplier ? { ...step, attributes: { ...step.attributes, multiplier: multiplier.map(m => m + 3) } } : step;
    }),
  };
  expect(readOnnx(writeOnnx(nearly)).steps.map(({ attributes }) => attributes)).toEqual(
    readOnnx(bytes).steps.map(({ attributes }) => attributes),
  );
  const last = program.steps.at(-1) as Step;
  const real = [last.inputs[0], last.inputs[1], last.outputs[0]].map(i => program.tensors[i as number]?.quantization?.scale ?? []);
  const [x = [], w = [], y = []] = real;
  const factor = w.map(scale => ((x[0] as number) * scale) / (y[0] as number));
  const once = { ...program, steps: program.steps.with(-1, { ...last, attributes: { ...last.attributes, factor } }) };
  for (const form of ['qdq', 'qlinear'] as const)
    expect(readOnnx(writeOnnx(once, { form })).steps.at(-1)?.attributes).toEqual({ ...last.attributes, factor });
});
