import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { differenceOf } from '../../../../../lib/deploy/formats/tflite/same.ts';
import { operators, type TfliteOp } from '../../../../../lib/deploy/formats/tflite/schema.ts';
import { tfliteBytes } from '../../../../../lib/deploy/formats/tflite/write/bytes.ts';
import { writeTflite } from '../../../../../lib/deploy/formats/tflite/write-tflite.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { LabError } from '../../../../../lib/tensor/errors.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { type LitertCase, runLitert, thereIsLitert } from './litert.ts';
import { bytesOf } from './networks.ts';
import { oneOperator } from './one-op.ts';

const types = ['int8', 'uint8', 'int16'] as const;
const names = Object.keys(operators) as TfliteOp[];

/** Operators of one type that nobody computes: LiteRT's reference kernels refuse them, or they are no table of 256 entries. */
const refused = new Set([
  'BATCH_MATMUL uint8',
  'RELU_N1_TO_1 int16',
  'LOGISTIC int16',
  'TANH int16',
  'LEAKY_RELU int16',
  'HARD_SWISH int16',
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
