import { describe, expect, it } from 'vitest';
import { outlineProgram } from '../../../../lib/deploy/lower/outline.ts';
import { mcuDevice } from '../../../../lib/deploy/mcu/devices.ts';
import { fits } from '../../../../lib/deploy/mcu/fits.ts';
import { searchPatchedNetworks } from '../../../../lib/deploy/patch/joint.ts';
import { narrowSteps } from '../../../../lib/deploy/patch/narrow-steps.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { network } from '../../../../lib/model/build.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import type { Graph } from '../../../../lib/model/model.ts';
import { choices } from '../../../../lib/search/choices.ts';

interface Choice {
  readonly width: number;
  readonly resolution: number;
}

const net = ({ width, resolution }: Choice): Graph =>
  network('net', [resolution, resolution, 2])
    .conv2d(2 * width, 3, { padding: 1, strides: 2 })
    .conv2d(4 * width, 1)
    .depthwiseConv2d(3, { padding: 1, strides: 2 })
    .conv2d(width, 1)
    .conv2d(4 * width, 1)
    .depthwiseConv2d(3, { padding: 1, strides: 2 })
    .conv2d(width, 1)
    .globalAveragePool()
    .dense(2)
    .graph();

const space = choices({ width: [2, 4], resolution: [16, 24, 32] });
const fit = { reservedSram: 0, codeBytes: 0 };
const device = { ...mcuDevice('STM32F412'), sram: 3000 };

const shapeBehind = ({ tensors, steps }: Program, number: number): readonly [number, number, number, number] =>
  tensors[steps[number - 1]?.outputs[0] as number]?.shape as [number, number, number, number];

describe('places to split at', () => {
  it('are where little leaves a stage, one value of it', () => {
    expect(narrowSteps(outlineProgram(net({ width: 2, resolution: 16 })))).toEqual([1, 4, 7]);
    const program = outlineProgram(mobileNetV2({ width: 0.35, input: [64, 64, 3], classes: 2 }));
    const bytes = narrowSteps(program).map(steps => shapeBehind(program, steps));
    expect(bytes.slice(0, 4)).toEqual([
      [1, 32, 32, 8],
      [1, 16, 16, 8],
      [1, 16, 16, 8],
      [1, 8, 8, 16],
    ]);
  });
});

describe('networks and patches searched together', () => {
  it('find what trying all of them finds, which needs patches', async () => {
    const found = await searchPatchedNetworks(space, {
      network: net,
      device,
      fit,
      splits: 2,
      patches: 3,
      most: 1.3,
      evaluations: 1000,
      population: 8,
    });
    let [best, separate] = [0, 0];
    for (const candidate of space.candidates()) {
      const program = outlineProgram(net(candidate));
      const plain = fits(program, device, fit);
      if (plain.fits) separate = Math.max(separate, plain.macs);
      for (const steps of narrowSteps(program).slice(0, 2))
        for (const rows of [1, 2, 3])
          for (const columns of [1, 2, 3]) {
            const [, height, width] = shapeBehind(program, steps);
            if (rows > height || columns > width) continue;
            const own = fits(patchProgram(program, { steps, rows, columns }), device, fit);
            if (own.fits && own.macs <= 1.3 * plain.macs) best = Math.max(best, plain.macs);
          }
    }
    expect(found.feasible).toBe(true);
    expect(found.score).toBe(best);
    expect(found.score).toBeGreaterThan(separate);
    expect(found.found.patches).toBeDefined();
    expect(found.found.fit).toEqual(fits(found.found.program, device, fit));
    expect(found.costs).toEqual({ sram: found.found.fit.sram, flash: found.found.fit.flash, overhead: found.found.overhead });
  });

  it('takes programs, scores and times, and says when nothing fits', async () => {
    const made: Choice[] = [];
    const options = {
      network: async (choice: Choice) => {
        made.push(choice);
        return outlineProgram(net(choice));
      },
      ...{ device: { ...device, sram: 100 }, fit, splits: 1, patches: 2, evaluations: 20, patience: 100 },
    };
    const nothing = await searchPatchedNetworks(space, options);
    expect([nothing.feasible, nothing.found.fit.fits]).toEqual([false, false]);
    // each network is made once
    expect(new Set(made.map(choice => JSON.stringify(choice))).size).toBe(made.length);
    const timed = await searchPatchedNetworks(space, {
      ...options,
      device: 'STM32F746',
      milliseconds: 0.5,
      evaluate: ({ fit: { milliseconds } }, { network: { resolution } }) => resolution - milliseconds,
    });
    expect(timed.costs.milliseconds).toBeLessThanOrEqual(0.5);
    await expect(searchPatchedNetworks(space, { ...options, device: 'none' })).rejects.toMatchObject({ code: 'mcu/device' });
  });
});
