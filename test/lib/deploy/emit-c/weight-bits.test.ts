import { describe, expect, it } from 'vitest';
import { type EmitOptions, emitC, type McuSource } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { mcuDevice } from '../../../../lib/deploy/mcu/devices.ts';
import { sourceFor } from '../../../../lib/deploy/mcu/source.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { chain } from '../patch/programs.ts';
import { hasMcuTools, onMcu } from './cortex/on-mcu.ts';

const program = chain([16, 16, 4], [{ channels: 8 }, { channels: 8, stride: 2 }, { channels: 24, stride: 2 }]);
const emitted = (options: EmitOptions = {}): McuSource => emitC(program, { core: 'cortex-m4', ...options });
const bitsOf = ({ steps }: McuSource): readonly unknown[] => steps.map(({ weightBits }) => weightBits);

interface Layer {
  readonly image: readonly [height: number, width: number, channels: number];
  readonly kernel: 1 | 3;
  readonly out: number;
  readonly stride: number;
}

/** One convolution with all weights of 4 bits. */
function int4Layer({ image, kernel, out, stride }: Layer, type: 'int4' | 'int8' = 'int4'): Program {
  const [height, width, channels] = image;
  const places = [height, width].map(size => Math.floor((size + 2 * (kernel >> 1) - kernel) / stride) + 1);
  const data = Int8Array.from({ length: out * kernel * kernel * channels }, (_, i) => ((i * 37 + (i >> 3)) % 16) - 8);
  const all = <T>(value: T): T[] => Array(out).fill(value);
  const geometry = { strides: [stride, stride], dilations: [1, 1], padding: [kernel >> 1, kernel >> 1] };
  const grid = {
    inputZeroPoint: 3,
    weightZeroPoint: [0],
    outputZeroPoint: -5,
    multiplier: all(1288490189),
    shift: all(-7),
    low: -128,
    high: 127,
  };
  return {
    name: 'four bits',
    tensors: [
      { name: 'x', shape: [1, ...image], type: 'int8' },
      { name: 'w', shape: [out, kernel, kernel, channels], type, data },
      { name: 'b', shape: [out], type: 'int32', data: Int32Array.from({ length: out }, (_, i) => 100 * i - 300) },
      { name: 'y', shape: [1, ...places, out], type: 'int8' },
    ],
    steps: [{ op: 'conv2d', inputs: [0, 1, 2], outputs: [3], attributes: { ...geometry, ...grid } }],
    inputs: [0],
    outputs: [3],
  };
}

describe('bits of stored weights', () => {
  const [narrow, wide] = [emitted(), emitted({ weightBits: 16 })];

  it('are 8, or 16 where that is asked', () => {
    expect(bitsOf(narrow)).toEqual([8, 8, 8]);
    expect(bitsOf(wide)).toEqual([16, 16, 16]);
    // 8·9·4, 8·9·8 and 24·9·8 weights
    expect(wide.constantBytes - narrow.constantBytes).toBe(288 + 576 + 1728);
    expect(Object.values(wide.files).join()).toContain('with weights of 16 bits */');
    expect(bitsOf(emitC(program, { weightBits: 16 }))).toEqual([undefined, undefined, undefined]);
    expect(bitsOf(emitted({ weightBits: 16, schedules: new Map([[1, {}]]) }))).toEqual([16, 8, 16]);
  });

  it('are 16 where they save most for the bytes that may be spent', () => {
    for (const [extraBytes, bits] of [
      [0, [8, 8, 8]],
      [287, [8, 8, 8]],
      [288, [16, 8, 8]],
      [288 + 576, [16, 16, 8]],
      [288 + 576 + 1728, [16, 16, 16]],
    ] as const) {
      const source = emitted({ weightBits: { extraBytes } });
      expect(bitsOf(source)).toEqual(bits);
      expect(source.constantBytes - narrow.constantBytes).toBeLessThanOrEqual(extraBytes);
    }
    expect(() => emitted({ weightBits: 4 as never })).toThrow(expect.objectContaining({ code: 'deploy/weight-bits' }));
    expect(() => emitted({ weightBits: { extraBytes: Number.NaN } })).toThrow(/extraBytes/);
  });

  it("follow the device's flash, and are the same for all patches of a layer", () => {
    const board = mcuDevice('STM32F412');
    expect(bitsOf(sourceFor(program, board, { weightBits: 'auto' }))).toEqual([16, 16, 16]);
    expect(bitsOf(sourceFor(program, { ...board, flash: 20_000 }, { weightBits: 'auto' }))).toEqual([8, 8, 8]);
    const patched = patchProgram(program, { steps: 2, rows: 2, columns: 2 });
    const { steps } = emitC(patched, { core: 'cortex-m4', weightBits: { extraBytes: 500 } });
    const convs = steps.filter(({ op }) => op === 'conv2d').map(({ weightBits }) => weightBits);
    expect(convs).toEqual([16, 8, 16, 8, 16, 8, 16, 8, 8]);
  });

  it.skipIf(!hasMcuTools)('save instructions and change no byte (skipped without arm-none-eabi-gcc and qemu-system-arm)', async () => {
    const instructions: number[] = [];
    for (const weightBits of [8, { extraBytes: 900 }, 16] as const) {
      const { run, got, expected } = await onMcu(program, 'cortex-m4', { weightBits });
      expect(got.equals(expected)).toBe(true);
      instructions.push(run.instructions);
    }
    expect(instructions).toEqual(instructions.toSorted((a, b) => b - a));
    expect((instructions[2] as number) / (instructions[0] as number)).toBeLessThan(0.93);
  });

  it.skipIf(!hasMcuTools).each([
    [{ image: [9, 9, 16], kernel: 3, out: 16, stride: 1 }, 4],
    [{ image: [9, 9, 15], kernel: 3, out: 11, stride: 2 }, 4],
    [{ image: [7, 7, 65], kernel: 1, out: 33, stride: 1 }, 4],
    [{ image: [5, 5, 130], kernel: 3, out: 1, stride: 1 }, 4],
    [{ image: [9, 9, 4], kernel: 3, out: 8, stride: 1 }, 8],
  ] as const)('of 4 bits lie by twos in a byte: %o (skipped without arm-none-eabi-gcc and qemu-system-arm)', async (layer, bits) => {
    for (const core of ['cortex-m4', 'cortex-m7', 'cortex-m55'] as const) {
      const { got, expected, source } = await onMcu(int4Layer(layer), core);
      expect(got.equals(expected)).toBe(true);
      expect(new Set(got).size).toBeGreaterThan(8);
      if (core !== 'cortex-m55') expect(bitsOf(source)).toEqual([bits]);
    }
    const bytes = (program: Program): number => emitC(program, { core: 'cortex-m4' }).constantBytes;
    const [narrow, wide] = [int4Layer(layer), int4Layer(layer, 'int8')].map(bytes) as [number, number];
    const weights = layer.kernel ** 2 * layer.image[2] * layer.out;
    expect((wide - narrow) / weights).toBeCloseTo(bits === 4 ? 0.5 : 0, 1);
  });
});
