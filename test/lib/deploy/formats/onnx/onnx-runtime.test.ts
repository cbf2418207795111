import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { zerosOf } from '../../../../../lib/deploy/element-types.ts';
import { readOnnx } from '../../../../../lib/deploy/formats/onnx/read-onnx.ts';
import type { OnnxForm } from '../../../../../lib/deploy/formats/onnx/step-writer.ts';
import { writeOnnx } from '../../../../../lib/deploy/formats/onnx/write-onnx.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { ends } from '../../../../../lib/deploy/integer/stored.ts';
import { lowerModel } from '../../../../../lib/deploy/lower/lower.ts';
import type { Elements, Program, ProgramTensor } from '../../../../../lib/deploy/program.ts';
import { quantizeInput } from '../../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { network } from '../../../../../lib/model/build.ts';
import { inputsOf, type Model } from '../../../../../lib/model/model.ts';
import type { NDArray } from '../../../../../lib/tensor/array.ts';
import { type Random, random } from '../../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../../lib/tensor/shape.ts';
import { type Job, python, requirements, runOnnx } from '../../../../../scripts/bench/peers/onnx-runtime.ts';
import { numbers, quantized, randomNet, type Setting, shaken } from '../../quantized-nets.ts';

const golden = join(import.meta.dirname, '../../../../../../shared/golden/tflite');

interface Case {
  readonly job: Job;
  readonly ours: Elements;
}

function caseOf(program: Program, { integers, form, level }: Pick<Job, 'level'> & { integers: readonly Elements[]; form: OnnxForm }): Case {
  const [ours] = runProgram(program, integers).outputs;
  return { job: { model: writeOnnx(program, { form }), inputs: integers, outputs: 1, ...(level && { level }) }, ours: ours as Elements };
}

/** Each step as a program of its own. */
function singleSteps({ name, tensors, steps }: Program): Program[] {
  return steps.map(step => ({
    name: `${name} ${step.op}`,
    tensors,
    steps: [step],
    inputs: [...new Set(step.inputs.filter(index => index >= 0 && !tensors[index]?.data))],
    outputs: step.outputs,
  }));
}

/** Any integers, or real numbers. */
function drawn({ tensors, inputs }: Program, rng: Random, count = 3): Elements[] {
  return inputs.map(index => {
    const { type, shape } = tensors[index] as ProgramTensor;
    const [low, high] = ends[type] ?? [];
    const draw = (): number => (low === undefined || high === undefined ? 3 * rng.normal() : rng.int(low, high));
    return (zerosOf(type, count * sizeOf(shape)) as Int8Array).map(draw);
  });
}

/** How the integers differ, over all cases. */
function differences(cases: readonly Case[]): { readonly count: number; readonly share: number; readonly largest: number } {
  const theirs = runOnnx(cases.map(({ job }) => job));
  let [count, differing, largest] = [0, 0, 0];
  for (const [c, { ours }] of cases.entries()) {
    const bytes = theirs[c]?.outputs[0] as Uint8Array;
    const read =
      ours instanceof Int8Array ? new Int8Array(bytes.buffer) : ours instanceof Float32Array ? new Float32Array(bytes.buffer) : bytes;
    expect(read.length).toBe(ours.length);
    for (const [i, q] of ours.entries()) {
      const off = Math.abs(Number(q) - (read[i] as number));
      count++;
      if (off > 0) differing++;
      largest = Math.max(largest, off);
    }
  }
  return { count, share: differing / count, largest };
}

const block = (rng: Random, last: 'logits' | 'softmax' = 'logits'): Model => {
  const net = network('block', [9, 7, 3], { seed: 4 }).conv2d(6, 3, { strides: 2 }).batchNorm().relu6();
  const entry = net.at;
  net.depthwiseConv2d(3).batchNorm().relu6().conv2d(6, 1).batchNorm().add(entry);
  const sum = net.at;
  net
    .depthwiseConv2d(3, { multiplier: 2, bias: false })
    .batchNorm()
    .relu()
    .concat(sum)
    .averagePool(2, { strides: 1, padding: 'same' })
    .maxPool(2);
  net.globalAveragePool().dense(5);
  return shaken((last === 'softmax' ? net.activation('softmax') : net).model(), rng);
};

describe.skipIf(!python)(`ONNX Runtime (skipped without ${requirements.join(', ')}: npm run bench -- onnx --peers installs them)`, () => {
  test('runs every step of random nets, of both forms, as we do, within one step', () => {
    const cases: Case[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const rng = random(seed);
      const float = seed === 0 ? block(rng, 'softmax') : randomNet(rng);
      const inputs = inputsOf(float).map(({ shape }) => numbers([2, ...shape], rng));
      const setting = seed % 3 ? {} : { activations: { bits: 8, signed: false } };
      for (const program of singleSteps(lowerModel(quantized(float, inputs, setting))))
        cases.push(
          caseOf(program, {
            form: seed % 2 ? 'qdq' : 'qlinear',
            level: seed % 4 < 2 ? 'ORT_DISABLE_ALL' : 'ORT_ENABLE_ALL',
            integers: drawn(program, rng),
          }),
        );
    }
    const found = differences(cases);
    expect(found.count).toBeGreaterThan(10_000);
    expect(found.largest).toBeLessThanOrEqual(1);
    // average pooling of whole numbers meets halves all the time: they go to the even one there, away from zero here
    expect(found.share).toBeLessThan(0.03);
  });

  test('runs a depthwise net with a residual sum and a concatenation, of both forms, with 4-bit weights and unsigned activations', () => {
    const float = block(random(8));
    const inputs = [numbers([100, 9, 7, 3], random(9))];
    const settings: readonly (readonly [OnnxForm, Setting])[] = [
      ['qdq', {}],
      ['qlinear', {}],
      ['qdq', { weights: { bits: 4, symmetric: true } }],
      ['qdq', { activations: { bits: 8, signed: false } }],
    ];
    const cases = settings.map(([form, setting]) => {
      const program = lowerModel(quantized(float, inputs, setting));
      return caseOf(program, { integers: [quantizeInput(program, inputs[0] as NDArray)], form });
    });
    // a step of an early value is worth some of the last one's
    expect(differences(cases).largest).toBeLessThanOrEqual(4);
  });

  test.skipIf(!existsSync(golden))(
    'runs every step of networks that LiteRT came with, within one step (skipped without ../shared/golden)',
    () => {
      for (const name of ['ic-resnet8', 'kws-dscnn', 'mcunet-vww1']) {
        const program = readTflite(readFileSync(join(golden, `${name}-int8.tflite`)));
        expect(readOnnx(writeOnnx(program)).steps.length, name).toBe(program.steps.length);
        const rng = random(name.length);
        const cases = singleSteps(program).map(step => caseOf(step, { form: 'qdq', integers: drawn(step, rng, 1) }));
        expect(differences(cases).largest, name).toBeLessThanOrEqual(1);
      }
    },
  );
});
