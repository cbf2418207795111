import { describe, expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { inspectProgram } from '../../../../lib/deploy/inspect-program.ts';
import { outlineProgram } from '../../../../lib/deploy/lower/outline.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { redistributeReceptiveField } from '../../../../lib/deploy/patch/redistribute.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { receptiveField } from '../../../../lib/measure/receptive-field.ts';
import { network } from '../../../../lib/model/build.ts';
import { forward } from '../../../../lib/model/forward.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { type Graph, type Model, nodeOf, withParameters } from '../../../../lib/model/model.ts';
import { inferShapes } from '../../../../lib/model/shapes.ts';
import { array, filled } from '../../../../lib/tensor/array.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { tf } from '../../../../lib/tensor/tf.ts';
import { upload } from '../../../../lib/tensor/upload.ts';

const kernels = (graph: Graph): unknown[] =>
  graph.nodes.flatMap(({ attributes: { kernelSize } }) => (kernelSize ? [(kernelSize as number[])[0]] : []));

const small = network('small', [16, 16, 2], { seed: 3 })
  .conv2d(4, 3, { padding: 1 })
  .depthwiseConv2d(5, { padding: 'same', id: 'last' })
  .depthwiseConv2d(3, { padding: 1, strides: 2 })
  .depthwiseConv2d(3, { padding: 1 })
  .model();

describe('the receptive field redistributed', () => {
  it('moves behind the stage, with the depth and the shapes that there were', () => {
    const moved = redistributeReceptiveField(small, { until: 'last' });
    expect([kernels(small), kernels(moved)]).toEqual([
      [3, 5, 3, 3],
      [1, 3, 5, 5],
    ]);
    expect([receptiveField(small), receptiveField(moved)]).toEqual([
      [13, 13],
      [15, 15],
    ]);
    expect([...inferShapes(moved)]).toEqual([...inferShapes(small)]);
    expect(kernels(redistributeReceptiveField(small, { until: 'last', largest: 3 }))).toEqual([1, 3, 3, 3]);
    expect(kernels(redistributeReceptiveField(small, { until: 'last', smallest: 3 }))).toEqual([3, 3, 5, 3]);
    expect(redistributeReceptiveField({ name: 'bare', nodes: small.nodes, output: small.output }, { until: 'last' })).not.toHaveProperty(
      'parameters',
    );
  });

  it('keeps the weights around the centre; new ones are 0', () => {
    const moved = redistributeReceptiveField(small, { until: 'last' });
    const weight = (model: Model, at: number, [row, column]: readonly [number, number]): number[] => {
      const { value } = model.parameters[
        model.nodes.filter(({ op }) => op !== 'input')[at]?.parameters.kernel ?? ''
      ] as Model['parameters'][string];
      const depth = (value.shape[2] as number) * (value.shape[3] as number);
      const from = (row * (value.shape[1] as number) + column) * depth;
      return Array.from(value.data.slice(from, from + depth) as Float32Array);
    };
    expect(weight(moved, 0, [0, 0])).toEqual(weight(small, 0, [1, 1]));
    expect(weight(moved, 1, [0, 2])).toEqual(weight(small, 1, [1, 3]));
    expect(weight(moved, 2, [1, 3])).toEqual(weight(small, 2, [0, 2]));
    expect(weight(moved, 2, [0, 4])).toEqual([0, 0, 0, 0]);
    expect(Object.keys(moved.parameters)).toEqual(Object.keys(small.parameters));
    // a stage whose outer weights are 0 computes what it did
    const masked = Object.fromEntries(
      ['conv2d-1', 'last'].map(id => {
        const name = nodeOf(small, id).parameters.kernel as string;
        const { value } = small.parameters[name] as Model['parameters'][string];
        const [side, , deep, out] = value.shape as [number, number, number, number];
        const inner = (i: number): boolean => i > 0 && i < side - 1;
        const data = Float32Array.from(value.data as Float32Array, (w, i) => {
          const place = Math.floor(i / (deep * out));
          return inner(Math.floor(place / side)) && inner(place % side) ? w : 0;
        });
        return [name, { value: array(value.shape, data), mask: filled(value.shape, 1, 'uint8') }];
      }),
    );
    const hollow = withParameters(small, masked);
    const redistributed = redistributeReceptiveField(hollow, { until: 'last' });
    const rng = random(1);
    const image = array(
      [1, 16, 16, 2],
      Float32Array.from({ length: 512 }, () => rng.normal()),
    );
    const outputs = [hollow, redistributed].map(model => Array.from(tf.tidy(() => forward(model, upload(image)).dataSync())));
    for (const [i, value] of (outputs[1] as number[]).entries()) expect(value).toBeCloseTo(outputs[0]?.[i] as number, 5);
    expect(redistributed.parameters[nodeOf(small, 'last').parameters.kernel as string]?.mask?.shape).toEqual([3, 3, 4, 1]);
  });

  it('makes patches of MobileNetV2 cheap: 4 × 4 of its first 28 × 28 values take 1.037 times the multiply-accumulates, not 1.093', () => {
    const model = mobileNetV2({ classes: 10 });
    const moved = redistributeReceptiveField(model, { until: 'conv2d-8' });
    const [plain, other] = [outlineProgram(model), outlineProgram(moved)];
    const patched = (program: Program): Program => patchProgram(program, { steps: 13, rows: 4, columns: 4 });
    const overhead = (program: Program): number => inspectProgram(patched(program)).macs / inspectProgram(program).macs;
    expect(overhead(plain)).toBeCloseTo(1.093, 3);
    expect(overhead(other)).toBeCloseTo(1.037, 3);
    expect(receptiveField(moved)[0]).toBeGreaterThanOrEqual(receptiveField(model)[0]);
    expect([plain, patched(plain), patched(other)].map(program => peakBytes(program, { inPlaceDepthwise: true }))).toEqual([
      1_404_928, 312_816, 283_248,
    ]);
  });

  it('is refused where there is nothing to move, for even kernels and for integers', () => {
    const refused = (of: () => unknown): void => expect(of).toThrow(expect.objectContaining({ code: 'deploy/redistribute' }));
    refused(() => redistributeReceptiveField(small, { until: 'last', smallest: 2 }));
    refused(() => redistributeReceptiveField(small, { until: 'last', largest: 0 }));
    refused(() => redistributeReceptiveField(small, { until: 'last', smallest: 7 }));
    refused(() => redistributeReceptiveField(small, { until: 'input' }));
    refused(() =>
      redistributeReceptiveField(quantizeWeights(small, { format: affineFormat({ bits: 8, symmetric: true }) }), { until: 'last' }),
    );
    expect(() => redistributeReceptiveField(small, { until: 'none' })).toThrow(expect.objectContaining({ code: 'model/node' }));
  });
});
