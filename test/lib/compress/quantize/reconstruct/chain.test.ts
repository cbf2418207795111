import { expect, it } from 'vitest';
import { calibrate } from '../../../../../lib/compress/quantize/activations/calibrate.ts';
import { quantizeActivations } from '../../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { correctBias } from '../../../../../lib/compress/quantize/equalize/correct-bias.ts';
import { equalizeCrossLayers } from '../../../../../lib/compress/quantize/equalize/cross-layer.ts';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { channel } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { adaRound } from '../../../../../lib/compress/quantize/reconstruct/ada-round.ts';
import { gptq } from '../../../../../lib/compress/quantize/reconstruct/gptq.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { lowerModel } from '../../../../../lib/deploy/lower/lower.ts';
import type { Elements } from '../../../../../lib/deploy/program.ts';
import { dequantizeOutput, quantizeInput } from '../../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { accuracy } from '../../../../../lib/measure/accuracy.ts';
import { modelSize } from '../../../../../lib/measure/model-size.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mobileNetV1 } from '../../../../../lib/model/mobilenet-v1.ts';
import { decodeModel, encodeModel } from '../../../../../lib/model/serialize.ts';
import { topClasses } from '../../../../../lib/tensor/top-class.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { oneCycleSchedule } from '../../../../../lib/train/schedules.ts';
import { inputsFor, unlabelled } from '../equalize/nets.ts';

const glyphs = { seed: 1, classes: 4, hard: 0.4 };
const train = strokeGlyphs({ ...glyphs, count: 640 });
const test = strokeGlyphs({ ...glyphs, count: 200, first: 640 });

it('a trained net is folded, equalized, rounded, corrected, and runs as a program of integers', async () => {
  const blocks = [
    [12, 2],
    [16, 2],
  ] as const;
  const net = mobileNetV1({ input: [28, 28, 1], classes: 4, stem: 8, stemStride: 2, blocks, seed: 3 });
  const model = equalizeCrossLayers(
    foldBatchNorm(await fit(net, train, { epochs: 6, batchSize: 32, seed: 3, learningRate: oneCycleSchedule(0.05) })),
  );
  const float = accuracy(model, test);
  expect(float).toBeGreaterThan(0.8);
  const scheme = { format: affineFormat({ bits: 4, symmetric: true }), granularity: channel() };
  for (const rounded of [gptq(model, { scheme, data: train }), adaRound(model, { scheme, data: train, iterations: 300 })]) {
    const corrected = correctBias(rounded, { reference: model, data: train });
    expect(accuracy(corrected, test)).toBeGreaterThan(float - 0.05);
    expect(modelSize(corrected)).toBeLessThan(modelSize(model) / 3);
    expect(decodeModel(encodeModel(corrected))).toEqual(corrected);
    const retrained = await fit(corrected, train, { steps: 2, learningRate: 1e-3 });
    expect(accuracy(retrained, test)).toBeGreaterThan(float - 0.1);

    const quantized = quantizeActivations(corrected, { intervals: calibrate(corrected, train), format: { bits: 8 } });
    const program = lowerModel(quantized);
    const { outputs } = runProgram(program, [quantizeInput(program, test.images)]);
    const logits = dequantizeOutput(program, outputs[0] as Elements).data;
    const wanted = predict(quantized, test.images).data;
    const [found, expected] = [logits, wanted].map(values => topClasses(values as Float32Array, 4)) as [Int32Array, Int32Array];
    const same = found.filter((label, n) => label === expected[n]).length;
    expect(same).toBeGreaterThan(194);
  }
});

it('per channel a depthwise kernel has a scale for each of its channels', () => {
  const net = mobileNetV1({ input: [12, 12, 1], classes: 2, stem: 6, stemStride: 1, blocks: [[4, 1]] });
  const model = foldBatchNorm(net);
  const data = unlabelled(inputsFor([12, 12, 1], { count: 4 }));
  const { parameters } = gptq(model, { scheme: { format: affineFormat({ bits: 4 }), granularity: channel() }, data, places: 3 });
  expect(parameters['depthwise-conv2d-1.kernel']?.quantization?.tile).toEqual([3, 3, 1, 1]);
});
