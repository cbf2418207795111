import { describe, expect, it } from 'vitest';
import { wideFunctionFactor } from '../../../../../lib/deploy/factors.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { differenceOf } from '../../../../../lib/deploy/formats/tflite/same.ts';
import { operators, type TfliteOp } from '../../../../../lib/deploy/formats/tflite/schema.ts';
import {
  type OptionField,
  tfliteBytes,
  type WrittenFile,
  type WrittenOperator,
} from '../../../../../lib/deploy/formats/tflite/write/bytes.ts';
import { writeTflite } from '../../../../../lib/deploy/formats/tflite/write-tflite.ts';
import { sigmoid, tanh } from '../../../../../lib/deploy/integer/wide-functions.ts';
import type { ProgramTensor } from '../../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { LabError } from '../../../../../lib/tensor/errors.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { type LitertCase, runLitert, thereIsLitert } from './litert.ts';
import { bytesOf } from './networks.ts';
import { oneOperator } from './one-op.ts';
import { int8, int32 } from './random-parts.ts';

const types = ['int8', 'uint8', 'int16'] as const;
const names = Object.keys(operators) as TfliteOp[];

/** Operators of one type that nobody computes: LiteRT's reference kernels refuse them, or they are no table of 256 entries. */
const refused = new Set([
  'BATCH_MATMUL uint8',
  'RELU_N1_TO_1 int16',
  'LEAKY_RELU int16',
  'HARD_SWISH int16',
  'PACK int8',
  'PACK uint8',
  'PACK int16',
]);

const each = names.flatMap(op => types.map(type => ({ op, type, name: `${op} ${type}` })));
const made = (seed: number, { op, type, name }: (typeof each)[number], i: number): ReturnType<typeof oneOperator> =>
  oneOperator(random(seed).split(`${name} ${i}`), { op, type });

describe('every operator, with random sizes, scales and options', () => {
  it('is read, written and read again as the same program', () => {
    for (const kind of each)
      for (let i = 0; i < 8; i++) {
        const bytes = tfliteBytes(made(1, kind, i).file);
        if (refused.has(kind.name)) {
          expect(() => readTflite(bytes), kind.name).toThrow(LabError);
          continue;
        }
        for (const kernels of ['litert', 'micro'] as const) {
          const program = readTflite(bytes, { kernels });
          const again = readTflite(writeTflite(program), { kernels });
          expect(differenceOf(program, again), kind.name).toBeUndefined();
        }
      }
  });

  it.skipIf(!thereIsLitert)("gives what LiteRT's reference kernels give, in every byte (skipped without ai-edge-litert)", () => {
    const cases: (LitertCase & { readonly name: string; readonly ours: Uint8Array })[] = each
      .filter(({ name }) => !refused.has(name))
      .flatMap(kind =>
        Array.from({ length: 4 }, (_, i) => {
          const { file, inputs } = made(2, kind, i);
          const bytes = tfliteBytes(file);
          const [output] = runProgram(readTflite(bytes), inputs, { interpreter: 'reference' }).outputs;
          return { name: kind.name, bytes, inputs, count: 2, kernels: 'reference' as const, ours: bytesOf(output as Int8Array) };
        }),
      );
    const found = runLitert(cases);
    for (const [i, { name, ours }] of cases.entries()) expect(found[i], name).toEqual({ bytes: ours });
  });
});

/** How converters flatten: the first size of the shape, packed with -1, says the new shape. */
function flattening(): WrittenFile {
  const grid = { scale: [0.5], zeroPoint: [3] };
  const list = (name: string, shape: readonly number[], data?: Int32Array): ProgramTensor => ({
    name,
    type: 'int32',
    shape,
    ...(data && { data }),
  });
  const whole = (name: string, ...numbers: number[]): ProgramTensor => list(name, [1], Int32Array.from(numbers));
  const operator = (op: TfliteOp, [inputs, outputs]: readonly (readonly number[])[], options: readonly OptionField[] = []) =>
    ({ op, version: 1, inputs, outputs, options }) as WrittenOperator;
  return {
    name: 'main',
    tensors: [
      { name: 'x', type: 'int8', shape: [1, 2, 3, 2], quantization: grid },
      list('shape', [4]),
      whole('begin', 0),
      whole('end', 1),
      whole('strides', 1),
      list('count', []),
      list('rest', [], Int32Array.of(-1)),
      list('packed', [2]),
      { name: 'y', type: 'int8', shape: [1, 12], quantization: grid },
    ],
    operators: [
      operator('SHAPE', [[0], [1]], [int8(0, 2)]),
      operator(
        'STRIDED_SLICE',
        [[1, 2, 3, 4], [5]],
        [0, 0, 0, 0, 1].map((bits, field) => int32(field, bits)),
      ),
      operator('PACK', [[5, 6], [7]], [int32(0, 2), int32(1, 0)]),
      operator('RESHAPE', [[0, 7], [8]]),
    ],
    inputs: [0],
    outputs: [8],
  };
}

