import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createContext } from '../../../scripts/setup/context.mjs';
import { createProgress } from '../../../scripts/setup/progress.mjs';
import { setUp } from '../../../scripts/setup/set-up.mjs';
import { steps as realSteps } from '../../../scripts/setup/steps.mjs';
import { scratchFolder } from '../kit/scratch.ts';

const source = fileURLToPath(import.meta.url);

/** A scratch project, a record of what ran, and steps made from small functions. */
function scene() {
  const root = scratchFolder();
  const ran: string[] = [];
  const lines: string[] = [];
  const stream = { isTTY: false, columns: 80, write: (text: string) => lines.push(text) };
  const step = (name: string, needs: string[] = [], work: (context: { root: string }) => unknown = () => undefined) => ({
    name,
    title: `Step ${name}`,
    source,
    needs,
    inputs: ({ root: folder }: { root: string }) => [read(join(folder, 'input'))],
    outputs: ({ root: folder }: { root: string }) => [join(folder, `${name}.out`)],
    async run(context: { root: string }) {
      ran.push(name);
      const remark = await work(context);
      writeFileSync(join(context.root, `${name}.out`), '');
      return remark;
    },
  });
  const go = async (steps: object[], signal?: AbortSignal) => {
    ran.length = 0;
    await setUp(createContext({ root, env: { HOME: root, XDG_CACHE_HOME: join(root, '../cache') }, signal }), {
      steps,
      progress: createProgress(stream as never),
    });
    return [...ran];
  };
  return { root, step, go, ran, printed: () => lines.join('') };
}

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

test('every step runs once, after those it needs; a second run does nothing and says nothing', async () => {
  const { step, go, printed } = scene();
  const steps = [step('a'), step('b', ['a']), step('c', ['a', 'b'])];
  expect(await go(steps)).toEqual(['a', 'b', 'c']);
  const said = printed();
  expect(said).toMatch(/✔ Step a +\d+\.\d s\n/);
  expect(await go(steps)).toEqual([]);
  expect(printed()).toBe(said);
});

test('a changed input, a lost output and a lost stamp each bring the work back', async () => {
  const { root, step, go } = scene();
  const steps = [step('a')];
  await go(steps);
  writeFileSync(join(root, 'input'), 'new');
  expect(await go(steps)).toEqual(['a']);
  rmSync(join(root, 'a.out'));
  expect(await go(steps)).toEqual(['a']);
  rmSync(join(root, '.tinylab/stamps/a.json'));
  expect(await go(steps)).toEqual(['a']);
  writeFileSync(join(root, '.tinylab/stamps/a.json'), '{"key"');
  expect(await go(steps)).toEqual(['a']);
});

test('steps that do not need each other run side by side', async () => {
  const { step, go } = scene();
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(30);
    inside--;
  };
  await go([step('a', [], work), step('b', [], work)]);
  expect(most).toBe(2);
});

test('a failure stops only what needs it; the rest is stamped and not done again', async () => {
  const { step, go, ran } = scene();
  let broken = true;
  const fails = step('a', [], () => {
    if (broken) throw new Error('no luck');
  });
  const steps = [fails, step('needs a', ['a']), step('other', [], () => sleep(20))];
  await expect(go(steps)).rejects.toMatchObject({ code: 'setup/failed', mend: 'npm run setup' });
  expect(ran).toEqual(['a', 'other']);
  broken = false;
  expect(await go(steps)).toEqual(['a', 'needs a']);
});

test('a stop between steps keeps what is finished', async () => {
  const { step, go, ran } = scene();
  const stopper = new AbortController();
  const steps = [step('a', [], () => stopper.abort()), step('b', ['a'])];
  await expect(go(steps, stopper.signal)).rejects.toMatchObject({ name: 'Stopped' });
  expect(ran).toEqual(['a']);
  expect(await go(steps)).toEqual(['b']);
});

test('errors of the system become named faults', async () => {
  const cases = [
    ['ENOSPC', 'disk/full'],
    ['EROFS', 'project/read-only'],
    ['ENOTFOUND', 'network/unreachable'],
  ] as const;
  for (const [code, name] of cases) {
    const { step, go } = scene();
    const fails = step('a', [], () => {
      throw Object.assign(new Error('refused'), { code });
    });
    await expect(go([fails])).rejects.toMatchObject({ code: name });
  }
});

test('what may not be written is told apart: project, cache, another tool', async () => {
  const cases = [
    ['lib/dist', 'project/read-only', 'git clone'],
    ['../cache/tinylab/downloads', 'cache/read-only', 'XDG_CACHE_HOME='],
    ['../npm-cache', 'permission/denied', 'sudo chown'],
  ] as const;
  for (const [path, name, mend] of cases) {
    const { root, step, go } = scene();
    const fails = step('a', [], () => {
      throw Object.assign(new Error('npm ended with 243'), { output: `npm error EACCES: permission denied, mkdir '${join(root, path)}'` });
    });
    await expect(go([fails])).rejects.toMatchObject({ code: name, mend: expect.stringContaining(mend) });
  }
});

test('a remark is shown with the step', async () => {
  const { step, go, printed } = scene();
  await go([step('a', [], () => 'grading will not work')]);
  expect(printed()).toMatch(/Step a .*\n {4}grading will not work\n/);
});

test('a finished project may be read-only: nothing is locked or written', async () => {
  const { root, step, go } = scene();
  await go([step('a')]);
  mkdirSync(join(root, '.tinylab/setup.lock'));
  expect(await go([step('a')])).toEqual([]);
});

test('the real steps name only steps that come before them', () => {
  const seen = new Set<string>();
  for (const { name, needs, title } of realSteps as { name: string; needs: string[]; title: string }[]) {
    expect(needs.filter(need => !seen.has(need))).toEqual([]);
    expect(title.length).toBeLessThan(44);
    seen.add(name);
  }
  expect(seen.size).toBe(14);
});
