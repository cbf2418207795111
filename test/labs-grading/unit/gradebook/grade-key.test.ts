import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answersKey, type Circumstances, circumstancesKey, isDone } from '../../../../labs-grading/gradebook/grading/grade-key.ts';
import { packages, runnerVersion } from '../../../../labs-grading/gradebook/grading/runner-version.ts';
import { labContent } from '../../../../labs-grading/lab/content.ts';
import { labIn } from '../../../../labs-grading/lab/labs.ts';
import { defaultLimits } from '../../../../labs-grading/run/limits.ts';
import { type Cell, cells, notebook, solutions } from '../../fixtures/mini-lab/notebook.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-key-'));
afterAll(() => rmSync(root, { recursive: true }));
const pristine = notebook(cells());
const [none, some] = [join(root, 'none'), join(root, 'some')];
mkdirSync(join(some, 'deliverables'), { recursive: true });
writeFileSync(join(some, 'deliverables/net.json'), '{}');

const key = (answers: readonly Cell[], folder = none): string => answersKey({ pristine }, notebook(answers), folder);
const right = cells(solutions);

describe('the key of answers', () => {
  it('is the same whoever wrote them and whatever else the notebook holds', () => {
    const scratch: Cell = { id: 'scratch', source: 'console.log(1)' };
    expect(key([...right, scratch])).toBe(key(right));
    const outputs = notebook(right).replaceAll('"outputs":[]', '"outputs":[{"output_type":"stream","name":"stdout","text":"x"}]');
    expect(answersKey({ pristine }, outputs, none)).toBe(key(right));
  });

  it('differs by every answer, every byte that was handed in, and what is odd', () => {
    const edited = right.map(cell => (cell.id === 'add-check' ? { ...cell, source: 'pass();' } : cell));
    const keys = [
      key(right),
      key(cells()),
      key(cells({ ...solutions, answer: 'const answer = 42; // mine' })),
      key(right, some),
      key(edited),
      key([...right, right[2] as Cell]),
      answersKey({ pristine }, 'no notebook', none),
      answersKey({ pristine }, { refused: 'it is a symbolic link' }, none),
    ];
    writeFileSync(join(some, 'deliverables/net.json'), '{ }');
    keys.push(key(right, some));
    symlinkSync('/etc/passwd', join(some, 'deliverables/more.json'));
    keys.push(key(right, some));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('differs by answers that stand under the names of an older version', () => {
    const [from, to] = ['1'.repeat(16), '2'.repeat(16)];
    const migrations = [{ from, to, renamed: { plus: 'add' }, added: [], dropped: [], points: {}, deliverables: {} }];
    const pinned = (text: string, version: string): string =>
      text.replace('"metadata":{', `"metadata":{"tinylab":{"version":"${version}"},`);
    const lab = { pristine: pinned(pristine, to), migrations };
    const older = (add: string): string => {
      const renamed = cells({ ...solutions, add }).map(cell => (cell.id === 'add' ? { ...cell, id: 'plus' } : cell));
      return answersKey(lab, pinned(notebook(renamed), from), none);
    };
    expect(older(solutions.add)).not.toBe(older('function add() { return 0; }'));
  });
});

describe('the key of circumstances', () => {
  it('differs by each of them', () => {
    const base: Circumstances = { lab: 'a', runner: 'r', limits: defaultLimits, seed: 1, full: false };
    const changes: Partial<Circumstances>[] = [
      { lab: 'b' },
      { runner: 's' },
      { limits: { ...defaultLimits, pids: 1 } },
      { seed: 2 },
      { full: true },
    ];
    expect(new Set([{}, ...changes].map(change => circumstancesKey({ ...base, ...change }))).size).toBe(6);
    const turned = Object.fromEntries(Object.entries(defaultLimits).reverse()) as unknown as typeof defaultLimits;
    expect(circumstancesKey({ ...base, limits: turned })).toBe(circumstancesKey(base));
    expect(runnerVersion()).toMatch(/^[0-9a-f]{16}$/);
    expect(packages).toEqual(expect.arrayContaining(['assemblyscript', 'binaryen', '@tensorflow/tfjs-node', 'typescript']));
  });

  it('says what need not be graded again', () => {
    expect(isDone('now.answers', 'now')).toBe(true);
    expect(isDone('now.answers.confirm-2-3', 'now')).toBe(true);
    expect(isDone('now.answers.only-q', 'now')).toBe(false);
    expect(isDone('then.answers', 'now')).toBe(false);
    expect(isDone('now.answers', 'now', 'confirm-2-3')).toBe(false);
    expect(isDone('now.answers.confirm-2-3', 'now', 'confirm-2-3')).toBe(true);
  });
});

describe('the content of a lab', () => {
  it('is what it asks: not its comments, but all that its checks import', async () => {
    const folder = join(root, 'mini-lab');
    cpSync(join(import.meta.dirname, '../../fixtures/mini-lab'), folder, { recursive: true });
    const [checks, hidden] = ['checks.ts', 'hidden.ts'].map(file => readFileSync(join(folder, file), 'utf8')) as [string, string];
    const content = (): Promise<string> => labContent(labIn(folder, 'mini-lab'));
    const before = await content();
    writeFileSync(join(folder, 'checks.ts'), `// Said again.\n\n${checks}`);
    expect(await content()).toBe(before);
    const seen = new Set([before]);
    const change = async (file: string, text: string): Promise<void> => {
      writeFileSync(join(folder, file), text);
      seen.add(await content());
    };
    await change('checks.ts', checks.replace('42', '41'));
    await change('hidden.ts', hidden.replace('993', '994'));
    writeFileSync(join(folder, 'bar.ts'), 'export const bar = 42;');
    await change('checks.ts', `import { bar } from './bar.ts';\n${checks.replace('42', 'bar')}`);
    await change('bar.ts', 'export const bar = 43;');
    await change('mini-lab.ipynb', readFileSync(join(folder, 'mini-lab.ipynb'), 'utf8').replace('Mini lab', 'Mini lab, second edition'));
    writeFileSync(
      join(folder, 'migrations.json'),
      JSON.stringify([{ from: '1'.repeat(16), to: '2'.repeat(16), renamed: { plus: 'add' } }]),
    );
    seen.add(await content());
    expect(seen.size).toBe(7);
  });
});
