import { AnswerRuns } from '../release/answer-runs.ts';
import { gradedLab } from '../release/lab-files.ts';
import { fullMarks } from '../release/outcome.ts';
import { studentNotebook } from '../release/student.ts';
import type { Workspace } from '../release/workspace.ts';
import { type Grader, openGrader } from '../run/grade-notebook.ts';
import type { Verdict } from './arena/messages.ts';
import type { LabToMutate } from './lab-to-mutate.ts';

/** The grader itself, in its sandboxes, for the few answers that get through in the arena: what is told to get through does so there too. */
export class Confirmation {
  readonly #lab: LabToMutate;
  readonly #folder: Workspace;
  #grader: Grader | undefined;

  /** `folder` holds what the lab's own answers have delivered. */
  constructor(lab: LabToMutate, folder: Workspace) {
    this.#lab = lab;
    this.#folder = folder;
  }

  /** Grades the notebook with this answer as the gate grades known wrong ones. */
  async verdict(question: string, answer: string): Promise<Verdict> {
    const { files } = this.#lab;
    this.#grader ??= openGrader(gradedLab(files, studentNotebook(files)));
    const [report] = await new AnswerRuns(this.#lab, this.#grader, this.#folder).grade({ [question]: answer }, [question]);
    if (!report) throw new Error(`The grader says nothing of ${question}.`);
    if (report.score >= fullMarks(report)) return { state: 'passed' };
    return { state: 'caught', by: 'check', why: `in the grader it gets ${report.score} of ${fullMarks(report)} (${report.state})` };
  }

  async close(): Promise<void> {
    await this.#grader?.close();
  }
}
