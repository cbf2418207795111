import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { machinePlaces } from '../../labs-grading/run/cgroup.ts';
import { type Kit, openKit } from '../../labs-grading/run/kit.ts';
import { type Prepared, SandboxAhead } from '../../labs-grading/run/prepared-sandbox.ts';
import type { Sandbox } from '../../labs-grading/run/sandbox.ts';

const opened: Sandbox[] = [];
const real = openKit({ slot: 9 });
/** A kit that remembers what it opened. */
const kit: Kit = {
  ...real,
  open: (...args) => {
    const sandbox = real.open(...args);
    opened.push(sandbox);
    return sandbox;
  },
};
const ahead = new SandboxAhead(kit);
const taken: Prepared[] = [];
const take = async (): Promise<Prepared> => {
  const prepared = await ahead.take();
  taken.push(prepared);
  return prepared;
};
const end = async ({ sandbox }: Prepared): Promise<void> => sandbox.close();

/** The value of an expression in a sandbox, run as a cell. */
async function evaluate({ sandbox }: Prepared, expression: string): Promise<unknown> {
  // What the converter makes of `const value = …`.
  const output = `const value = (${expression});\nfunction __tinylab__bindings() { return { __proto__: null, value: [() => value] }; }`;
  const cell = { diagnostics: [], map: [], awaits: false, modules: [], hints: [], output };
  const ran = await sandbox.ask({ op: 'run', cell, name: 'cell[1]', source: expression }, 10_000);
  expect(ran).toEqual({ ok: true, value: { done: true } });
  const reply = await sandbox.ask({ op: 'read', name: 'value' }, 10_000);
  return reply.ok ? reply.value : reply.fault;
}

const userOf = ({ sandbox }: Prepared): number => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${sandbox.pid}/status`, 'latin1'))?.[1]);
const folders = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith(`tinylab-handed-in-${process.pid}-`));

afterEach(async () => {
  await Promise.all([ahead.close(), ...taken.splice(0).map(end)]);
});

describe('the sandbox that stands ready', () => {
  it('is another one each time: nothing of one is in the next', async () => {
    ahead.prepare();
    const first = await take();
    ahead.prepare();
    const mark = "globalThis.mark = require('node:fs').writeFileSync('/tmp/mark', '') ?? 1";
    expect(await evaluate(first, mark)).toBe(1);
    const second = await take();
    expect(second.sandbox.pid).not.toBe(first.sandbox.pid);
    expect(second.folder).not.toBe(first.folder);
    const traces = "[typeof globalThis.mark, require('node:fs').readdirSync('/tmp').includes('mark')].join()";
    expect(await evaluate(first, traces)).toBe('number,true');
    expect(await evaluate(second, traces)).toBe('undefined,false');
  });

  it('sees what is handed in later, and cannot change it or leave its folder', async () => {
    ahead.prepare();
    const prepared = await take();
    const list = "require('node:fs').readdirSync('/lab/deliverables').join()";
    const refusal = (call: string): string => `(() => { try { ${call}; return 'done'; } catch (error) { return error.code; } })()`;
    const fs = "require('node:fs')";
    const refused = /^(EROFS|EACCES|EBUSY|EXDEV)$/;
    expect(await evaluate(prepared, list)).toBe('');
    const attempts = [
      `${fs}.writeFileSync('/lab/deliverables/own.json', '')`,
      `${fs}.symlinkSync('/etc', '/lab/deliverables/link.json')`,
      `${fs}.mkdirSync('/lab/deliverables/folder')`,
      `${fs}.renameSync('/lab/deliverables', '/lab/other')`,
    ];
    for (const call of attempts) expect(await evaluate(prepared, refusal(call))).toMatch(refused);
    writeFileSync(join(prepared.folder, 'model.json'), '{}');
    expect(await evaluate(prepared, list)).toBe('model.json');
    expect(await evaluate(prepared, refusal(`${fs}.appendFileSync('/lab/deliverables/model.json', 'x')`))).toMatch(refused);
    expect(await evaluate(prepared, refusal(`${fs}.unlinkSync('/lab/deliverables/model.json')`))).toMatch(refused);
    expect(await evaluate(prepared, `${fs}.existsSync('/lab/deliverables/../../${prepared.folder}')`)).toBe(false);
    expect(readdirSync(prepared.folder)).toEqual(['model.json']);
  });

  it('is replaced when it dies before anyone has it, also while it is prepared', async () => {
    ahead.prepare();
    process.kill(opened.at(-1)?.pid as number, 'SIGKILL');
    const first = await take();
    expect(await evaluate(first, '1 + 1')).toBe(2);
    ahead.prepare();
    const doomed = opened.at(-1) as Sandbox;
    await expect.poll(() => doomed.cpuMs(), { timeout: 20_000 }).toBeGreaterThan(1);
    process.kill(doomed.pid as number, 'SIGKILL');
    await doomed.death;
    const second = await take();
    expect(second.sandbox).not.toBe(doomed);
    expect(await evaluate(second, '1 + 1')).toBe(2);
  });

  it('is made at once where none was prepared', async () => {
    expect(await evaluate(await take(), '40 + 2')).toBe(42);
  });

  it.runIf(process.getuid?.() === 0)('takes turns with one other user', async () => {
    const users: number[] = [];
    for (let i = 0; i < 4; i++) {
      const prepared = await take();
      ahead.prepare();
      users.push(userOf(prepared));
      await end(prepared);
    }
    expect(new Set(users).size).toBe(2);
    expect(users[0]).not.toBe(users[1]);
  });

  it('leaves no process, group or folder when it is not used', async () => {
    const before = folders();
    ahead.prepare();
    const unused = opened.at(-1) as Sandbox;
    await ahead.close();
    expect(unused.gone).toBe(true);
    expect(folders()).toEqual(before);
    const parents = machinePlaces()
      .mounts.split('\n')
      .map(line => line.split(' '))
      .filter(([, , type]) => type?.startsWith('cgroup'))
      .flatMap(([, folder]) => readdirSync(folder as string));
    expect(parents.filter(name => name.startsWith(`tinylab-${process.pid}-`))).toEqual([]);
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    expect(children.filter(pid => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('bwrap'))).toEqual([]);
  });
});
