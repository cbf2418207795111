import { describe, expect, it } from 'vitest';
import { countedMacs, countedSpec, denseProgram, type LayerSpec, numbersFrom, oddSpecs, programOf, randomSpec } from './layers.ts';
import { hasMcuTools, onMcu } from './on-mcu.ts';

const random = numbersFrom(31);
const many = (op: LayerSpec['op'], count: number): readonly LayerSpec[] => Array.from({ length: count }, () => randomSpec(op, random));

describe.skipIf(!hasMcuTools)('kernels with vectors (skipped without arm-none-eabi-gcc and qemu-system-arm)', () => {
  it('convolutions of random sizes are those of runProgram', async () => {
    const { got, expected, source } = await onMcu(programOf(many('conv2d', 24), 6), 'cortex-m55');
    expect(got.equals(expected)).toBe(true);
    expect(new Set(source.steps.map(({ kernel }) => kernel))).toEqual(new Set(['mve']));
  });

  it('depthwise convolutions of random sizes are those of runProgram, over their input and beside it', async () => {
    const program = programOf(many('depthwise-conv2d', 24), 7);
    for (const inPlaceDepthwise of [true, false]) {
      const { got, expected, source } = await onMcu(program, 'cortex-m55', { plan: { inPlaceDepthwise } });
      expect(got.equals(expected)).toBe(true);
      expect(new Set(source.steps.map(({ kernel }) => kernel))).toEqual(new Set(['mve-channels']));
    }
  });

  it('layers at the ends of what kernels take', async () => {
    const { got, expected, source } = await onMcu(programOf(oddSpecs, 12), 'cortex-m55');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps.filter(({ kernel }) => kernel.startsWith('plain'))).toEqual([]);
  });

  it('dense layers with either way to round', async () => {
    const { got, expected, source } = await onMcu(denseProgram(), 'cortex-m55');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps.map(({ kernel }) => kernel)).toEqual(['mve', 'mve']);
  });

  it('a 3 × 3 convolution of 16 channels takes fewer than 0.5 instructions for a product', async () => {
    const { got, expected, run } = await onMcu(programOf([countedSpec], 1), 'cortex-m55');
    expect(got.equals(expected)).toBe(true);
    expect(run.instructions).toBeLessThan(0.5 * countedMacs);
  });
});
