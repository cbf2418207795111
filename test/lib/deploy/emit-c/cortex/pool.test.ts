import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program, ProgramTensor, Step } from '../../../../../lib/deploy/program.ts';
import { hasMcuTools, onMcu } from './on-mcu.ts';

interface Pool {
  readonly op: 'average-pool' | 'max-pool';
  readonly image: readonly [height: number, width: number, channels: number];
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly ends?: readonly [low: number, high: number];
}

/** Some pools beside each other. */
function programOf(pools: readonly Pool[]): Program {
  const tensors: ProgramTensor[] = [];
  const steps: Step[] = pools.map(({ op, image: [height, width, channels], window, strides, padding, ends = [-128, 127] }, i) => {
    // as many places as TensorFlow Lite has with a border of `padding` at both ends
    const places = ([height, width] as const).map((size, a) =>
      Math.max(1, Math.floor((size + 2 * (padding[a] as number) - (window[a] as number)) / (strides[a] as number)) + 1),
    );
    tensors.push({ name: `x${i}`, shape: [1, height, width, channels], type: 'int8' });
    tensors.push({ name: `y${i}`, shape: [1, ...places, channels], type: 'int8' });
    return { op, inputs: [2 * i], outputs: [2 * i + 1], attributes: { window, strides, padding, low: ends[0], high: ends[1] } };
  });
  return { name: 'pools', tensors, steps, inputs: pools.map((_, i) => 2 * i), outputs: pools.map((_, i) => 2 * i + 1) };
}

const pair = (low: number, high: number): fc.Arbitrary<readonly [number, number]> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }));

/** Windows inside of an image or over its border. */
const anyPool: fc.Arbitrary<Pool> = fc
  .record({
    op: fc.constantFrom('average-pool', 'max-pool'),
    window: pair(1, 5),
    more: pair(0, 6),
    channels: fc.integer({ min: 4, max: 21 }),
    strides: pair(1, 3),
    border: fc.boolean(),
    ends: fc.constantFrom([-128, 127], [-3, 127], [-128, 40], [-90, 80]) as fc.Arbitrary<readonly [number, number]>,
  })
  .map(({ window, more, channels, border, ...rest }) => ({
    ...rest,
    window,
    image: [window[0] + more[0], window[1] + more[1], channels],
    padding: border ? [Math.floor(window[0] / 2), Math.floor(window[1] / 2)] : [0, 0],
  }));

describe.skipIf(!hasMcuTools)('pools with four channels in a word (skipped without arm-none-eabi-gcc and qemu-system-arm)', () => {
  it.each(['cortex-m4', 'cortex-m7'] as const)('give the bytes of runProgram on %s', async core => {
    const fixed = { strides: [1, 1], padding: [0, 0] } as const;
    const pools: readonly Pool[] = [
      { ...fixed, op: 'average-pool', image: [16, 16, 5], window: [16, 16] },
      { ...fixed, op: 'max-pool', image: [40, 30, 4], window: [40, 30] },
      ...fc.sample(anyPool, { numRuns: 60, seed: core === 'cortex-m4' ? 4 : 7 }),
    ];
    const { got, expected, source } = await onMcu(programOf(pools), core);
    expect(got.equals(expected)).toBe(true);
    expect(new Set(source.steps.map(({ kernel }) => kernel))).toEqual(new Set(['simd32']));
  });

  it('sum up extreme numbers without overflow', async () => {
    const fixed = { op: 'average-pool', strides: [1, 1], padding: [0, 0] } as const;
    const program = programOf([
      { ...fixed, image: [16, 16, 4], window: [16, 16] },
      { ...fixed, image: [16, 17, 4], window: [16, 17] },
    ]);
    for (const value of [-128, 127]) {
      const { got, expected, source } = await onMcu(program, 'cortex-m4', { value });
      expect([...expected.subarray(0, 4)].map(byte => (byte << 24) >> 24)).toEqual(Array(4).fill(value));
      expect(got.equals(expected)).toBe(true);
      // 272 numbers of 127 are no number of 16 bits
      expect(source.steps.map(({ kernel }) => kernel)).toEqual(['simd32', 'plain']);
    }
  });

  it('take few instructions', async () => {
    const of = async (op: Pool['op'], window: readonly [number, number]): Promise<number> => {
      const { run } = await onMcu(programOf([{ op, image: [16, 16, 16], window, strides: window, padding: [0, 0] }]), 'cortex-m4');
      return run.instructions / (16 * 16 * 16);
    };
    expect(await of('max-pool', [2, 2])).toBeLessThan(1.6);
    expect(await of('average-pool', [16, 16])).toBeLessThan(1.3);
  });
});
