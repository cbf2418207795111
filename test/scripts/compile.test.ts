import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy } from 'tinylab';
import { expect, test } from 'vitest';
import { which } from '../../scripts/setup/files.mjs';
import { project, scratchFolder } from './kit/scratch.ts';

/** Eight numbers that a dense layer sums up, divides by four, and stores in 8 bits. */
const program: deploy.Program = {
  name: 'sum */ \u001b[2J',
  tensors: [
    { name: 'x', shape: [1, 8], type: 'int8', quantization: { scale: [0.5], zeroPoint: [1] } },
    { name: 'w', shape: [1, 8], type: 'int8', data: new Int8Array(8).fill(1), quantization: { scale: [1], zeroPoint: [0] } },
    { name: 'y', shape: [1, 1], type: 'int8', quantization: { scale: [2], zeroPoint: [0] } },
  ],
  steps: [
    {
      op: 'dense',
      inputs: [0, 1, -1],
      outputs: [2],
      attributes: { inputZeroPoint: 1, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [-1], outputZeroPoint: 0, low: -128, high: 127 },
    },
  ],
  inputs: [0],
  outputs: [2],
};

function folder() {
  const at = scratchFolder();
  writeFileSync(join(at, 'sum.tflite'), deploy.writeTflite(program));
  deploy.saveProgram(program, join(at, 'own'));
  const tinylab = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'scripts/tinylab.mjs'), ...args], {
      cwd: at,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  return { at, tinylab };
}

test('compile writes a project, and nothing over what is there', () => {
  const { at, tinylab } = folder();
  const { status, stdout } = tinylab('compile', 'own', '--device', 'STM32F412', '--out', 'made');
  expect(status).toBe(0);
  expect(stdout).toMatch(/for STM32F412: \d+ files in made/);
  expect(stdout).not.toContain('\u001b');
  for (const file of ['Makefile', 'device.mk', 'network/network.c', 'board/start.c', 'inputs', 'expected'])
    expect(existsSync(join(at, 'made', file)), file).toBe(true);
  expect(readFileSync(join(at, 'made/device.mk'), 'utf8')).toContain('-mcpu=cortex-m4');
  const again = tinylab('compile', 'own', '--out', 'made');
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('--force');
  const forced = tinylab('compile', 'own', '--out', 'made', '--force', '--json');
  expect(JSON.parse(forced.stdout)).toMatchObject({ device: 'STM32F746', folder: 'made', macs: 8 });
  expect(readFileSync(join(at, 'made/device.mk'), 'utf8')).toContain('-mcpu=cortex-m7');
  expect(JSON.parse(forced.stdout)).toMatchObject({ layers: 1, layersOf16Bits: 0 });
  expect(tinylab('compile', 'own', '--out', 'made', '--force', '--weight-bits', 'auto').stdout).toContain(
    'Weights of 1 of 1 layers have 16 bits.',
  );
  expect(tinylab('compile', 'own', '--out', 'made', '--force', '--weight-bits', '4').stderr).toContain('Give 8, 16 or auto.');
});

test('compile says what is wrong', () => {
  const { tinylab } = folder();
  expect(tinylab('compile', 'own').stderr).toContain('--out FOLDER');
  expect(tinylab('compile', 'own', '--out', 'own.json').stderr).toContain('no folder');
  expect(tinylab('compile', 'own', '--out', 'made', '--device', 'STM32X').stderr).toContain('STM32F746');
  expect(tinylab('compile', 'none', '--out', 'made').stderr).toContain('none.json');
  expect(tinylab('compile', 'own', '--out', 'made', '--real').stderr).toContain('no option --real');
  expect(tinylab('compile', '--help').stdout).toContain('make run');
});

const tools = ['make', 'arm-none-eabi-gcc', 'qemu-system-arm'].every(name => which([name], process.env.PATH ?? ''));
test.skipIf(!tools)('the project builds and computes the bytes of runProgram (skipped without make, compiler or QEMU)', () => {
  const { at, tinylab } = folder();
  expect(tinylab('compile', 'sum.tflite', '--out', 'made').status).toBe(0);
  const make = (...args: string[]) =>
    execFileSync('make', args, { cwd: join(at, 'made'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  expect(make('-j2', 'run')).toContain('The same bytes as expected.');
  // what has not changed is not built again, and what a network before left behind not at all
  writeFileSync(join(at, 'made/network/step_77_gone.c'), 'this is no C');
  expect(tinylab('compile', 'sum.tflite', '--out', 'made', '--force').status).toBe(0);
  expect(make('build/network.elf')).toContain('up to date');
  writeFileSync(join(at, 'made/network/network_ops.h'), `${readFileSync(join(at, 'made/network/network_ops.h'), 'utf8')}// other\n`);
  const built = make('run').match(/-c \S+/g);
  expect(built).toEqual(expect.arrayContaining(['-c network/step_00_dense.c']));
  expect(built).not.toContain('-c board/start.c');
  expect(readFileSync(join(at, 'made/build/outputs')).length).toBe(3);
  writeFileSync(join(at, 'made/expected'), 'abc');
  expect(() => make('run')).toThrow();
  expect(make('size')).toMatch(/text/);
});
