import { join } from 'node:path';

/** Where a course keeps what it collects and grades. Everything but the database can be read with ordinary tools. */
export interface Course {
  readonly folder: string;
  readonly database: string;
  /** `id,name,email,section,canvas,sis,login,moodle,blackboard,gradescope`; only `id` is needed. */
  readonly roster: string;
  /** Due dates, late policies, extensions and question policies by lab. */
  readonly settings: string;
  submissions(lab: string, student?: string): string;
  feedback(lab: string): string;
  exports(lab: string): string;
}

/** Name of the course folder where `--course` names no other. */
export const defaultCourse = 'course';

/** The places of a course in `folder`; nothing is made. */
export function courseIn(folder: string): Course {
  const lab = (kind: string, id: string): string => join(folder, kind, id);
  return {
    folder,
    database: join(folder, 'gradebook.sqlite'),
    roster: join(folder, 'roster.csv'),
    settings: join(folder, 'course.json'),
    submissions: (id, student) => (student === undefined ? lab('submissions', id) : join(lab('submissions', id), student)),
    feedback: id => lab('feedback', id),
    exports: id => lab('exports', id),
  };
}
