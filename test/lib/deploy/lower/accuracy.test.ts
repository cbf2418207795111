import { expect, test } from 'vitest';
import { quantizeModel } from '../../../../lib/compress/quantize/quantize.ts';
import { take } from '../../../../lib/data/dataset.ts';
import { loadDataset } from '../../../../lib/data/loader.ts';
import { prepareProgram } from '../../../../lib/deploy/fast/run.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { accuracy } from '../../../../lib/measure/accuracy.ts';
import { pretrained } from '../../../../lib/model/pretrained.ts';

test('the net of Lab 1 is as right in integers of 8 bits as in float32, to a point of a hundred', async () => {
  const { train, test: all } = await loadDataset('fashion-mnist', { seed: 0 });
  const images = take(all, 500);
  const float = await pretrained('fashion-mnist-vgg');
  const recipe = {
    weights: { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'channel' } },
    activations: { format: { kind: 'affine', bits: 8 } },
  } as const;
  const program = lowerModel(quantizeModel(float, recipe, { data: take(train, 200) }));
  const [integers] = prepareProgram(program).run([quantizeInput(program, images.images)]).outputs;
  const { data, shape } = dequantizeOutput(program, integers as Int8Array);
  const classes = shape[1] as number;
  const best = (row: number): number => {
    const scores = Array.from(data.subarray(row * classes, (row + 1) * classes), Number);
    return scores.indexOf(Math.max(...scores));
  };
  const right = Array.from(images.labels.data, Number).filter((label, row) => best(row) === label).length / 500;
  expect(Math.abs(right - accuracy(float, images))).toBeLessThanOrEqual(0.01);
});
