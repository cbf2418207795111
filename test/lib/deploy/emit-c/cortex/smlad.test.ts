import { describe, expect, it } from 'vitest';
import { countedMacs, countedSpec, denseProgram, type LayerSpec, numbersFrom, oddSpecs, programOf, randomSpec } from './layers.ts';
import { hasMcuTools, onMcu } from './on-mcu.ts';

const random = numbersFrom(5);
const many = (op: LayerSpec['op'], count: number): readonly LayerSpec[] => Array.from({ length: count }, () => randomSpec(op, random));

describe.skipIf(!hasMcuTools)('SMLAD kernels (skipped without arm-none-eabi-gcc and qemu-system-arm)', () => {
  it.each(['cortex-m4', 'cortex-m7'] as const)('convolutions of random sizes on %s are those of runProgram', async core => {
    const { got, expected, source } = await onMcu(programOf(many('conv2d', 24), 3), core);
    expect(got.equals(expected)).toBe(true);
    expect(new Set(source.steps.map(({ kernel }) => kernel))).toEqual(new Set(['smlad']));
  });

  it('depthwise convolutions of random sizes are those of runProgram', async () => {
    const { got, expected, source } = await onMcu(programOf(many('depthwise-conv2d', 24), 4), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps.filter(({ kernel }) => kernel === 'smlad-channel').length).toBeGreaterThan(20);
  });

  it('depthwise convolutions over their input, stride 1 and 2', async () => {
    for (const strides of [
      [1, 1],
      [2, 2],
    ] as const) {
      const spec: LayerSpec = {
        op: 'depthwise-conv2d',
        image: [8, 9, 5],
        out: 5,
        kernel: [3, 3],
        strides,
        padding: [1, 1],
        places: [8 / strides[0], 9 / strides[1] + (strides[1] - 1) / 2],
      };
      const program = programOf([spec], 9);
      const { got, expected, source } = await onMcu(program, 'cortex-m7', { plan: { inPlaceDepthwise: true } });
      expect(got.equals(expected)).toBe(true);
      expect(source.arenaBytes).toBeLessThan(2 * 8 * 9 * 5);
    }
  });

  it('what SMLADs do not compute is left to plain C', async () => {
    const spec: LayerSpec = {
      op: 'conv2d',
      image: [7, 7, 4],
      out: 3,
      kernel: [3, 3],
      strides: [1, 1],
      padding: [2, 2],
      places: [7, 7],
      dilations: [2, 2],
    };
    const { got, expected, source } = await onMcu(programOf([spec], 2), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps[0]?.kernel).toBe('plain');
  });

  it('layers at the ends of what kernels take', async () => {
    const { got, expected, source } = await onMcu(programOf(oddSpecs, 12), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps.filter(({ kernel }) => kernel.startsWith('plain'))).toEqual([]);
  });

  it('dense layers with either way to round', async () => {
    const { got, expected, source } = await onMcu(denseProgram(), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(source.steps.map(({ kernel }) => kernel)).toEqual(['smlad', 'smlad']);
  });

  it('a 3 × 3 convolution of 16 channels takes fewer than 1.1 instructions for a product', async () => {
    const { got, expected, run } = await onMcu(programOf([countedSpec], 1), 'cortex-m4');
    expect(got.equals(expected)).toBe(true);
    expect(run.instructions).toBeLessThan(1.1 * countedMacs);
  });
});
