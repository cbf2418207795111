import { expect, it } from 'vitest';
import { countingGrading } from '../../../../labs-grading/gradebook/policy/lab-grades.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

it('an earlier grading stands for one that failed through our fault only under the same circumstances', async () => {
  const book = await openGradebook(freshCourse());
  try {
    const { id } = await book.addSubmission(handedIn('al'));
    const graded = { submission: id, finishedAt: at, wallMs: 1 };
    await book.addGrading({ ...graded, gradeKey: 'seed 1', report: reportWith({ a: 2, b: 3 }) });
    const failed = await book.addGrading({
      ...graded,
      gradeKey: 'seed 2',
      report: reportWith({ a: 0, b: 0 }, { notGradable: 'the machine' }),
    });
    expect((await countingGrading(book, { id }))?.id).toBe(failed.id);
    const again = await book.addGrading({ ...graded, gradeKey: 'seed 1', report: reportWith({ a: 0, b: 0 }, { notGradable: 'the disk' }) });
    const counts = await countingGrading(book, { id });
    expect(counts).toMatchObject({ gradeKey: 'seed 1', report: { score: 5 } });
    expect(counts?.id).not.toBe(again.id);
  } finally {
    await book.close();
  }
});
