import { expect, it } from 'vitest';
import { lateDaysLeft } from '../../../../labs-grading/gradebook/policy/late-days.ts';
import { parseSettings } from '../../../../labs-grading/gradebook/policy/settings.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/store.ts';
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

it('spends late days in the order in which labs are due', () => {
  const book = openGradebook(freshCourse());
  const hand = (lab: string, student: string, submittedAt: string): void => {
    const { id } = book.addSubmission(handedIn(student, { lab, submittedAt }));
    const report = student === 'di' ? reportWith({ a: 0, b: 0 }) : reportWith({ a: 2, b: 3 });
    book.addGrading({ submission: id, gradeKey: `${lab} ${student}`, finishedAt: submittedAt, wallMs: 1, report });
  };
  hand('two', 'al', '2026-11-09T12:00:00Z');
  hand('one', 'al', '2026-11-01T01:00:00Z');
  hand('one', 'bo', '2026-11-05T00:00:00Z');
  hand('two', 'cy', '2026-11-09T12:00:00Z');
  hand('one', 'di', '2026-11-03T00:00:00Z');
  const left = (lab: string, days = 3) => ['al', 'bo', 'cy', 'di', 'eve'].map(lateDaysLeft(book, settings(days), lab));
  expect(left('one')).toEqual([3, 3, 3, 3, 3]);
  expect(left('two')).toEqual([2, 0, 3, 3, 3]);
  expect(left('three')).toEqual([0, 0, 3, 3, 3]);
  expect(left('three', 0)).toEqual([0, 0, 0, 0, 0]);
});
