import { describe, expect, it } from 'vitest';
import { distilledData, statisticsGap } from '../../../../../lib/compress/quantize/data-free/zero-q.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { refreshBatchNorm } from '../../../../../lib/train/refresh-batch-norm.ts';
import { unchanged } from '../../../unchanged.ts';
import { lively } from '../equalize/nets.ts';

const glyphs = strokeGlyphs({ count: 200, seed: 3 });

/** A net whose batch norms know the glyphs. */
async function settled(): Promise<Model> {
  const net = network('settled', [28, 28, 1], { seed: 6 }).conv2d(6, 3, { strides: 2, bias: false }).batchNorm().relu();
  net.depthwiseConv2d(3, { bias: false }).batchNorm().relu().conv2d(8, 3, { strides: 2, bias: false }).batchNorm().relu();
  return refreshBatchNorm(lively(net.globalAveragePool().dense(10).model()), glyphs);
}

const real = array(
  [32, 28, 28, 1],
  Float32Array.from(glyphs.images.data.subarray(0, 32 * 784), byte => byte / 255),
);

describe('distilled data', () => {
  it('closes the gap of the statistics more than ten times, and is the same each time', async () => {
    const model = await settled();
    const before = tensorCount();
    const { inputs, gaps } = unchanged(model, () => distilledData(model, { count: 32, iterations: 80 }));
    expect(tensorCount()).toBe(before);
    expect(gaps).toHaveLength(81);
    expect(gaps[0] as number).toBeGreaterThan(10 * (gaps.at(-1) as number));
    expect(gaps[0]).toBeCloseTo(statisticsGap(model, normal(random(0), [32, 28, 28, 1])), 2);
    expect(gaps.at(-1)).toBe(statisticsGap(model, inputs));
    const short = { count: 4, iterations: 3, seed: 2 };
    expect(distilledData(model, short)).toEqual(distilledData(model, short));
    expect(distilledData(model, { ...short, iterations: 0 }).inputs).toEqual(normal(random(2), [4, 28, 28, 1]));
  });

  it('has ranges of activations that are nearer to real data than those of noise', async () => {
    const model = await settled();
    const { inputs } = distilledData(model, { count: 32, iterations: 80 });
    const noise = normal(random(5), [32, 28, 28, 1]);
    const largest = (x: NDArray, node: string): number =>
      (predict({ ...model, output: node }, x).data as Float32Array).reduce((a, b) => Math.max(a, b));
    const off = (x: NDArray): number =>
      ['relu-1', 'relu-2', 'relu-3'].reduce((sum, id) => sum + Math.abs(Math.log(largest(x, id) / largest(real, id))), 0);
    expect(off(inputs)).toBeLessThan(0.5 * off(noise));
  });

  it('has a gap of 0 for the statistics themselves', () => {
    const model = network('plain', [2]).batchNorm({ epsilon: 0 }).dense(1).model();
    expect(statisticsGap(model, array([2, 2], [1, -1, -1, 1]))).toBe(0);
    expect(statisticsGap(model, array([2, 2], [3, -1, 1, 1]))).toBe(4);
  });

  it('is refused without batch norm, for whole numbers and for impossible options', () => {
    const plain = network('plain', [2]).dense(1).model();
    expect(() => distilledData(plain)).toThrow(/Model plain has no batch norm/);
    const tokens = network('tokens', [3], { dtype: 'int32' }).embedding(5, 2).batchNorm().dense(1).model();
    expect(() => distilledData(tokens)).toThrow(/takes whole numbers/);
    expect(() => distilledData(network('net', [2]).batchNorm().model(), { count: 0 })).toThrow(/count 0/);
  });
});
