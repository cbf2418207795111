import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runNetwork } from '../../../../lib/deploy/mcu/network.ts';
import { runProcess } from '../../../../lib/deploy/mcu/processes.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { LabError } from '../../../../lib/tensor/errors.ts';
import { root } from '../../../house/modules.ts';
import { board, smallNetwork } from './small-network.ts';

const tools = await mcuTools().catch(() => undefined);
const key = Symbol.for('tinylab.kernel');
const endless = smallNetwork({ extra: 'for (;;) __asm__ volatile("");' });

const folder = mkdtempSync(join(tmpdir(), 'tinylab-interrupts-'));
afterEach(() => {
  delete (globalThis as { [key]?: unknown })[key];
  rmSync(folder, { recursive: true, force: true });
});

/** Whether a process is there. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) throw new Error(`never happened: ${what}`);
    await setTimeout(25);
  }
}

describe('programs that are started', () => {
  it('end with what they started when they are late', async () => {
    const late = (): LabError => new LabError('mcu/late', 'late', '');
    mkdirSync(folder, { recursive: true });
    const script = `sleep 60 & echo $! > ${folder}/pid; wait`;
    await expect(runProcess('sh', ['-c', script], { deadline: { milliseconds: 300, late } })).rejects.toMatchObject({ code: 'mcu/late' });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await until('the second process ends', () => !alive(pid));
  });

  it('say how they ended, and what they printed up to a limit', async () => {
    expect(await runProcess('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await runProcess('sh', ['-c', 'kill -9 $$'])).toMatchObject({ code: 'SIGKILL' });
    const { stdout } = await runProcess('sh', ['-c', 'head -c 9000000 /dev/zero']);
    expect(stdout.length).toBeLessThan(1.2e6);
    await expect(runProcess('/no/such/program', [])).rejects.toThrow('ENOENT');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe.skipIf(!tools)('a network that runs (skipped where compiler or QEMU are missing)', () => {
  it('ends when the notebook interrupts its cell', async () => {
    const stop = new AbortController();
    (globalThis as { [key]?: unknown })[key] = { version: 1, signal: () => stop.signal };
    const run = runNetwork(endless, board, { inputs: new Uint8Array(16), count: 1 });
    globalThis.setTimeout(() => stop.abort(new Error('interrupted')), 500);
    await expect(run).rejects.toThrow('interrupted');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with its process by %s, and leaves no folder', async signal => {
    const tmp = join(folder, signal);
    mkdirSync(tmp, { recursive: true });
    const script = join(tmp, 'run.ts');
    const at = (path: string): string => JSON.stringify(join(root, path));
    writeFileSync(
      script,
      `import { runNetwork } from ${at('lib/deploy/mcu/network.ts')};
import { board, smallNetwork } from ${at('test/lib/deploy/mcu/small-network.ts')};
const source = smallNetwork({ extra: 'for (;;) __asm__ volatile("");' });
await runNetwork(source, board, { inputs: new Uint8Array(16), count: 1 });`,
    );
    const child = spawn(process.execPath, [script], { env: { ...process.env, TMPDIR: tmp }, stdio: 'ignore' });
    const ended = new Promise(resolve => child.once('close', (_, name) => resolve(name)));
    const made = (): string[] => readdirSync(tmp).filter(name => name.startsWith('tinylab-mcu-'));
    // QEMU has opened what it will write
    await until('QEMU runs', () => made().some(name => readdirSync(join(tmp, name)).includes('outputs')));
    child.kill(signal);
    expect(await ended).toBe(signal);
    expect(made()).toEqual([]);
  });
});
