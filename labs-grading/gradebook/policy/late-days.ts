import type { Store } from '../store/contract.ts';
import { latePenalty } from './late.ts';
import { type CourseSettings, extensionOf, labSettings, submissionThatCounts } from './settings.ts';

/**
 * Late days that students have left for a lab. They are spent in the order in which labs are due; a submission that earned nothing spends
 * none.
 */
export async function lateDaysLeft(book: Store, course: CourseSettings, lab: string): Promise<(student: string) => number> {
  const spent = new Map<string, number>();
  const left = (student: string): number => Math.max(0, course.lateDays - (spent.get(student) ?? 0));
  const due = labSettings(course, lab).due;
  if (course.lateDays === 0 || due === undefined) return () => course.lateDays;
  const before = Object.entries(course.labs)
    .flatMap(([id, settings]) => (settings.due !== undefined && id !== lab ? [{ id, settings, due: settings.due }] : []))
    .filter(other => Date.parse(other.due) < Date.parse(due))
    .sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
  for (const { id, settings } of before) {
    for (const [student, submissions] of Map.groupBy(await book.submissions(id), one => one.student)) {
      const submission = submissionThatCounts(submissions, settings);
      const report = submission && (await book.grading(submission.id))?.report;
      if (!submission || !report) continue;
      const extension = extensionOf(settings, student);
      const points = { score: report.score, maximum: report.points, lateDaysLeft: left(student) };
      const when = { due: settings.due, submitted: submission.submittedAt, ...(extension !== undefined && { extension }) };
      const { lateDaysUsed } = latePenalty(settings.latePolicy, { ...points, ...when });
      spent.set(student, (spent.get(student) ?? 0) + lateDaysUsed);
    }
  }
  return left;
}
