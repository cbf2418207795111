import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { labIn } from '../../labs-grading/lab/labs.ts';
import { feedbackOf } from '../../labs-grading/report/feedback/feedback.ts';
import { feedbackPage } from '../../labs-grading/report/feedback/page.ts';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import { type Answers, cells, notebook, solutions } from './fixtures/mini-lab/notebook.ts';
import { labOf, studentWith } from './unit/report/samples.ts';

const grader = openGrader(labIn(join(import.meta.dirname, 'fixtures/mini-lab'), 'mini-lab'), { ahead: false });
afterAll(() => grader.close());

const grade = (answers: Answers) => grader.grade({ notebook: notebook(cells({ ...solutions, ...answers })), seed: 1 });

it('a report says that hidden inputs have met the code, and feedback then shows nothing that it answered later', async () => {
  const report = await grade({
    add: 'const seen: number[] = [];\nfunction add(a: number, b: number): number {\n  seen.push(a, b);\n  return a + b;\n}',
    scale: "function scale(x: number[], by: number): number[] {\n  throw new Error('seen: ' + seen);\n}",
  });
  expect(report.questions.map(({ question, exposed }) => [question, exposed])).toEqual([
    ['add', true],
    ['relu', false],
    ['scale', false],
    ['answer', false],
  ]);
  expect(JSON.stringify(report), 'the code has kept the hidden inputs').toContain('-7,1000');
  const questions = report.questions.map(({ points, ...question }) => ({ ...question, maximum: points, automatic: question.score }));
  const student = studentWith('ada', questions);
  const grading = { ...(student.grading as NonNullable<typeof student.grading>), report };
  const page = feedbackPage(feedbackOf(labOf([student]), { ...student, grading }));
  expect(page).toContain('scale(');
  expect(page).not.toMatch(/seen|-7/);
});
