import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { which } from '../../scripts/setup/files.mjs';
import { debian, pathWith } from './kit/debian.ts';
import { project, scratchProject, startSetUp } from './kit/scratch.ts';

describe('the tools for microcontrollers', () => {
  const installs = (folder: string): string =>
    ['arm-none-eabi-gcc', 'qemu-system-arm'].map(name => `touch ${folder}/${name} && chmod +x ${folder}/${name}`).join('\n');
  const steps = ['mcu-packages'];

  test('are a remark with the one command where set-up may not install, and not a stop', async () => {
    const scratch = scratchProject({ PATH: pathWith({}) });
    const { code, output } = await startSetUp({ ...scratch, platform: 'linux-x64', superuser: false, steps }).ended;
    expect(output).toContain('Arm compiler is missing: compiling networks for microcontrollers will not work.');
    expect(output).toContain('QEMU is missing: running networks on an emulated microcontroller will not work.');
    expect(output).toMatch(/sudo apt-get install -y gcc-arm-none-eabi qemu-system-arm\n/);
    expect(code).toBe(0);
  });

  test('are installed as root, and only what is missing', async () => {
    const { options, asked } = debian(installs, steps);
    const { code, output } = await startSetUp(options).ended;
    expect(asked()).toMatch(/update\n.*install -y --no-install-recommends gcc-arm-none-eabi qemu-system-arm\n/);
    expect(output).not.toContain('missing');
    expect(code).toBe(0);
    const half = debian(installs, steps);
    writeFileSync(join(half.options.env.PATH as string, 'qemu-system-arm'), '#!/bin/sh\n', { mode: 0o755 });
    await startSetUp(half.options).ended;
    expect(half.asked()).toMatch(/recommends gcc-arm-none-eabi\n/);
  });

  test('are left alone with TINYLAB_NO_PACKAGES=1', async () => {
    const { options, asked } = debian(installs, steps);
    options.env.TINYLAB_NO_PACKAGES = '1';
    const { code, output } = await startSetUp(options).ended;
    expect(output).toContain('QEMU is missing');
    expect(asked()).toBe('');
    expect(code).toBe(0);
  });

  test('without a network: a remark, and one attempt', async () => {
    const { options, asked } = debian(() => 'echo "Temporary failure resolving"; exit 100', steps);
    const { code, output } = await startSetUp(options).ended;
    expect(output).toMatch(/QEMU is missing[\s\S]*apt-get install[\s\S]*the attempt failed/);
    expect(code).toBe(0);
    const once = asked();
    expect((await startSetUp(options).ended).output).toBe('DONE\n');
    expect(asked()).toBe(once);
  });
});

describe('the counter of instructions', () => {
  const dist = 'kernels/mcu/dist';
  function withSource(change: (text: string) => string, env: Record<string, string> = {}) {
    const scratch = scratchProject(env);
    mkdirSync(join(scratch.root, 'kernels/mcu/plugin'), { recursive: true });
    const text = readFileSync(join(project, 'kernels/mcu/plugin/count.c'), 'utf8');
    writeFileSync(join(scratch.root, 'kernels/mcu/plugin/count.c'), change(text));
    const made = (name: string): string => join(scratch.root, dist, name);
    return { options: { ...scratch, steps: ['mcu'] }, made };
  }
  const there = Boolean(which(['qemu-system-arm'], process.env.PATH ?? ''));

  test.skipIf(!there)('is built once and counts (skipped where QEMU is missing)', async () => {
    const { options, made } = withSource(text => text);
    const { code, output } = await startSetUp(options).ended;
    expect(output).not.toContain('does not');
    expect(code).toBe(0);
    expect(existsSync(made('count.so'))).toBe(true);
    expect((await startSetUp(options).ended).output).toBe('DONE\n');
  });

  test.skipIf(!there).each([
    ['does not compile', (text: string) => `${text}\nno C`],
    ['counts wrong', (text: string) => text.replace('run->of[INSTRUCTIONS]++', 'run->of[INSTRUCTIONS] += 2')],
  ])('that %s is left out with a remark, and tried again only when somebody asks', async (_, change) => {
    const { options, made } = withSource(change);
    const { code, output } = await startSetUp(options).ended;
    expect(output).toContain('It does not build or run here, so that instructions are counted for whole networks only.');
    expect(code).toBe(0);
    expect(existsSync(made('count.so'))).toBe(false);
    expect((await startSetUp(options).ended).output).toBe('DONE\n');
    copyFileSync(join(project, 'kernels/mcu/plugin/count.c'), join(options.root, 'kernels/mcu/plugin/count.c'));
    await startSetUp(options).ended;
    expect(existsSync(made('count.so'))).toBe(true);
    expect(existsSync(made('failure.txt'))).toBe(false);
  });

  test('waits for no emulator that does not end', async () => {
    const gcc = which(['g++'], process.env.PATH ?? '') as string;
    const qemu = 'case "$1" in --version) echo "QEMU emulator version 7.2";; *) exec /bin/sleep 600;; esac';
    const { options, made } = withSource(text => text, { PATH: `${pathWith({ 'qemu-system-arm': qemu })}:${dirname(gcc)}` });
    const { code, output } = await startSetUp(options).ended;
    expect(output).toContain('It does not build or run here');
    expect(code).toBe(0);
    expect(readFileSync(made('failure.txt'), 'utf8')).toContain('QEMU did not end within 20 s');
  });

  test('is not asked for where there is no emulator', async () => {
    const { options, made } = withSource(text => text, { PATH: pathWith({ 'g++': 'exit 1' }) });
    const { code, output } = await startSetUp(options).ended;
    expect(output).not.toContain('does not');
    expect(code).toBe(0);
    expect(existsSync(made('count.so'))).toBe(false);
  });
});
