import { describe, expect, it } from 'vitest';
import { type EmitOptions, emitC, type McuSource } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { mcuDevice } from '../../../../lib/deploy/mcu/devices.ts';
import { sourceFor } from '../../../../lib/deploy/mcu/source.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { chain } from '../patch/programs.ts';
import { hasMcuTools, onMcu } from './cortex/on-mcu.ts';

const program = chain([16, 16, 4], [{ channels: 8 }, { channels: 8, stride: 2 }, { channels: 24, stride: 2 }]);
const emitted = (options: EmitOptions = {}): McuSource => emitC(program, { core: 'cortex-m4', ...options });
const bitsOf = ({ steps }: McuSource): readonly unknown[] => steps.map(({ weightBits }) => weightBits);

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
});
