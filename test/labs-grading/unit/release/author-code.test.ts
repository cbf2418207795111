import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { problemLine } from '../../../../labs-grading/base/problem.ts';
import { authorProblems } from '../../../../labs-grading/release/author-code.ts';
import { labFiles } from '../../../../labs-grading/release/lab-files.ts';
import { newLab } from '../../../../labs-grading/release/scaffold.ts';

const base = join(import.meta.dirname, '../../../../.tinylab/scratch');
mkdirSync(base, { recursive: true });
const scratch = mkdtempSync(join(base, 'author-code-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let made = 0;
/** What is said of a new lab in which one file is another. */
async function said(file: string, from: string, to: string): Promise<string[]> {
  const folder = newLab(`${made++}-lab`, scratch);
  const path = join(folder, file);
  const text = from === '' ? '' : readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, from === '' ? to : text.replace(from, to));
  return (await authorProblems(labFiles(folder))).map(problem => problemLine(problem).replaceAll(/\S*author-code-\w+\/\d+-lab\//g, ''));
}

it.each([
  ['checks.ts', "title: 'A choice'", 'title: 3', ['checks.ts:20: TS2322: ']],
  ['checks.ts', 'q.equal(', 'q.equal((', ['checks.ts:17: TS1005: ']],
  ['hidden.ts', 'q.call(', 'q.cal(', ['hidden.ts:5: TS2551: ']],
  ['mutants.ts', "hint: 'Those", "hnt: 'Those", ['mutants.ts:13: TS2561: ']],
  ['styles.ts', '', "import './none.ts';\n", ['styles.ts:1: TS2882: ']],
  ['checks.ts', 'const times', "if (Math) throw new Error('boom');\nconst times", ['boom [load]']],
  ['hidden.ts', 'export default', "if (Math) throw new Error('boom');\nexport default", ['boom [load]']],
  [
    'checks.ts',
    'export default',
    'export const lab0 =',
    ["checks.ts: it should say: export default lab('NAME', [question(…), …]) [export]"],
  ],
  ['hidden.ts', 'half: async', 'haf: async', ['hidden.ts:4: the lab has no question "haf"; known are: half, bytes [question]']],
  [
    'mutants.ts',
    "question: 'bytes'",
    "question: 'bites'",
    ['mutants.ts:13: the lab has no question "bites"; known are: half, bytes [question]'],
  ],
  ['rubric.json', '', '{', ['rubric.json: not JSON: ']],
  ['rubric.json', '', '{ "questions": { "why": 3 } }', ['rubric.json: questions.why: ']],
  ['migrations.json', '', '[{ "from": 1 }]', ['migrations.json: 0.from: ']],
])('%s with an error: %s → %s', async (...[file, from, to, expected]) => {
  expect(await said(file, from, to)).toEqual(expected.map(text => expect.stringContaining(text)));
});

it('names the line that threw', async () => {
  // vite moves lines by one now and then; Node does not.
  const [line] = await said('checks.ts', 'const times', "if (Math) throw new Error('boom');\nconst times");
  expect(line).toMatch(/^checks\.ts:[34]: boom \[load\]$/);
});

it('is told by the command, too, where the lab does not even load', () => {
  const folder = newLab(`${made++}-lab`, scratch);
  const path = join(folder, 'checks.ts');
  writeFileSync(path, readFileSync(path, 'utf8').replace('const times', "if (Math) throw new Error('boom');\nconst times"));
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../../../labs-grading/cli.ts'), 'release', folder, '--check'],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(/checks\.ts:3: boom \[load\]\n\d+-lab: refused, 1 problem\n$/);
  expect(status).toBe(1);
});

it('says nothing of a lab without errors', async () => {
  expect(await said('checks.ts', 'You multiplied by two.', 'You doubled.')).toEqual([]);
});
