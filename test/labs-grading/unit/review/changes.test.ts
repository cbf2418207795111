import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { Changes } from '../../../../labs-grading/review/changes.ts';
import type { AnswerRow, Update } from '../../../../labs-grading/review/messages.ts';
import { Review } from '../../../../labs-grading/review/review.ts';
import { type ReviewClass, reviewClass } from '../../fixtures/review-class.ts';

let cls: ReviewClass;
let review: Review;
let changes: Changes;
let told: Update[];
const first = async (): Promise<AnswerRow> => (await review.rows('why'))[0] as AnswerRow;
const edit = { grader: 'cy', items: ['noise'], adjustment: 0, comment: '', revision: 0 };

beforeEach(async () => {
  cls = await reviewClass([
    { id: 'ada', why: 'Noise.' },
    { id: 'bo', why: 'Why not.' },
  ]);
  review = new Review(cls, { blind: false, grader: 'bo' });
  changes = new Changes(review, 3_600_000);
  told = [];
  await changes.watch('why', 'page 1', update => told.push(update));
  told.length = 0;
});
afterEach(async () => {
  changes.close();
  await cls.end();
});

it('tells what another program graded in the same course, once, and only what changed', async () => {
  await changes.look();
  expect(told).toEqual([]);
  const other = await openGradebook(cls.course);
  await other.putManual({ lab: 'words', student: 'ada', question: 'why', ...edit });
  await other.close();
  await changes.look();
  await changes.look();
  expect(told).toEqual([{ rows: [await first()] }]);
  expect(await first()).toMatchObject({ score: 3, grade: { grader: 'cy' } });
});

it('tells what an editor did to rubric.json, with the scores that it moved; a broken file changes nothing', async () => {
  await review.save('why', (await first()).key, edit);
  await changes.look();
  told.length = 0;
  const text = readFileSync(cls.rubricFile, 'utf8');
  writeFileSync(cls.rubricFile, text.slice(0, 40));
  await changes.look();
  expect(told).toEqual([]);
  writeFileSync(cls.rubricFile, text.replace('-2', '-4'));
  await changes.look();
  expect(told).toEqual([{ rows: [await first()], rubric: review.rubric('why') }]);
  expect((await first()).score).toBe(1);
});

it('tells the others of a question where each grader is, until the page is closed', async () => {
  const others: Update[] = [];
  const elsewhere: Update[] = [];
  const leave = await changes.watch('why', 'page 2', update => others.push(update));
  await changes.watch('half', 'page 3', update => elsewhere.push(update));
  elsewhere.length = 0;
  changes.here({ page: 'page 2', grader: 'cy', key: 'k' });
  expect(told.at(-1)).toEqual({ rows: [], here: [{ page: 'page 2', grader: 'cy', key: 'k' }] });
  expect(others.at(-1)).toEqual({ rows: [], here: [] });
  leave();
  expect(told.at(-1)).toEqual({ rows: [], here: [] });
  expect(elsewhere).toEqual([]);
});
