import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeActivations } from '../../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { activationAwareScaling, awq, awqFactors } from '../../../../../lib/compress/quantize/equalize/awq.ts';
import { channelSizes, denseJoints } from '../../../../../lib/compress/quantize/equalize/dense-inputs.ts';
import { plantOutliers } from '../../../../../lib/compress/quantize/equalize/plant-scales.ts';
import { smoothingFactors, smoothQuant } from '../../../../../lib/compress/quantize/equalize/smooth-quant.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { axis, group } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { type Model, withParameters } from '../../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { unchanged } from '../../../unchanged.ts';
import { attentionTwin, folded, inputsFor, outputDifference, unlabelled, weights } from './nets.ts';

const twin = attentionTwin({ tokens: 8, width: 32 });
const planted = plantOutliers(twin, { channels: 3, factor: 20 });
const data = unlabelled(inputsFor([8, 32], { count: 24 }));
const others = inputsFor([8, 32], { count: 24, seed: 77 });

const errorOf = (model: Model, x: NDArray = others): number => {
  const [was, now] = [predict(twin, x).data, predict(model, x).data];
  return was.reduce((sum, y, i) => sum + (y - (now[i] as number)) ** 2, 0) / was.length;
};

describe('SmoothQuant', () => {
  it('has the factors of the paper, and the product stays', () => {
    const x = array([2, 4], [1, -16, 2, 6, -2, 8, -1, -9]);
    const model = withParameters(network('net', [4]).apply('scale').dense(3, { bias: false }).model(), {
      'dense-1.kernel': { value: array([4, 3], [2, 1, -2, 1, -1, -1, 2, -1, -2, -1, -1, 1]) },
    });
    const smooth = smoothQuant(model, { data: unlabelled(x) });
    expect(Array.from(smoothingFactors([2, 16, 2, 9], [2, 1, 2, 1], 0.5))).toEqual([1, 4, 1, 3]);
    expect(Array.from(weights(smooth, 'scale-1.scale'))).toEqual([1, 0.25, 1, Math.fround(1 / 3)]);
    expect(Array.from(weights(smooth, 'dense-1.kernel'))).toEqual([2, 1, -2, 4, -4, -4, 2, -1, -2, -3, -3, 3]);
    expect(Array.from(predict(model, x).data)).toEqual([-16, 9, 16, 11, 0, -11]);
    expect(Array.from(predict(smooth, x).data, y => Math.round(y * 1e4) / 1e4)).toEqual([-16, 9, 16, 11, 0, -11]);
  });

  it('keeps the outputs for any strength, and makes activations and weights equally hard at a half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), strength => {
        expect(outputDifference(planted, smoothQuant(planted, { data, strength }), others)).toBeLessThan(1e-5);
      }),
      { numRuns: 4 },
    );
    const one = plantOutliers(network('one', [16], { seed: 2 }).layerNorm().dense(9).model());
    const examples = unlabelled(inputsFor([16], { count: 20 }));
    const smooth = unchanged(one, () => smoothQuant(one, { data: examples }));
    const [sizes = []] = channelSizes(smooth, denseJoints(smooth), { data: examples, of: 'largest' });
    const rows = Array.from({ length: 16 }, (_, c) =>
      Math.max(
        ...weights(smooth, 'dense-1.kernel')
          .subarray(c * 9, c * 9 + 9)
          .map(Math.abs),
      ),
    );
    for (const [c, size] of Array.from(sizes).entries()) expect(Math.abs(size / (rows[c] as number) - 1)).toBeLessThan(1e-5);
  });

  it('lets 8 bits and one scale a tensor do where outliers spoil them', () => {
    const quantized = (model: Model): Model => {
      const places = ['layer-norm-1', 'layer-norm-2', 'layer-norm-3', 'layer-norm-4', 'layer-norm-5'];
      const intervals = Object.fromEntries(
        places.map(id => {
          const values = predict({ ...model, output: id }, data.inputs).data as Float32Array;
          return [id, { low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) }];
        }),
      );
      const format = { bits: 8 } as const;
      return quantizeActivations(quantizeWeights(model, { format: affineFormat({ ...format, symmetric: true }) }), { intervals, format });
    };
    const [plain, spoilt, smooth] = [twin, planted, smoothQuant(planted, { data })].map(model => errorOf(quantized(model))) as [
      number,
      number,
      number,
    ];
    expect(spoilt).toBeGreaterThan(10 * plain);
    expect(smooth).toBeLessThan(0.2 * spoilt);
  });

  it('leaves channels without activations or weights alone, and refuses what it cannot do', () => {
    expect(Array.from(smoothingFactors([0, 4, 4], [1, 0, 1], 0.5))).toEqual([1, 1, 2]);
    expect(() => smoothQuant(planted, { data, strength: 1.5 })).toThrow(/got 1.5/);
    const lone = network('lone', [3]).dense(2).model();
    expect(() => smoothQuant(lone, { data: unlabelled(inputsFor([3])) })).toThrow(/No dense layer of lone/);
    expect(() => smoothQuant(quantizeWeights(planted, { format: affineFormat({ bits: 8 }) }), { data })).toThrow(/is quantized/);
    const broken = unlabelled(array([1, 8, 32], new Float32Array(256).fill(Number.NaN)));
    expect(() => smoothQuant(planted, { data: broken })).toThrow(/layer-norm-1 is not finite/);
  });
});

