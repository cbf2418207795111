import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../../lib/compress/quantize/activations/calibrate.ts';
import { quantizeActivations } from '../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { foldBatchNorm } from '../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { axis } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { take } from '../../../../lib/data/dataset.ts';
import { loadDataset } from '../../../../lib/data/loader.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import { outlineProgram } from '../../../../lib/deploy/lower/outline.ts';
import { estimateInstructions } from '../../../../lib/deploy/mcu/estimate.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { network } from '../../../../lib/model/build.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { pretrained } from '../../../../lib/model/pretrained.ts';

const tools = await mcuTools().catch(() => undefined);
const separable = outlineProgram(
  network('separable', [16, 16, 2]).conv2d(8, 3, { padding: 1 }).depthwiseConv2d(3, { padding: 1 }).conv2d(16, 1).graph(),
);

describe('instructions of a program, modelled', () => {
  it('are rates times products, values and what windows copy', () => {
    const { steps, instructions } = estimateInstructions(separable);
    const places = 16 * 16;
    const right = [
      0.844 * places * 9 * 2 * 8 + 8.19 * places * 8 + 4.78 * places * 18,
      1.7 * places * 9 * 8 + 2.9 * places * 8,
      0.844 * places * 8 * 16 + 8.19 * places * 16,
    ];
    for (const [i, step] of steps.entries()) expect(step.instructions).toBeCloseTo(right[i] as number, 6);
    expect(instructions).toBeCloseTo(
      right.reduce((a, b) => a + b),
      6,
    );
    expect(steps.map(({ op }) => op)).toEqual(['conv2d', 'depthwise-conv2d', 'conv2d']);
    expect(estimateInstructions(outlineProgram(mlp({ input: [40], hidden: [], classes: 20 }))).instructions).toBeCloseTo(
      1.79 * 800 + 10.2 * 20,
      6,
    );
  });

  it('grow with patches: halos are computed twice, patches copied', () => {
    const cut = (rows: number): number => estimateInstructions(patchProgram(separable, { steps: 3, rows, columns: 1 })).instructions;
    const whole = estimateInstructions(separable).instructions;
    expect(cut(2)).toBeGreaterThan(whole);
    expect(cut(4)).toBeGreaterThan(cut(2));
    expect(cut(2)).toBeLessThan(1.2 * whole);
  });

  it('are refused where nothing was measured', () => {
    const added = outlineProgram(network('added', [4, 4, 2]).conv2d(2, 1).add('input').graph());
    expect(() => estimateInstructions(added)).toThrow(
      expect.objectContaining({ code: 'deploy/estimate', message: expect.stringMatching(/add/) }),
    );
    const wide: Program = { ...separable, tensors: separable.tensors.map(t => (t.data ? t : { ...t, type: 'int16' })) };
    expect(() => estimateInstructions(wide)).toThrow(
      expect.objectContaining({ code: 'deploy/estimate', message: expect.stringMatching(/only int8 was measured/) }),
    );
  });

  it.skipIf(!tools?.counter)(
    'are within 3 % of what is counted, whole and in patches (skipped where compiler, QEMU or its counter are missing)',
    async () => {
      const { train } = await loadDataset('fashion-mnist');
      const rounded = quantizeWeights(foldBatchNorm(pretrained('fashion-mnist-tiny-14-16')), {
        format: affineFormat({ bits: 8, symmetric: true }),
        granularity: axis(-1),
      });
      const intervals = calibrate(rounded, take(train, 10));
      const whole = lowerModel(quantizeActivations(rounded, { intervals, format: { bits: 8 } }));
      for (const program of [whole, patchProgram(whole, { steps: 5, rows: 1, columns: 2 })]) {
        const { instructions } = await runOnMcu(program, { device: 'STM32F412' });
        expect(Math.abs(estimateInstructions(program).instructions / instructions - 1)).toBeLessThan(0.03);
      }
    },
  );
});
