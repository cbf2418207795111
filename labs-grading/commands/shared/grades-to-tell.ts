import { GraderError } from '../../base/grader-error.ts';
import type { LabGrades } from '../../gradebook/records.ts';
import { calledIn } from '../../lab/labs.ts';
import type { OpenedLab } from './opened-course.ts';

/** Grades that leave the course: the published ones, or those of this moment when a draft is asked for. @throws GraderError `gradebook/refused` */
export async function gradesToTell({ book, lab, grades }: OpenedLab, draft = false): Promise<{ grades: LabGrades; draft: boolean }> {
  if (draft) return { grades: await grades(), draft };
  const published = await book.published(lab.id);
  if (published) return { grades: published, draft };
  const next = `npx tinylab publish ${calledIn(lab)} publishes the present grades; --draft shows them as they are.`;
  throw new GraderError('gradebook/refused', `Nothing of ${lab.id} is published.`, next);
}