describe('AWQ', () => {
  const scheme = { format: affineFormat({ bits: 3 }), granularity: group(16) };

  it('has factors mean|x|^α about 1', () => {
    expect(Array.from(awqFactors([1, 16, 4, 0], 0.5))).toEqual([0.5, 2, 1, 1]);
    expect(Array.from(awqFactors([3, 7], 0))).toEqual([1, 1]);
    expect(Array.from(awqFactors([0, 0], 0.5))).toEqual([1, 1]);
  });

  it('keeps the outputs in float, and recovers what outliers cost at 3 bits', () => {
    const { model, exponents } = unchanged(planted, () => activationAwareScaling(planted, { scheme, data }));
    expect(outputDifference(planted, model, others)).toBeLessThan(1e-5);
    expect(Object.keys(exponents)).toEqual(denseJoints(planted).map(({ name }) => name));
    expect(exponents['layer-norm-1'] as number).toBeGreaterThan(0);
    const [plain, spoilt, aware] = [twin, planted, model].map(net => errorOf(quantizeWeights(net, scheme))) as [number, number, number];
    expect(spoilt).toBeGreaterThan(3 * plain);
    expect((spoilt - aware) / (spoilt - plain)).toBeGreaterThan(0.9);
  });

  it('is never worse than nearest rounding in what a joint gives on its examples', () => {
    for (const bits of [2, 3, 4]) {
      const net = network('net', [16], { seed: bits }).layerNorm().dense(12).model();
      const own = { format: affineFormat({ bits }), granularity: axis() };
      const examples = unlabelled(inputsFor([16], { count: 40 }));
      const error = (model: Model): number => {
        const [was, now] = [net, quantizeWeights(model, own)].map(m => predict(m, examples.inputs).data) as [
          NDArray['data'],
          NDArray['data'],
        ];
        return was.reduce((sum, y, i) => sum + (y - (now[i] as number)) ** 2, 0);
      };
      expect(error(awq(net, { scheme: own, data: examples }))).toBeLessThanOrEqual(error(net) * (1 + 1e-5));
      expect(awq(net, { scheme: own, data: examples, steps: 1 }).nodes).toEqual(net.nodes);
    }
  });

  it('keeps masks, and refuses a grid without steps and nets without a place', () => {
    const kernel = planted.parameters['dense-1.kernel']?.value as NDArray;
    const mask = array(
      kernel.shape,
      Uint8Array.from(kernel.data, (_, i) => i % 2),
      'uint8',
    );
    const masked = withParameters(planted, { 'dense-1.kernel': { mask } });
    const scaled = awq(masked, { scheme, data });
    expect(scaled.parameters['dense-1.kernel']?.mask).toBe(mask);
    expect(outputDifference(masked, scaled, others)).toBeLessThan(1e-5);
    expect(() => awq(planted, { scheme, data, steps: 0 })).toThrow(/got 0/);
    expect(() => awq(network('n', [3]).dense(2).model(), { scheme, data: unlabelled(inputsFor([3])) })).toThrow(/No dense layer of n/);
    expect(denseJoints(folded()).map(({ name }) => name)).toEqual(['dense-1']);
  });
});
