import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../labs-grading/base/project.ts';
import { type MutateOptions, mutateLab } from '../../labs-grading/mutate/mutate.ts';

mkdirSync(join(projectFolder, '.tinylab/scratch'), { recursive: true });
const scratch = mkdtempSync(join(projectFolder, '.tinylab/scratch/mutate-test-'));
let labs = 0;
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterAll(() => {
  for (let n = 1; n <= labs; n++) rmSync(join(projectFolder, `.tinylab/mutate/mutate-test-${n}`), { recursive: true, force: true });
});

const source = readFileSync(join(import.meta.dirname, 'fixtures/tiny-lab/lab.ts'), 'utf8').split('// %% [markdown] nbgrader')[0] as string;
const mark = (id: string, more: string): string => `// %% nbgrader={"grade_id": "${id}", "schema_version": 3, ${more}}\n`;

/** A lab of one question `root`, whose checks ask these numbers. */
function oneQuestion(answer: string, asked: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(scratch, `mutate-test-${++labs}`);
  cpSync(join(import.meta.dirname, 'fixtures/tiny-lab'), folder, { recursive: true, filter: path => !/\.(ts|ipynb)$/.test(path) });
  mkdirSync(folder, { recursive: true });
  const cell = `${mark('root', '"grade": false, "locked": false, "solution": true')}function root(n: number): number {\n  // ### BEGIN SOLUTION\n  ${answer}\n  // ### END SOLUTION\n}\n\n`;
  const check = `${mark('root-check', '"grade": true, "locked": true, "points": 2, "solution": false')}await check('root');\n`;
  const all = {
    'package.json': '{ "type": "module" }',
    'lab.ts': `${source}${cell}${check}`,
    'checks.ts': `import { lab, question } from 'tinylab';
export default lab('${folder.split('/').at(-1)}', [question('root', { points: 2, uses: ['root'] }, async q => {
  for (const n of ${asked}) q.equal(await q.call('root', n), Math.floor(Math.sqrt(n)), { known: [[n, 'Take the root.']] });
})]);`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  return folder;
}

const loop = 'let r = 0;\n  while ((r + 1) ** 2 <= n) r += 1;\n  return r;';
const many = '[25, 49, ...q.cases(5, rng => rng.int(1, 400))]';
const all: MutateOptions = { perOperator: 100 };

describe('checks that are measured', () => {
  it('catches what behaves otherwise, ends what hangs, and throws away what answers the same or does not compile', async () => {
    const figures = await mutateLab(oneQuestion(loop, many), all);
    expect(figures.passed).toEqual([]);
    expect(figures).toMatchObject({ caught: figures.total, byOutcome: [], accepted: [] });
    expect(figures.total).toBeGreaterThan(20);
    expect(figures.noProgram + figures.same).toBeGreaterThan(0);
    // One that hangs is told so, as the grader tells it.
    expect(figures.byOperator['dropped statement']?.hinted).toBeGreaterThan(0);
    expect(figures.unhinted.map(({ why }) => why)).not.toContain('time');
    expect(figures.byOperator['early return']?.caught).toBeGreaterThan(0);
  });

  it('names what weak checks let through, with its lines; survivors.json takes it out, with the reason', async () => {
    // One case a seed: with the one that marks, squares are not asked.
    const [answer, asked] = ['return Math.floor(Math.sqrt(n));', 'q.cases(1, rng => rng.int(1, 9))'];
    const figures = await mutateLab(oneQuestion(answer, asked), all);
    const [through] = figures.passed;
    expect(through).toMatchObject({ question: 'root', diff: expect.stringContaining('-   return Math.floor(Math.sqrt(n));') });
    const why = 'nobody asks for it, so it may pass';
    const accepting = oneQuestion(answer, asked, { 'survivors.json': JSON.stringify([{ ...through, why }]) });
    const after = await mutateLab(accepting, all);
    expect(after.accepted).toEqual([{ ...through, why }]);
    expect(after).toMatchObject({ total: figures.total - 1, passed: figures.passed.slice(1) });
  });

  it('marks nothing twice, and goes on after an interrupt', async () => {
    const lab = oneQuestion('return Math.floor(Math.sqrt(n));', many);
    const over = new AbortController();
    let marks = 0;
    const first = mutateLab(lab, {
      ...all,
      signal: over.signal,
      onMark: () => {
        if (++marks === 4) over.abort();
      },
    });
    await expect(first).rejects.toThrow('aborted');
    expect(marks).toBe(4);
    const whole = await mutateLab(lab, all);
    const begin = performance.now();
    expect(await mutateLab(lab, all)).toEqual(whole);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('refuses no right answer in another style, and says which one it would', async () => {
    const style = (name: string, body: string): object => ({
      question: 'root',
      name,
      answer: `function root(n: number): number { ${body} }`,
    });
    const styles = [style('in one expression', 'return Math.trunc(n ** 0.5);'), style('rounds', 'return Math.round(Math.sqrt(n));')];
    const lab = oneQuestion(loop, many, { 'styles.ts': `export default ${JSON.stringify(styles)};` });
    const figures = await mutateLab(lab, { perOperator: 0 });
    expect(figures.styles.total).toBe(2);
    expect(figures.styles.refused).toMatchObject([{ question: 'root', name: 'rounds', why: expect.stringContaining('expected') }]);
  });
});
