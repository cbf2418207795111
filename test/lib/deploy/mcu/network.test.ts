import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFolder, trimBuilt } from '../../../../lib/deploy/mcu/built-files.ts';
import { coreMachines, type McuCore } from '../../../../lib/deploy/mcu/cores.ts';
import { runNetwork } from '../../../../lib/deploy/mcu/network.ts';
import { setMcuReporter } from '../../../../lib/deploy/mcu/report.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { board, smallExpected, smallNetwork } from './small-network.ts';

const tools = await mcuTools().catch(() => undefined);
const count = 5;
const inputs = Int8Array.from({ length: 16 * count }, (_, i) => ((i * 37) % 256) - 128);
const options = { inputs: new Uint8Array(inputs.buffer), count };
const numbers = (bytes: Uint8Array): number[] => Array.from({ length: bytes.length / 4 }, (_, i) => Buffer.from(bytes).readInt32LE(i * 4));
const expected = [...smallExpected(inputs)];

const before = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, TMPDIR: process.env.TMPDIR };
let cache = '';
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'tinylab-mcu-test-'));
  mkdirSync(join(cache, 'tmp'));
  Object.assign(process.env, { XDG_CACHE_HOME: cache, TMPDIR: join(cache, 'tmp') });
});
afterAll(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(cache, { recursive: true, force: true });
});
describe.skipIf(!tools)('a network on an emulated microcontroller (skipped where compiler or QEMU are missing)', () => {
  it.each(Object.keys(coreMachines) as McuCore[])('computes the same on %s', async core => {
    const { outputs, stackBytes, build } = await runNetwork(smallNetwork(), { ...board, core }, options);
    expect(numbers(outputs)).toEqual(expected);
    expect(stackBytes).toBeGreaterThan(32);
    expect(stackBytes).toBeLessThan(1024);
    expect(build.text).toBeGreaterThan(500);
    expect(build.bss).toBeGreaterThanOrEqual(64);
    expect(build.functions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['step_00_copy', 'step_01_dense', 'network_run', 'main']),
    );
  });

  it.skipIf(!tools?.counter)('counts instructions by step, what a step calls included, and the same ones each time', async () => {
    const run = await runNetwork(smallNetwork(), board, options);
    const of = (step: string): number =>
      (run.functions ?? []).reduce((sum, counted) => sum + (counted.step === step ? counted.instructions : 0), 0);
    expect(of('step_01_dense')).toBeGreaterThan(count * 16);
    expect(of('step_00_copy') + of('step_01_dense') + of('network_run')).toBe(run.instructions);
    expect(run.functions?.filter(({ step, name }) => step === 'step_00_copy' && name === 'memcpy')).toHaveLength(1);
    expect(run.functions?.filter(({ name }) => /main|file_|reset/.test(name))).toEqual([]);
    expect((await runNetwork(smallNetwork(), board, options)).functions).toEqual(run.functions);
  });

  it.skipIf(!tools?.counter)('counts with the clock what it counts by function', async () => {
    // long enough that ticks of 40 instructions are few beside it
    const source = smallNetwork({ extra: 'for (volatile int i = 0; i < 100000; i++) continue;' });
    const exact = await runNetwork(source, board, options);
    const clock = await runNetwork(source, board, { ...options, countFunctions: false });
    expect(clock.functions).toBeUndefined();
    expect(clock.outputs).toEqual(exact.outputs);
    expect(clock.instructions / exact.instructions).toBeCloseTo(1, 3);
  });

  it('refuses what does not fit, with the memory and the bytes', async () => {
    const large = smallNetwork({ variables: 'char large[400000];', extra: 'large[0]++;' });
    // the arena, the rest of the program's variables and the least stack are there too
    await expect(runNetwork(large, board, options)).rejects.toMatchObject({
      code: 'mcu/does-not-fit',
      message: expect.stringMatching(/STM32F746: it needs 40\d{4} bytes of SRAM, 7\d{4} more than its 327680/),
    });
    const constants = smallNetwork({
      variables: 'const volatile char constants[1100000] = {1};',
      extra: 'if (constants[arena[0] & 15]) arena[1]++;',
    });
    await expect(runNetwork(constants, board, options)).rejects.toMatchObject({
      code: 'mcu/does-not-fit',
      message: expect.stringMatching(/ bytes of flash/),
    });
  });

  const faults: readonly (readonly [what: string, extra: string, message: RegExp])[] = [
    ['memory that is not there', '*(volatile int *)0x90000000u = 1;', /in network_run: .*(must not|there is no memory).*0x90000000/],
    [
      'SRAM that the board has and the device has not',
      'extern char _stack_top[]; ((volatile char *)_stack_top)[arena[0] & 0] = 1;',
      /must not/,
    ],
    ['a constant', '*(volatile int8_t *)weights = 2;', /it read or wrote where it must not/],
    ['code in SRAM', '((void (*)(void))((uintptr_t)arena | 1))();', /execute/],
    ['a division by zero', 'volatile int zero = 0; arena[0] = 77 / zero;', /divided by zero/],
    ['an unknown instruction', '__asm__ volatile("udf #0");', /unknown/],
  ];
  // the memory protection unit of the M55 is of another kind
  const told = [
    ...faults.map(fault => ({ core: 'cortex-m7' as const, fault, what: fault[0] })),
    ...faults.slice(1, 4).map(fault => ({ core: 'cortex-m55' as const, fault, what: fault[0] })),
  ];
  it.each(told)('tells a fault on $core: $what', async ({ core, fault: [, extra, message] }) => {
    await expect(runNetwork(smallNetwork({ extra }), { ...board, core }, options)).rejects.toMatchObject({
      code: 'mcu/fault',
      message: expect.stringMatching(message),
    });
  });

  it('tells a stack that grew over the variables', async () => {
    const variables =
      'static int deep(int n) { volatile char frame[4000]; frame[n & 15] = n; return n == 0 ? 0 : deep(n - 1) + frame[n & 15]; }';
    const small = { ...board, sram: 32_768 };
    const source = smallNetwork({ variables, extra: 'arena[0] += deep(arena[1] == 99 ? 0 : 9);' });
    await expect(runNetwork(source, small, options)).rejects.toMatchObject({ code: 'mcu/fault', message: expect.stringMatching(/stack/) });
    const { stackBytes } = await runNetwork(source, board, options);
    expect(stackBytes).toBeGreaterThan(40_000);
    expect(stackBytes).toBeLessThan(50_000);
  });

  it('ends what does not end, and what is interrupted, with nothing left', async () => {
    const endless = smallNetwork({ extra: 'for (;;) __asm__ volatile("");' });
    await expect(runNetwork(endless, board, { ...options, deadlineMs: 300 })).rejects.toMatchObject({ code: 'mcu/endless' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 300);
    await expect(runNetwork(endless, board, { ...options, signal: stop.signal })).rejects.toThrow('stopped');
    await expect(runNetwork(endless, board, { ...options, signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    const alive = execFileSync('ps', ['-eo', 'ppid,comm'], { encoding: 'utf8' })
      .split('\n')
      .filter(line => line.trim().startsWith(`${process.pid} `));
    expect(alive.filter(line => /qemu|arm-none/.test(line))).toEqual([]);
  });

  it('says what the compiler says', async () => {
    await expect(runNetwork(smallNetwork({ extra: 'no C at all;' }), board, options)).rejects.toMatchObject({
      code: 'mcu/compile',
      message: expect.stringMatching(/network\.c does not compile[\s\S]*no C at all/),
    });
    await expect(runNetwork({ files: { '../network.h': '' } }, board, options)).rejects.toMatchObject({ code: 'mcu/source' });
    await expect(runNetwork(smallNetwork(), { ...board, sram: 2 ** 30 }, options)).rejects.toMatchObject({ code: 'mcu/device' });
    await expect(runNetwork(smallNetwork(), { ...board, core: 'cortex-a72' as McuCore }, options)).rejects.toMatchObject({
      code: 'mcu/device',
    });
  });

  it('says that inputs are too short', async () => {
    await expect(runNetwork(smallNetwork(), board, { ...options, count: count + 1 })).rejects.toMatchObject({
      code: 'mcu/emulator',
    });
  });

  it('compiles a file once, keeps it within a limit, and two runs at once do not disturb each other', async () => {
    const source = smallNetwork({ variables: 'int once = 1;', extra: 'arena[15] += once - 1;' });
    const [first, second] = await Promise.all([runNetwork(source, board, options), runNetwork(source, board, options)]);
    expect(numbers(first.outputs)).toEqual(expected);
    expect(numbers(second.outputs)).toEqual(expected);
    const third = await runNetwork(source, board, options);
    expect(third.build.compiled).toBe(0);
    expect(readdirSync(builtFolder()).every(name => /^[0-9a-f]{64}\.o$/.test(name))).toBe(true);
    trimBuilt(3000);
    expect(readdirSync(builtFolder()).length).toBeLessThan(4);
    expect((await runNetwork(source, board, options)).build.compiled).toBeGreaterThan(0);
  });

  it('builds a changed file alone, and what reads a changed header', async () => {
    const parts = (value: number, shared: number) => ({
      files: {
        ...smallNetwork({ variables: 'int part(void);', extra: 'arena[15] += part() - part();' }).files,
        'shared.h': `#define SHARED ${shared}\n`,
        'part.c': `#include "shared.h"\nint part(void) { return ${value} + SHARED; }\n`,
      },
    });
    const compiled = async (value: number, shared: number) => (await runNetwork(parts(value, shared), board, options)).build.compiled;
    await compiled(11, 1);
    expect(await compiled(12, 1)).toBe(1);
    expect(await compiled(12, 2)).toBe(1);
    expect(await compiled(11, 1)).toBe(0);
  });

  it('tells how far it is, and the end, also of what fails', async () => {
    const heard: string[] = [];
    const before = setMcuReporter(() => ({
      building: (done, total) => void heard.push(`building ${done === total}`),
      running: (done, total) => void heard.push(`running ${done} of ${total}`),
      end: () => void heard.push('end'),
    }));
    try {
      const slow = smallNetwork({ extra: 'for (volatile int i = 0; i < 30000000; i++) continue;' });
      await runNetwork(slow, board, { ...options, outputBytes: 4 });
      expect(heard.filter(text => text === 'building true')).toHaveLength(1);
      expect(heard).toContain(`running 0 of ${count}`);
      expect(heard.slice(-2)).toEqual([`running ${count} of ${count}`, 'end']);
      expect(heard.some(text => /running [1-4] of/.test(text))).toBe(true);
      heard.length = 0;
      await expect(runNetwork(smallNetwork({ extra: 'no C at all;' }), board, options)).rejects.toThrow();
      expect(heard.at(-1)).toBe('end');
    } finally {
      setMcuReporter(before);
    }
  });

  it('works with a cache folder that cannot be', async () => {
    process.env.XDG_CACHE_HOME = '/dev/null';
    const { outputs } = await runNetwork(smallNetwork(), board, options).finally(() => {
      process.env.XDG_CACHE_HOME = cache;
    });
    expect(numbers(outputs)).toEqual(expected);
  });

  it('leaves no folders behind', () => expect(readdirSync(tmpdir())).toEqual([]));
});
