import { describe, expect, it } from 'vitest';
import { allocateBits } from '../../../../../lib/compress/quantize/allocation/allocate-bits.ts';
import { bitSensitivity } from '../../../../../lib/compress/quantize/allocation/bit-sensitivity.ts';
import { type BitPoint, quantizeByBits } from '../../../../../lib/compress/quantize/allocation/bit-table.ts';
import { haq, searchBits } from '../../../../../lib/compress/quantize/allocation/haq.ts';
import { crossEntropyScore, outputDivergence } from '../../../../../lib/compress/quantize/allocation/scores.ts';
import { weightErrors } from '../../../../../lib/compress/quantize/allocation/weight-errors.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { axis } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights, type Scheme } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { weightNames, weightValue } from '../../../../../lib/model/weights.ts';
import { actorCriticAgent } from '../../../../../lib/search/actor-critic.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const scheme = (bits: number): Scheme => ({ format: affineFormat({ bits }), granularity: axis(-1) });
const model = start(1);

describe('scores', () => {
  it('are the cross-entropy, negated', () => {
    expect(crossEntropyScore(quadrants)(model)).toBeCloseTo(-lossOf(model, quadrants), 12);
  });

  it('are -KL of the outputs, 0 for the model itself, whatever all logits of a row have in common', () => {
    const one = withParameters(mlp({ input: [1], hidden: [], classes: 2 }), {
      'dense-1.kernel': { value: array([1, 2], [0, 0]) },
      'dense-1.bias': { value: array([2], [Math.log(3), 0]) },
    });
    const other = withParameters(one, { 'dense-1.bias': { value: array([2], [700, 700]) } });
    const inputs = array([3, 1], [1, 2, 3]);
    const score = outputDivergence(one, inputs);
    expect(score(one)).toBe(0);
    // p = (3/4, 1/4), q = (1/2, 1/2)
    expect(score(other)).toBeCloseTo(-(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)), 6);
  });

  it('refuse outputs that are no classes', () => {
    const image = { ...model, output: 'input' };
    expect(predict(image, quadrants.inputs).shape).toHaveLength(2);
    expect(() => outputDivergence(mlpOverImages(), array([1, 2, 2, 1], [1, 2, 3, 4]))).toThrow(coded('quantize/scores'));
  });
});

const mlpOverImages = (): Model => ({ ...mlp({ input: [2, 2, 1], hidden: [], classes: 2 }), output: 'input' });

describe('the sensitivity table', () => {
  it('holds what each parameter alone loses at each width, and what it takes', async () => {
    const evaluate = outputDivergence(model, quadrants.inputs);
    const seen: number[] = [];
    const points = await bitSensitivity(model, {
      bits: [2, 4, 8],
      scheme,
      evaluate,
      onPoint: (_, { done, total }) => void seen.push(done / total),
    });
    expect(points.map(({ parameter, bits }) => [parameter, bits])).toEqual(
      weightNames(model).flatMap(name => [2, 4, 8].map(b => [name, b])),
    );
    expect(seen.at(-1)).toBe(1);
    for (const { parameter, bits, loss, weights, storage } of points) {
      const alone = quantizeWeights(model, { ...scheme(bits), parameters: [parameter] });
      expect(loss).toBe(-(await evaluate(alone)));
      expect(storage).toBe(parameterBits(alone.parameters[parameter] as Parameter));
      expect(weights).toBe(weightValue(model, parameter).data.length);
    }
    const [two, , eight] = points as [BitPoint, BitPoint, BitPoint];
    expect(two.loss).toBeGreaterThan(100 * eight.loss);
  });

  it('refuses no widths, names that the model lacks, and a score of NaN', async () => {
    await expect(bitSensitivity(model, { bits: [], scheme, evaluate: () => 0 })).rejects.toThrow(coded('quantize/bits'));
    await expect(bitSensitivity(model, { bits: [2], scheme, evaluate: () => 0, parameters: ['x'] })).rejects.toThrow(
      coded('quantize/parameter'),
    );
    await expect(bitSensitivity(model, { bits: [2], scheme, evaluate: () => Number.NaN })).rejects.toThrow(coded('prune/score'));
  });

  it('stops where it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(bitSensitivity(model, { bits: [2], scheme, evaluate: () => 0, signal })).rejects.toThrow(coded('train/interrupted'));
  });
});

