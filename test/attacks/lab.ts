import { join } from 'node:path';
import type { GradedLab } from '../../labs-grading/lab/labs.ts';
import { type Cell, notebook } from '../labs-grading/fixtures/mini-lab/notebook.ts';

/** Values of the hidden case; whoever can read one of them has seen what is hidden. */
export const hiddenValues: readonly string[] = ['7310977', '8190127', '879150'];

/** Points of each question. */
export const points = { add: 2, scale: 3, answer: 2, numbers: 3 } as const;
export type QuestionId = keyof typeof points;
export type Answers = Readonly<Partial<Record<QuestionId, string>>>;

const stubs: Readonly<Record<QuestionId, string>> = {
  add: 'function add(a: number, b: number): number {\n  throw new Error("not implemented");\n}',
  scale: 'function scale(x: number[], by: number): number[] {\n  throw new Error("not implemented");\n}',
  answer: 'const answer = 0;',
  numbers: 'const numbers = 0;',
};

/** Right answers. */
export const solutions: Readonly<Record<QuestionId, string>> = {
  add: 'function add(a: number, b: number): number {\n  return a + b;\n}',
  scale: 'function scale(x: number[], by: number): number[] {\n  return x.map(v => v * by);\n}',
  answer: 'const answer = 42;',
  numbers: "const numbers = await deliver('numbers', () => [1, 2, 3]);",
};

/** Everything right except `add`, which is as it was handed out. */
export const withoutAdd: Answers = { ...solutions, add: stubs.add };

/** The cells of the lab's notebook with these answers; the rest are stubs. */
export function cells(answers: Answers = {}): Cell[] {
  const answer = (id: QuestionId): Cell => ({ id, source: answers[id] ?? stubs[id], mark: { grade: false, solution: true } });
  const check = (id: QuestionId): Cell => ({
    id: `${id}-check`,
    source: `await check('${id}');`,
    mark: { grade: true, solution: false, points: points[id] },
  });
  return [
    { id: 'title', type: 'markdown', source: '# Attack lab' },
    { id: 'imports', source: "import { check, deliver } from 'tinylab';" },
    ...(Object.keys(points) as QuestionId[]).flatMap(id => [answer(id), check(id)]),
  ];
}

/** Text of the notebook with these answers. */
export const notebookWith = (answers: Answers): string => notebook(cells(answers));

/** The right content of `deliverables/numbers.json`. */
export const rightNumbers: string = JSON.stringify({
  format: 'tinylab deliverable',
  version: 1,
  value: { kind: 'list', items: [1, 2, 3] },
});

export const attackLab: GradedLab = {
  id: 'attack-lab',
  pristine: notebook(cells()),
  checks: join(import.meta.dirname, 'lab/checks.ts'),
  hidden: join(import.meta.dirname, 'lab/hidden.ts'),
};
