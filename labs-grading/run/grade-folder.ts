import { availableParallelism } from 'node:os';
import { groupDriver, sweepGroups } from './cgroup.ts';
import type { QuestionFacts } from './checker-messages.ts';
import { sweepCopies } from './deliverables.ts';
import { type Grader, openGrader, type SubmissionReport, unasked } from './grade-notebook.ts';
import { maximumNotebookBytes, notebookOf, Refused, readRegular, type Student, studentsIn } from './intake.ts';
import type { GradedLab } from './labs.ts';
import type { Limits } from './limits.ts';
import { studentSeed } from './seed.ts';

export interface StudentResult {
  readonly student: string;
  readonly report: SubmissionReport;
  readonly wallMs: number;
}

export interface FolderOptions {
  readonly lab: GradedLab;
  /** One folder per student. */
  readonly submissions: string;
  readonly seed: number;
  readonly workers?: number;
  readonly full?: boolean;
  readonly limits?: Partial<Limits>;
  /** Called after each student; `total` counts all of them. */
  readonly onResult?: (result: StudentResult, total: number) => void;
  /** No further student is begun once this fires; those under way are finished. */
  readonly drain?: AbortSignal;
}

export interface FolderResult {
  readonly questions: readonly QuestionFacts[];
  /** Sorted by student, whatever order they were graded in. */
  readonly results: readonly StudentResult[];
  readonly interrupted: boolean;
}

/** Grades every student of a folder, several at a time. What happens to one changes nothing for the others. */
export async function gradeFolder(options: FolderOptions): Promise<FolderResult> {
  await Promise.all([sweepGroups(groupDriver()), sweepCopies()]);
  const students = studentsIn(options.submissions);
  const queue = [...students];
  const results: StudentResult[] = [];
  const count = Math.max(1, Math.min(options.workers ?? availableParallelism(), students.length));
  const graders = Array.from({ length: count }, (_, slot) => openGrader(options.lab, { limits: options.limits, slot }));
  const work = async (grader: Grader): Promise<void> => {
    for (let student = queue.shift(); student && !options.drain?.aborted; student = queue.shift()) {
      const result = await gradeStudent(grader, student, options);
      results.push(result);
      options.onResult?.(result, students.length);
    }
  };
  try {
    const questions = await (graders[0] as Grader).questions();
    await Promise.all(graders.map(work));
    results.sort((a, b) => (a.student < b.student ? -1 : 1));
    return { questions, results, interrupted: results.length < students.length };
  } finally {
    await Promise.all(graders.map(grader => grader.close()));
  }
}

async function gradeStudent(grader: Grader, student: Student, options: FolderOptions): Promise<StudentResult> {
  const start = performance.now();
  const seed = studentSeed(options.seed, options.lab.id, student.id);
  const read = readNotebook(student, options.lab);
  const report =
    'refused' in read
      ? refusedReport(options.lab, await grader.questions(), read.refused)
      : await grader.grade({ notebook: read.text, deliverables: student.folder, seed, full: options.full });
  return { student: student.id, report, wallMs: performance.now() - start };
}

function readNotebook(student: Student, lab: GradedLab): { text: string } | { refused: string } {
  const path = notebookOf(student, `${lab.id}.ipynb`);
  if (path === undefined) return { refused: `no notebook ${lab.id}.ipynb` };
  try {
    return { text: readRegular(path, maximumNotebookBytes).toString('utf8') };
  } catch (error) {
    if (error instanceof Refused) return { refused: `the notebook was refused: ${error.message}` };
    throw error;
  }
}

function refusedReport(lab: GradedLab, questions: readonly QuestionFacts[], detail: string): SubmissionReport {
  return {
    lab: lab.id,
    points: questions.reduce((sum, question) => sum + question.points, 0),
    score: 0,
    questions: questions.map(question => unasked(question, 'not run')),
    cells: [],
    anomalies: [{ kind: 'unreadable', about: '', detail }],
    figures: { cpuMs: 0, compileCpuMs: 0, peakBytes: 0, sandboxes: 0 },
    degraded: false,
  };
}