describe('a shape that operators compute', () => {
  const file = flattening();
  const x = Int8Array.from({ length: 12 }, (_, i) => i - 5);

  it('is a constant when the file is read: one step is left', () => {
    const program = readTflite(tfliteBytes(file));
    expect(program.steps.map(({ op }) => op)).toEqual(['reshape']);
    expect(program.tensors.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(runProgram(program, [x]).outputs).toEqual([x]);
  });

  it.skipIf(!thereIsLitert)('is what LiteRT computes (skipped without ai-edge-litert)', () => {
    expect(runLitert([{ bytes: tfliteBytes(file), inputs: [x], count: 1, kernels: 'reference' }])).toEqual([{ bytes: bytesOf(x) }]);
  });

  it('is refused where it is written twice, or is written over a constant or an input', () => {
    const [first, ...others] = file.operators as readonly [WrittenOperator, ...WrittenOperator[]];
    for (const operators of [
      [first, first, ...others],
      [{ ...first, outputs: [2] }, ...others],
    ])
      expect(() => readTflite(tfliteBytes({ ...file, operators }))).toThrow(/written already|it gives/);
    const twice = tfliteBytes({ ...file, inputs: [0, 1] });
    expect(() => readTflite(twice)).toThrow(/no tensor without elements/);
  });

  it('is refused where a window does not lie in it, as a part of any value is', () => {
    const changed = (index: number, data: Int32Array): (() => unknown) => {
      const tensors = file.tensors.map((tensor, i) => (i === index ? { ...tensor, data } : tensor));
      return () => readTflite(tfliteBytes({ ...file, tensors }));
    };
    expect(changed(2, Int32Array.of(-(2 ** 31)))).not.toThrow();
    expect(changed(4, Int32Array.of(0))).toThrow(/its steps are \[0\]/);
    expect(changed(4, Int32Array.of(-1))).toThrow(/its steps are \[-1\]/);
    expect(changed(2, Int32Array.of(9))).toThrow(LabError);
  });
});

describe('LOGISTIC and TANH of 16 bits', () => {
  it.skipIf(!thereIsLitert)('are those of LiteRT for all 65,536 integers (skipped without ai-edge-litert)', () => {
    const x = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const tensor = (name: string, scale: number): ProgramTensor => ({
      name,
      type: 'int16',
      shape: [1, x.length],
      quantization: { scale: [scale], zeroPoint: [0] },
    });
    const scales = [1 / 4096, 1 / 2048, 1 / 1024, 1 / 32768, 3e-4, 0.001, 0.01, 0.1, 1, 5.3, 1e-5, 1e-8].map(Math.fround);
    const files = (['LOGISTIC', 'TANH'] as const).flatMap(op =>
      scales.map(scale =>
        tfliteBytes({
          name: 'main',
          tensors: [tensor('x', scale), tensor('y', 1 / 32768)],
          operators: [{ op, version: 3, inputs: [0], outputs: [1], options: [] }],
          inputs: [0],
          outputs: [1],
        }),
      ),
    );
    const theirs = runLitert(files.map(bytes => ({ bytes, inputs: [x], count: 1, kernels: 'reference' })));
    const ours = files.map(bytes => ({ bytes: bytesOf(runProgram(readTflite(bytes), [x]).outputs[0] as Int16Array) }));
    for (const [i, result] of ours.entries()) expect(Buffer.compare(result.bytes, (theirs[i] as typeof result).bytes), `file ${i}`).toBe(0);
  });

  it('err by less than three steps from the real function', () => {
    const x = { shape: [65_536], type: 'int16' as const, data: Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768) };
    const y = { ...x, data: new Int16Array(65_536) };
    for (const [op, fn] of [
      [sigmoid, (v: number) => 1 / (1 + Math.exp(-v))],
      [tanh, Math.tanh],
    ] as const) {
      op.run({ inputs: [x], outputs: [y], attributes: wideFunctionFactor(1 / 4096), where: op.name });
      let worst = 0;
      for (const [i, q] of y.data.entries())
        worst = Math.max(worst, Math.abs(q - Math.min(32767, fn((x.data[i] as number) / 4096) * 32768)));
      expect(worst, op.name).toBeLessThan(3);
    }
  });
});
