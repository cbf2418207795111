import { describe, expect, it } from 'vitest';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { type McuDevice, mcuDevice, mcuDevices } from '../../../../lib/deploy/mcu/devices.ts';
import { fits } from '../../../../lib/deploy/mcu/fits.ts';
import { peakMemory } from '../../../../lib/measure/activations.ts';
import { macs } from '../../../../lib/measure/macs.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { goldenTrials, hasNetworks, type networkNames } from '../golden-networks.ts';
import { depthwiseChain } from '../plan/layers.ts';

const plain = { plan: { alignment: 1 }, reservedSram: 0, codeBytes: 0 };

describe('devices', () => {
  it('have the memories that their data sheets say', () => {
    const sizes = mcuDevices.map(({ name, core, sram, flash, clockHz }) => [name, core, sram / 1024, flash / 1024, clockHz / 1e6]);
    expect(sizes).toEqual([
      ['STM32F412', 'cortex-m4', 256, 1024, 100],
      ['STM32F746', 'cortex-m7', 320, 1024, 216],
      ['STM32H743', 'cortex-m7', 512, 2048, 480],
      ['Corstone-300', 'cortex-m55', 512, 2048, 32],
    ]);
    expect(() => mcuDevice('Arduino')).toThrow(/no device "Arduino"/);
  });
});

describe('a network on a device', () => {
  it('is counted: values, weights with what their channels need, products, time', () => {
    const net = mlp({ input: [40], hidden: [80], classes: 20 });
    const found = fits(net, 'STM32F412', plain);
    expect(found).toMatchObject({ fits: true, sram: 120, flash: 40 * 80 + 80 * 20 + 12 * 100, macs: 4800, reasons: [] });
    expect(found.milliseconds).toBeCloseTo((1000 * 4800 * 2.178) / 100e6, 10);
    expect(fits(net, 'STM32F412')).toMatchObject({ sram: 128 + 4096, flash: found.flash + 40 * 1024 });
    const program = depthwiseChain([{ size: 10, channels: 16 }]);
    expect(fits(program, 'STM32F746', { ...plain, plan: { inPlaceDepthwise: true, alignment: 1 } })).toMatchObject({
      sram: 1600 + 144,
      flash: 9 * 16 + 4 * 16 + 8,
      macs: 1600 * 9,
    });
  });

  it('says what is too large, and by how much', () => {
    const tiny: McuDevice = { ...mcuDevice('STM32F746'), name: 'tiny', sram: 100, flash: 2000 };
    const net = mlp({ input: [40], hidden: [80], classes: 20 });
    expect(fits(net, tiny, plain)).toMatchObject({
      fits: false,
      reasons: ['SRAM: 120 bytes of 100 on tiny, 20 too many', 'flash: 6000 bytes of 2000 on tiny, 4000 too many'],
    });
    expect(fits(net, { ...tiny, sram: 120, flash: 6000 }, plain).fits).toBe(true);
  });

  it('counts graphs as the other counters do', () => {
    const net = mobileNetV2({ input: [224, 224, 3] });
    expect(fits(net, 'STM32F746').macs).toBe(macs(net));
    expect(fits(net, 'STM32F746', plain).sram).toBeGreaterThanOrEqual(peakMemory(net, { bits: 8 }));
    // 8-bit MobileNetV2 needs nearly five times the SRAM of an STM32F746, and still more than four times with depthwise convolutions in place
    expect(peakMemory(net, { bits: 8 }) / (320 * 1024)).toBeCloseTo(4.6, 1);
    expect(fits(net, 'STM32F746')).toMatchObject({ fits: false, sram: 1_409_024 });
    expect(fits(net, 'STM32F746').reasons.length).toBe(2);
  });
});

describe.skipIf(!hasNetworks)('modelled time (skipped where ../shared/golden is not there)', () => {
  const milliseconds = (name: (typeof networkNames)[number], device: McuDevice): number => {
    const [{ program }] = goldenTrials(name) as [ReturnType<typeof goldenTrials>[number]];
    return fits(fuseProgram(program, { integerEnds: true }), device).milliseconds;
  };

  it('is within 18 % of what was published for a Cortex-M4 at 120 MHz', () => {
    const device = { ...mcuDevice('STM32F412'), clockHz: 120e6 };
    const published = { 'ad01-int8': 208.6, 'kws-dscnn-int8': 23.0, 'ic-resnet8-int8': 6.04, 'vww-mobilenetv1-int8': 11.18 } as const;
    for (const [name, perSecond] of Object.entries(published)) {
      const ratio = milliseconds(name as keyof typeof published, device) / (1000 / perSecond);
      expect(ratio, name).toBeGreaterThan(0.82);
      expect(ratio, name).toBeLessThan(1.18);
    }
  });

  it("is TinyEngine's 51 ms on an STM32H743", () => expect(milliseconds('mcunet-vww1-int8', mcuDevice('STM32H743'))).toBeCloseTo(51, 1));
});
