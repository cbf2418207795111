import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleBytes, outputsOf } from '../../../../lib/deploy/mcu/examples.ts';
import { mcuProject } from '../../../../lib/deploy/mcu/project.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { convolution } from '../../../../scripts/bench/peers/mcu-layers.ts';

const tools = await mcuTools().catch(() => undefined);

/** Two inputs of different sizes and types, two outputs: a sum of rows, and a copy of the numbers of 16 bits. */
const twoOfEach: Program = {
  name: 'two',
  tensors: [
    { name: 'a', shape: [1, 3], type: 'int8' },
    { name: 'b', shape: [1, 5], type: 'int16' },
    { name: 'w', shape: [2, 3], type: 'int8', data: Int8Array.of(1, 2, 3, -1, 0, 1) },
    { name: 'y', shape: [1, 2], type: 'int8' },
    { name: 'z', shape: [5, 1], type: 'int16' },
  ],
  steps: [
    {
      op: 'dense',
      inputs: [0, 2, -1],
      outputs: [3],
      attributes: { inputZeroPoint: 0, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [1], outputZeroPoint: 0, low: -128, high: 127 },
    },
    { op: 'reshape', inputs: [1], outputs: [4], attributes: {} },
  ],
  inputs: [0, 1],
  outputs: [3, 4],
};
const inputs = [Int8Array.of(1, 2, 3, -4, 5, -6), Int16Array.of(300, -300, 0, 32767, -32768, 1, 2, 3, 4, 5)];

const path = process.env.PATH;
const made: string[] = [];
afterEach(() => {
  process.env.PATH = path;
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A PATH of one folder with scripts of these names. */
function pathOf(scripts: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-path-'));
  made.push(folder);
  mkdirSync(join(folder, 'qemu-system-arm.d'));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  process.env.PATH = folder;
}

describe('examples', () => {
  it('lie one after the other, each with all of its values', () => {
    const bytes = exampleBytes(inputs, 2);
    expect(bytes.length).toBe(2 * (3 + 10));
    expect([...bytes.subarray(0, 5)]).toEqual([1, 2, 3, 300 & 255, 300 >> 8]);
    expect([...new Int8Array(bytes.buffer, bytes.byteOffset + 13, 3)]).toEqual([-4, 5, -6]);
    const copied = { ...twoOfEach, outputs: [0, 1] };
    expect(outputsOf(copied, bytes, 2)).toEqual(inputs);
    expect(() => outputsOf(copied, bytes.subarray(1), 2)).toThrow(expect.objectContaining({ code: 'mcu/emulator' }));
  });
});

describe('refused before anything is built', () => {
  it.each([
    ['inputs that are too short', { inputs: [inputs[0] as Int8Array, new Int16Array(9)] }, 'deploy/input'],
    ['numbers of examples that differ', { inputs: [new Int8Array(3), new Int16Array(10)] }, 'deploy/input'],
    ['another type', { inputs: [new Uint8Array(3), new Int16Array(5)] }, 'deploy/input'],
    ['one input of two', { input: new Int8Array(3) }, 'deploy/input'],
    ['both ways to give inputs', { input: new Int8Array(3), inputs }, 'deploy/input'],
    ['a device that is none', { device: 'STM32' }, 'mcu/device'],
    ['no whole number of bytes', { stackBytes: 0.5 }, 'mcu/options'],
    ['no time', { deadlineMs: Number.NaN }, 'mcu/options'],
  ])('%s', async (_, options, code) => {
    await expect(runOnMcu(twoOfEach, options)).rejects.toMatchObject({ code });
  });

  it.each([
    ['no compiler', { 'qemu-system-arm': 'echo QEMU' }, /arm-none-eabi-gcc, which is not on the PATH/],
    ['no emulator', { 'arm-none-eabi-gcc': 'echo gcc' }, /qemu-system-arm, which is not on the PATH/],
    ['a compiler that does not run', { 'arm-none-eabi-gcc': 'exit 126', 'qemu-system-arm': 'echo QEMU' }, /does not run/],
  ])('%s', async (_, scripts, message) => {
    pathOf(scripts as Record<string, string>);
    await expect(runOnMcu(twoOfEach)).rejects.toMatchObject({
      code: 'mcu/tool-missing',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/apt-get install -y --no-install-recommends gcc-arm-none-eabi qemu-system-arm|brew install/),
    });
  });

  it('a project needs no tools', () => {
    pathOf({});
    const files = mcuProject(twoOfEach, { device: 'Corstone-300', inputs });
    expect(files['device.mk']).toContain('mps3-an547');
    expect(Buffer.from(files.inputs as Uint8Array).readUInt32LE(0)).toBe(2);
    expect(files.expected).toEqual(exampleBytes(runProgram(twoOfEach, inputs).outputs, 2));
    expect(() => mcuProject(twoOfEach, { inputs: [new Int8Array(3)] })).toThrow(expect.objectContaining({ code: 'deploy/input' }));
  });
});

describe.skipIf(!tools)('runOnMcu (skipped where compiler or QEMU are missing)', () => {
  it.each(['STM32F412', 'STM32F746', 'Corstone-300'])('several inputs and outputs of several types, on %s', async device => {
    const run = await runOnMcu(twoOfEach, { device, inputs });
    expect(run.outputs).toEqual(runProgram(twoOfEach, inputs).outputs);
    expect(run.outputs[1]).toEqual(inputs[1]);
    expect(run.count).toBe(2);
    expect(run.machine).toMatch(/^mps[23]-an/);
  });

  it('counts by layer, and is the same each time', async () => {
    const told: string[] = [];
    const program = convolution();
    const run = await runOnMcu(program, { progress: (done, total) => told.push(`${done}/${total}`) });
    expect(told.at(0)).toMatch(/^0\//);
    expect(told.at(-1)).toMatch(/^(\d+)\/\1$/);
    expect(run.outputs).toEqual(runProgram(program, [new Int8Array(16 * 16 * 16)]).outputs);
    if (run.countedBy === 'clock') return;
    expect(run.layers).toHaveLength(1);
    expect(run.layers[0]).toMatchObject({ step: 0, op: 'conv2d', name: 'y', macs: 589_824 });
    expect(run.layers[0]?.perMac).toBeLessThan(2);
    expect(run.milliseconds).toBeGreaterThan(1);
    const sum = (kind: 'instructions' | 'products'): number => Object.values(run.functions).reduce((all, counts) => all + counts[kind], 0);
    expect(sum('instructions')).toBeCloseTo(run.instructions);
    expect(sum('products')).toBeGreaterThan(589_824);
    const again = await runOnMcu(program);
    expect(again).toEqual(run);
  });

  it('does not fit where the arena does not', async () => {
    const small = { name: 'small', core: 'cortex-m4' as const, sram: 8192, flash: 2 ** 20, clockHz: 1e8 };
    await expect(runOnMcu(convolution(), { device: small })).rejects.toMatchObject({
      code: 'mcu/does-not-fit',
      message: expect.stringMatching(
        /does not fit in small: it needs \d+ bytes of SRAM, \d+ more than its 8192\. The peak is step 0, conv2d "y": \d+ bytes, 4096 that it reads, 4096 that it writes, \d+ of its own\./,
      ),
      hint: expect.stringMatching(/searchPatches.*It may fit in STM32F412/),
    });
    await expect(runOnMcu(convolution(), { device: { ...small, sram: 2 ** 16, flash: 4096 } })).rejects.toMatchObject({
      message: expect.stringMatching(/bytes of flash.*The most constants are those of step 0, conv2d "y": \d+ bytes\./),
      hint: expect.not.stringContaining('searchPatches'),
    });
  });
});