describe('the table without data', () => {
  it('is λ ‖W - Q(W)‖², by itself a share of ‖W‖², pruned weights aside', () => {
    const values = [0.5, -0.25, 0.125, 1];
    const small = withParameters(mlp({ input: [2], hidden: [], classes: 2 }), {
      'dense-1.kernel': { value: array([2, 2], values), mask: array([2, 2], [1, 1, 0, 1]) },
    });
    const grid = (bits: number): Scheme => ({ format: affineFormat({ bits, symmetric: true }) });
    const [point] = weightErrors(small, { bits: [2], scheme: grid, sensitivity: { 'dense-1.kernel': 3 } }) as [BitPoint];
    // scale 1: 0.5 → 0 (half to even), -0.25 → 0, 1 → 1
    const [share] = weightErrors(small, { bits: [2], scheme: grid }) as [BitPoint];
    expect(share.loss).toBe((0.25 + 0.0625) / (0.25 + 0.0625 + 1));
    expect(point).toEqual({ parameter: 'dense-1.kernel', bits: 2, weights: 4, storage: 4 * 2 + 32, loss: 3 * (0.25 + 0.0625) });
  });

  it('takes an estimate of the curvature below 0 for 0', () => {
    const lossesOf = (more: object): number[] => weightErrors(model, { bits: [2], scheme, ...more }).map(({ loss }) => loss);
    const once = lossesOf({ sensitivity: { 'dense-1.kernel': 1, 'dense-2.kernel': 1 } });
    expect(lossesOf({ sensitivity: { 'dense-1.kernel': -0.01, 'dense-2.kernel': 0.5 } })).toEqual([0, 0.5 * (once[1] as number)]);
  });

  it('has no loss for a weight of zeros', () => {
    const zero = withParameters(mlp({ input: [2], hidden: [], classes: 2 }), { 'dense-1.kernel': { value: array([2, 2], [0, 0, 0, 0]) } });
    expect(weightErrors(zero, { bits: [2], scheme }).map(({ loss }) => loss)).toEqual([0]);
  });

  it('gives an allocation that the quantized model has', () => {
    const points = weightErrors(model, { bits: [2, 4, 8], scheme });
    const allocation = allocateBits(points, { meanBits: 4 });
    const quantized = quantizeByBits(model, allocation, scheme);
    const bits = weightNames(model).map(name => quantized.parameters[name]?.quantization?.bits);
    expect(bits).toEqual(weightNames(model).map(name => allocation[name]));
  });
});

describe('HAQ', () => {
  /** Planted: layers of equal size of which bits of the first are worth far more. */
  const worth = [16, 4, 1, 0.25];
  const widths = Object.fromEntries(worth.map((_, i) => [`layer-${i}`, [2, 3, 4, 5, 6, 7, 8]]));
  const planted = (bits: Readonly<Record<string, number>>): number =>
    -worth.reduce((sum, w, i) => sum + w * 4 ** -(bits[`layer-${i}`] as number), 0);
  const cost = (bits: Readonly<Record<string, number>>): number => Object.values(bits).reduce((sum, b) => sum + b, 0);
  const uniform = Object.fromEntries(worth.map((_, i) => [`layer-${i}`, 4]));

  it.each([
    ['cross-entropy', undefined, 120],
    ['actor and critic', actorCriticAgent(), 40],
  ])('by %s meets the budget in every episode and beats uniform widths on a planted problem', async (_, agent, episodes) => {
    const { best, score, feasible, history } = await searchBits(widths, {
      evaluate: planted,
      cost,
      budget: 16,
      episodes,
      seed: 1,
      agent,
    });
    expect(feasible && history.every(trial => trial.feasible && cost(trial.candidate) <= 16)).toBe(true);
    expect(score).toBeGreaterThan(planted(uniform));
    expect(best['layer-0'] as number).toBeGreaterThan(best['layer-3'] as number);
  });

  it('comes near the optimum that the table gives', async () => {
    const points = Object.keys(widths).flatMap((parameter, i) =>
      [2, 3, 4, 5, 6, 7, 8].map(bits => ({ parameter, bits, weights: 1, storage: bits, loss: (worth[i] as number) * 4 ** -bits })),
    );
    const optimum = planted(allocateBits(points, { meanBits: 4 }));
    const { score } = await searchBits(widths, { evaluate: planted, cost, budget: 16, episodes: 300, seed: 1 });
    expect(score).toBeLessThanOrEqual(optimum);
    expect(score).toBeGreaterThan(1.25 * optimum);
  });

  it('quantizes a model as it found best, and refuses a budget out of reach', async () => {
    const evaluate = outputDivergence(model, quadrants.inputs);
    const options = { bits: [2, 4, 8], scheme, evaluate, cost, episodes: 9, seed: 2 };
    const { best, score } = await haq(model, { ...options, budget: 10 });
    expect(cost(best)).toBeLessThanOrEqual(10);
    expect(score).toBe(await evaluate(quantizeByBits(model, best, scheme)));
    await expect(haq(model, { ...options, budget: 3 })).rejects.toThrow(coded('quantize/budget'));
  });
});
