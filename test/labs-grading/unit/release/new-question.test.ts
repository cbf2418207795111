import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { authorProblems } from '../../../../labs-grading/release/author-code.ts';
import { labFiles, loadQuestions } from '../../../../labs-grading/release/lab-files.ts';
import { withElement, withImports } from '../../../../labs-grading/release/new-question/insert.ts';
import { type QuestionKind, questionKinds } from '../../../../labs-grading/release/new-question/kinds.ts';
import { newQuestion } from '../../../../labs-grading/release/new-question/new-question.ts';
import { newLab } from '../../../../labs-grading/release/scaffold.ts';
import { staticProblems } from '../../../../labs-grading/release/static.ts';
import { labCells } from '../../../../labs-grading/release/student.ts';

const base = join(import.meta.dirname, '../../../../.tinylab/scratch');
mkdirSync(base, { recursive: true });
const scratch = mkdtempSync(join(base, 'new-question-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a new question', () => {
  const folder = newLab('04-more', scratch);
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('of every kind stands in every file, and nothing is wrong before anything runs', async () => {
    for (const kind of Object.keys(questionKinds) as QuestionKind[]) newQuestion(folder, `my-${kind}`, kind);
    const files = labFiles(folder);
    expect(await authorProblems(files)).toEqual([]);
    const questions = await loadQuestions(files);
    expect(questions.questions.map(({ id }) => id)).toEqual(['half', 'bytes', 'my-function', 'my-deliverable', 'my-choice']);
    expect(staticProblems(files, { cells: labCells(files), questions })).toEqual([]);
    const notebook = text('04-more.ipynb');
    for (const part of ['Seven questions, 26 points', '## 4 · My function (4 points)', '## 7 · My prose (4 points)'])
      expect(notebook).toContain(part);
    expect(text('lab.ts')).toMatch(/written="my-prose"[\s\S]*await checkAll\(\);\n$/);
  });

  it.each([
    ['an id that is none', 'My_Id', 'a question is called like fine-grained-prune'],
    ['a question that there is', 'half', 'there is a question or cell half'],
    ['a cell that there is', 'why', 'there is a question or cell why'],
  ])('refuses %s, and writes nothing', (_, id, message) => {
    const before = ['lab.ts', 'checks.ts', 'mutants.ts'].map(text);
    expect(() => newQuestion(folder, id, 'choice')).toThrow(message);
    expect(['lab.ts', 'checks.ts', 'mutants.ts'].map(text)).toEqual(before);
  });

  it('says which file has no place for it', () => {
    const other = newLab('05-odd', scratch);
    const mutants = readFileSync(join(other, 'mutants.ts'), 'utf8');
    writeFileSync(
      join(other, 'mutants.ts'),
      mutants.replace('export default [', 'export default [0].flatMap(() => [').replace('] satisfies', ']) satisfies'),
    );
    const before = readFileSync(join(other, 'checks.ts'), 'utf8');
    expect(() => newQuestion(other, 'more', 'choice')).toThrow(/05-odd\/mutants\.ts: its default export is no list/);
    expect(readFileSync(join(other, 'checks.ts'), 'utf8')).toBe(before);
  });
});

describe('what is inserted', () => {
  it('goes to the end of the list that is exported, however it is written', () => {
    for (const [text, start] of [
      ['export default [];', 'export default [\n  x,\n];'],
      ['export default [\n  a,\n  b,\n] satisfies T[];', 'export default [\n  a,\n  b,\n  x,\n] satisfies T[];'],
      ['const all: T[] = [...a, b];\nexport default all;', 'const all: T[] = [...a, b,\n  x,\n];\nexport default all;'],
      ["export default lab('n', [q], { staff: {} });", "export default lab('n', [q,\n  x,\n], { staff: {} });"],
    ])
      expect(withElement(text as string, 'x,')).toBe(start);
    expect(withElement('export const a = [];', 'x,')).toBeUndefined();
  });

  it('adds names to an import, in order and once', () => {
    expect(withImports("import { lab, type NDArray } from 'tinylab';\n", ['array', 'NDArray'])).toBe(
      "import { array, lab, type NDArray } from 'tinylab';\n",
    );
    expect(withImports("import type { NDArray } from 'tinylab';\n", ['array'])).toBeUndefined();
    expect(withImports('const a = 1;\n', [])).toBe('const a = 1;\n');
  });
});
