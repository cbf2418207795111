import { expect, it } from 'vitest';
import { lateDaysLeft } from '../../../../labs-grading/gradebook/policy/late-days.ts';
import { parseSettings } from '../../../../labs-grading/gradebook/policy/settings.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { freshCourse, handedIn, reportWith } from './samples.ts';

const perDay = { kind: 'points per day', points: 1 };
const settings = (lateDays: number) =>
  parseSettings(
    JSON.stringify({
      lateDays,
      labs: {
        three: { due: '2026-11-15T00:00:00Z', latePolicy: perDay },
        one: { due: '2026-11-01T00:00:00Z', latePolicy: perDay },
        two: { due: '2026-11-08T00:00:00Z', latePolicy: perDay, extensions: { cy: '2026-11-10T00:00:00Z' } },
      },
    }),
    'course.json',
  );

it('spends late days in the order in which labs are due', async () => {
  const book = await openGradebook(freshCourse());
  const hand = async (lab: string, student: string, submittedAt: string): Promise<void> => {
    const { id } = await book.addSubmission(handedIn(student, { lab, submittedAt }));
    const report = student === 'di' ? reportWith({ a: 0, b: 0 }) : reportWith({ a: 2, b: 3 });
    await book.addGrading({ submission: id, gradeKey: `${lab} ${student}`, finishedAt: submittedAt, wallMs: 1, report });
  };
  await hand('two', 'al', '2026-11-09T12:00:00Z');
  await hand('one', 'al', '2026-11-01T01:00:00Z');
  await hand('one', 'bo', '2026-11-05T00:00:00Z');
  await hand('two', 'cy', '2026-11-09T12:00:00Z');
  await hand('one', 'di', '2026-11-03T00:00:00Z');
  const left = async (lab: string, days = 3) => ['al', 'bo', 'cy', 'di', 'eve'].map(await lateDaysLeft(book, settings(days), lab));
  expect(await left('one')).toEqual([3, 3, 3, 3, 3]);
  expect(await left('two')).toEqual([2, 0, 3, 3, 3]);
  expect(await left('three')).toEqual([0, 0, 3, 3, 3]);
  expect(await left('three', 0)).toEqual([0, 0, 0, 0, 0]);
});
