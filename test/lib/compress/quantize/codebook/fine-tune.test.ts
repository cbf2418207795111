import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { centroidGradients, clusterSizes, movedCodebook } from '../../../../../lib/compress/quantize/codebook/centroid-gradients.ts';
import type { CodebookParameter } from '../../../../../lib/compress/quantize/codebook/entry-places.ts';
import { codebookHooks, fineTuneCodebooks } from '../../../../../lib/compress/quantize/codebook/fine-tune.ts';
import { kMeansQuantize, kMeansValue } from '../../../../../lib/compress/quantize/codebook/k-means-quantize.ts';
import { axis } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../../../lib/model/model.ts';
import { codebook } from '../../../../../lib/model/quantization/codebook.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { gradients } from '../../../../../lib/train/gradients.ts';
import { w4 } from '../w4.ts';

const slide = array([4, 4], [-0.03, -0.01, 0.03, 0.02, -0.01, 0.01, -0.02, 0.12, -0.01, 0.02, 0.04, 0.01, -0.07, -0.02, 0.01, -0.02]);
const data = strokeGlyphs({ count: 96, seed: 1 });
const kernel = 'dense-1.kernel';
const parameterOf = (model: Model, name = kernel): CodebookParameter => model.parameters[name] as CodebookParameter;

describe('gradients of centroids', () => {
  it('are those of the slide: 1.96, 1.48, -0.04, -0.97', () => {
    const parameter = { ...kMeansValue({ value: w4 }, { bits: 2 }), trainable: true };
    const { entries } = movedCodebook(parameter, slide, { learningRate: 1 });
    for (const [k, c] of [-0.97, -0.04, 1.48, 1.96].entries()) expect(entries.data[k]).toBeCloseTo(c, 6);
    expect([...clusterSizes(parameter)]).toEqual([4, 5, 3, 4]);
    const means = centroidGradients(parameter, slide, 'mean').data;
    for (const [k, g] of [-0.03 / 4, 0.04 / 5, 0.02 / 3, 0.04 / 4].entries()) expect(means[k]).toBeCloseTo(g, 7);
  });

  it('leave out what is pruned, and are 0 for entries that nothing is', () => {
    const value = array([4], [0, 0, 2, 2], 'uint8');
    const mask = array([4], [1, 0, 1, 1], 'uint8');
    const parameter = { value, trainable: true, mask, quantization: codebook({ shape: [4], bits: 2, entries: [5, 6, 7] }) };
    expect([...centroidGradients(parameter, array([4], [1, 2, 4, 8])).data]).toEqual([1, 0, 12]);
    expect([...centroidGradients(parameter, array([4], [1, 2, 4, 8]), 'mean').data]).toEqual([1, 0, 6]);
    expect(() => centroidGradients(parameter, array([3], [1, 2, 4]))).toThrow(/shape/);
  });

  it('serve code books of tiles and of vectors', () => {
    const tiles = { ...kMeansValue({ value: normal(random(1), [6, 3], {}) }, { bits: 1, granularity: axis(-1) }), trainable: true };
    const gradient = normal(random(2), [6, 3], {});
    const found = centroidGradients(tiles, gradient);
    for (let column = 0; column < 3; column++)
      for (let code = 0; code < 2; code++) {
        const own = [0, 1, 2, 3, 4, 5].filter(row => tiles.value.data[row * 3 + column] === code);
        const sum = own.reduce((total, row) => total + (gradient.data[row * 3 + column] as number), 0);
        expect(found.data[column * 2 + code]).toBeCloseTo(sum, 5);
      }
    const quantization = codebook({
      shape: [4, 2],
      bits: 1,
      entries: array([2, 2], [1, 2, 3, 4]),
      vector: { axis: 0, length: 2 },
    });
    const vectors = { value: array([2, 2], [0, 1, 1, 1], 'uint8'), trainable: true, quantization };
    expect([...centroidGradients(vectors, array([4, 2], [1, 2, 3, 4, 5, 6, 7, 8])).data]).toEqual([1, 3, 2 + 5 + 6, 4 + 7 + 8]);
  });
});

describe('training code books', () => {
  const dense = mlp({ hidden: [16], seed: 1 });
  const quantized = kMeansQuantize(dense, { bits: 2 });

  it.each(['sum', 'mean'] as const)('makes the step that the gradients say, %s', async reduction => {
    const examples = data;
    const slopes = gradients(quantized, examples);
    const learningRate = reduction === 'sum' ? 0.001 : 0.5;
    const options = { steps: 1, batchSize: 96, optimizer: 'sgd', learningRate, reduction } as const;
    const tuned = await fineTuneCodebooks(quantized, examples, options);
    for (const name of [kernel, 'dense-2.kernel']) {
      const before = parameterOf(quantized, name);
      const expected = movedCodebook(before, slopes[name] as NDArray, { learningRate, reduction });
      const after = parameterOf(tuned, name);
      expect(after.value).toBe(before.value);
      for (const [k, c] of expected.entries.data.entries()) expect(after.quantization.entries.data[k]).toBeCloseTo(c, 5);
    }
    expect(tuned.parameters['dense-1.bias']?.value.data).not.toEqual(quantized.parameters['dense-1.bias']?.value.data);
  });

  it('keeps 2^b values, masks, and lowers the loss, with any optimizer and weight decay', async () => {
    const model = kMeansQuantize(pruneMagnitude(dense, { sparsity: 0.6 }), { bits: 2, granularity: axis(-1) });
    const losses: number[] = [];
    const tuned = await fineTuneCodebooks(model, data, {
      epochs: 30,
      optimizer: 'adam',
      learningRate: 0.003,
      weightDecay: 0.01,
      hooks: { afterEpoch: (_, { loss }) => void losses.push(loss) },
    });
    expect(losses.at(-1) as number).toBeLessThan((losses[0] as number) - 0.1);
    const { mask } = parameterOf(model);
    const real = realValue(parameterOf(tuned));
    expect(real.data.every((x, i) => mask?.data[i] === 1 || x === 0)).toBe(true);
    for (let column = 0; column < 16; column++) expect(new Set(real.data.filter((_, i) => i % 16 === column)).size).toBeLessThanOrEqual(4);
  });

  it('leaves a model in the run that has the quantized weights, for validation and early stop', async () => {
    const plain = await fit(quantized, data, { epochs: 2, hooks: codebookHooks(quantized), learningRate: 0.05 });
    expect(new Set(plain.parameters[kernel]?.value.data).size).toBe(4);
    const seen: (NDArray | undefined)[] = [];
    const hooks = codebookHooks(quantized, { onEntries: found => void seen.push(found[kernel]) });
    const again = await fit(quantized, data, { epochs: 2, hooks, learningRate: 0.05 });
    expect(new Set(again.parameters[kernel]?.value.data)).toEqual(new Set(seen[0]?.data));
  });

  it('refuses a model without code books', () => {
    expect(() => codebookHooks(dense)).toThrow(/No weight of/);
    const scaled = codebook({ shape: [2, 2], bits: 1, entries: [-1, 1], scale: [2] });
    const small = withParameters(mlp({ input: [2], hidden: [], classes: 2 }), {
      'dense-1.kernel': { value: array([2, 2], [0, 1, 0, 1], 'uint8'), quantization: scaled },
    });
    expect(() => codebookHooks(small)).toThrow(/No weight of/);
  });
});
