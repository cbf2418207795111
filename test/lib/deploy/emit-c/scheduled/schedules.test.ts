import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../../lib/deploy/emit-c/emit-c.ts';
import type { ConvSchedule } from '../../../../../lib/deploy/emit-c/schedule.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { type LayerSpec, numbersFrom, programOf, randomSpec } from '../cortex/layers.ts';
import { hasMcuTools, inputsOf, onMcu } from '../cortex/on-mcu.ts';
import { hasCompiler, runOnHost } from '../host.ts';

const scalar: readonly ConvSchedule[] = [
  { loops: 'naive', simd: false, im2col: false },
  { loops: 'reordered', simd: false, im2col: false },
  { loops: 'reordered', simd: false, im2col: false, interleaved: true, unroll: 4 },
  { simd: false, im2col: true },
  { simd: false, im2col: true, block: [2, 2], unroll: 2 },
  { simd: false, im2col: true, block: [4, 3], interleaved: true },
];

const random = numbersFrom(21);
const specs: readonly LayerSpec[] = Array.from({ length: 12 }, () => randomSpec('conv2d', random));

describe.skipIf(!hasCompiler)('schedules in plain C (skipped without gcc)', () => {
  it.each(scalar)('%o gives the integers of runProgram, inside its memory', schedule => {
    const program = programOf(specs, 5);
    const inputs = inputsOf(program, 3);
    const source = emitC(program, { schedules: schedule });
    expect(new Set(source.steps.map(({ kernel }) => kernel))).toEqual(new Set([schedule.im2col ? 'im2col' : 'direct']));
    expect(runOnHost(program, { source, examples: [inputs] })).toEqual([runProgram(program, inputs).outputs]);
  });

  it('what a schedule does not apply to is left to plain C', () => {
    const spec: LayerSpec = { ...(specs[0] as LayerSpec), dilations: [2, 2], kernel: [1, 1], places: [1, 1] };
    expect(emitC(programOf([spec], 1), { schedules: { simd: false, im2col: true } }).steps[0]?.kernel).toBe('plain');
  });
});

const steps: readonly (readonly [string, ConvSchedule])[] = [
  ['direct', { loops: 'naive', simd: false, im2col: false }],
  ['direct', { loops: 'reordered', simd: false, im2col: false }],
  ['direct', { loops: 'reordered', simd: false, im2col: false, unroll: 4 }],
  ['im2col', { simd: false, im2col: true, unroll: 4, block: [2, 2] }],
  ['smlad-rows', { simd: true, im2col: true, unroll: 4, interleaved: false }],
  ['smlad-rows', { simd: true, im2col: true, unroll: 4, interleaved: false, block: [2, 2] }],
  ['smlad', { simd: true, im2col: true, unroll: 4, interleaved: true, block: [2, 2] }],
  ['smlad', { simd: true, im2col: true, unroll: 4, interleaved: true, block: [2, 4] }],
  ['smlad', { simd: true, im2col: true, unroll: 4, interleaved: true, block: [2, 4], weightBits: 16 }],
];

describe.skipIf(!hasMcuTools)('schedules on a Cortex-M4 (skipped without arm-none-eabi-gcc and qemu-system-arm)', () => {
  it('each step of a 3 × 3 convolution takes fewer instructions than the one before', async () => {
    const spec: LayerSpec = { op: 'conv2d', image: [8, 8, 16], out: 8, kernel: [3, 3], strides: [1, 1], padding: [1, 1], places: [8, 8] };
    let before = Number.POSITIVE_INFINITY;
    for (const [kernel, schedules] of steps) {
      const { got, expected, run, source } = await onMcu(programOf([spec], 1), 'cortex-m4', { schedules });
      expect(got.equals(expected)).toBe(true);
      expect(source.steps[0]?.kernel).toBe(kernel);
      expect(run.instructions).toBeLessThan(before);
      before = run.instructions;
    }
  });

  it('products of four channels without copies, and rows of weights as they are, on layers of random sizes', async () => {
    const fours = specs.map(spec => ({ ...spec, image: [spec.image[0], spec.image[1], 4 * Math.ceil(spec.image[2] / 4)] as const }));
    for (const [kernel, schedules] of [
      ['direct', { loops: 'naive', simd: true, im2col: false, unroll: 2 }],
      ['direct', { loops: 'reordered', simd: true, im2col: false, interleaved: true }],
      ['smlad-rows', { simd: true, im2col: true, interleaved: false, block: [2, 3] }],
      ['smlad', { weightBits: 16, block: [2, 3] }],
      ['smlad', { block: [1, 4] }],
    ] as const) {
      const { got, expected, source } = await onMcu(programOf(fours, 8), 'cortex-m4', { schedules });
      expect(got.equals(expected)).toBe(true);
      expect(new Set(source.steps.map(step => step.kernel))).toEqual(new Set([kernel]));
    }
  });
});
