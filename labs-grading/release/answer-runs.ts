import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNotebook } from '../../scripts/check/run-notebook.ts';
import { delivered } from '../../scripts/notebook/reader.mjs';
import type { Grader } from '../run/grade-notebook.ts';
import type { SubmissionReport } from '../run/submission-report.ts';
import { type Cell, markOf, runnable } from './cells.ts';
import type { LabFiles } from './lab-files.ts';
import { formatNotebook } from './nbformat.ts';
import { Workspace } from './workspace.ts';

/** Seed of all questions that a gate asks. */
export const gateSeed = 20_26_11;

/** Other answers than the lab's own: source of the answer cell by question. */
export type Answers = Readonly<Record<string, string>>;

/** Grades a lab's notebook with other answers in the place of its own, as a student's is graded. */
export class AnswerRuns {
  readonly #lab: { readonly files: LabFiles; readonly cells: readonly Cell[] };
  readonly #grader: Grader;
  readonly #own: Workspace;

  /** `own` holds what the lab's own answers have delivered. */
  constructor(lab: { readonly files: LabFiles; readonly cells: readonly Cell[] }, grader: Grader, own: Workspace) {
    this.#lab = lab;
    this.#grader = grader;
    this.#own = own;
  }

  /** What the checks, hidden cases included, say of these questions with these answers. */
  async grade(answers: Answers, only: readonly string[]): Promise<SubmissionReport['questions']> {
    const cells = this.#lab.cells.map(cell => {
      const answer = answers[markOf(cell)?.grade_id ?? ''];
      return answer === undefined ? cell : { ...cell, source: answer };
    });
    const folder = await this.#delivered(cells, Object.values(answers));
    try {
      const { questions } = await this.#grader.grade({
        notebook: formatNotebook(cells),
        seed: gateSeed,
        hidden: true,
        deliverables: folder.folder,
        only,
      });
      return questions;
    } finally {
      if (folder !== this.#own) folder.remove();
    }
  }

  /** What the notebook hands in: answers that deliver run in a kernel of their own, beside the solution's other results. */
  async #delivered(cells: readonly Cell[], answers: readonly string[]): Promise<Workspace> {
    const names = answers.flatMap(delivered);
    if (names.length === 0) return this.#own;
    const workspace = new Workspace(this.#lab.files.folder);
    if (existsSync(this.#own.deliverables)) cpSync(this.#own.deliverables, workspace.deliverables, { recursive: true });
    for (const file of names.flatMap(name => [`${name}.json`, `${name}.safetensors`]))
      rmSync(join(workspace.deliverables, file), { force: true });
    const hooks = { deliverables: workspace.deliverables, saved: true, fill: true, staff: true };
    const first: Cell = {
      type: 'code',
      metadata: {},
      source: `import { setCheckHooks } from 'tinylab/grading';\nsetCheckHooks(${JSON.stringify(hooks)});`,
    };
    await runNotebook(runnable([first, ...cells.filter(cell => !markOf(cell)?.grade)]), workspace.folder);
    return workspace;
  }
}
