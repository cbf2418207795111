import type { LabReport } from 'tinylab';
import { checkAllCell } from '../../scripts/check/check-notebook.ts';
import { runNotebook } from '../../scripts/check/run-notebook.ts';
import { delivered } from '../../scripts/notebook/reader.mjs';
import { GraderError } from '../base/grader-error.ts';
import type { Problem } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import type { Mutant } from '../lab/mutant.ts';
import { type Grader, openGrader } from '../run/grade-notebook.ts';
import type { SubmissionReport } from '../run/submission-report.ts';
import { AnswerRuns, gateSeed } from './answer-runs.ts';
import { authorProblems } from './author-code.ts';
import { cellName, markOf, runnable } from './cells.ts';
import { gradedLab, type LabFiles, labFiles, loadQuestions, loadStyles } from './lab-files.ts';
import { leaningQuestions } from './lone-answers.ts';
import { missingToolProblems } from './missing-tools.ts';
import { loadMutants } from './mutants.ts';
import { neededCells } from './needed-cells.ts';
import { fullMarks, missed, scores } from './outcome.ts';
import { staleLibrary } from './stale-library.ts';
import { type Material, staticProblems } from './static.ts';
import { cleared, labCells, solved } from './student.ts';
import { type RefusedStyle, refusedStyles } from './styles.ts';
import { Workspace } from './workspace.ts';

/** What became of a known wrong answer. */
export interface MutantResult {
  readonly question: string;
  readonly name: string;
  readonly score: number;
  readonly caught: boolean;
  /** Hint of the item that caught it. */
  readonly hint?: string;
}

/** What the gate found. A lab may go out when `problems` is empty. */
export interface GateReport {
  readonly lab: string;
  /** The only question that was asked; absent where all were. */
  readonly question?: string;
  readonly ok: boolean;
  readonly points: number;
  readonly problems: readonly Problem[];
  /** Scores of the solution in the sandbox, and in the kernel's own checks. */
  readonly solution?: { readonly score: number; readonly inNotebook?: number; readonly questions: Readonly<Record<string, number>> };
  readonly stub?: { readonly score: number; readonly questions: Readonly<Record<string, number>> };
  readonly mutants: readonly MutantResult[];
  /** Right answers in other styles, and those that were refused. */
  readonly styles?: { readonly total: number; readonly refused: readonly RefusedStyle[] };
  readonly restartAndRunAllMs?: number;
  readonly slowestCell?: { readonly cell: string; readonly wallMs: number };
}

export interface GateOptions {
  /** Called with what is done now. */
  readonly onStep?: (step: string) => void;
  /** Longest restart-and-run-all, in milliseconds. */
  readonly limitMs?: number;
  /** Ask this question only, with the cells that it needs: quick, while one is written. Such a lab is not let out. */
  readonly question?: string;
}

/** Asks everything that must hold before a lab goes out. What needs no run is asked first; with problems there, nothing runs. */
export async function gate(lab: string, options: GateOptions = {}): Promise<GateReport> {
  const files = labFiles(lab);
  const cells = labCells(files);
  const stale = staleLibrary();
  const wrong = stale.length > 0 ? stale : await authorProblems(files);
  if (wrong.length > 0) return { lab: files.id, ok: false, points: 0, problems: wrong, mutants: [] };
  const questions = await loadQuestions(files);
  const problems = [...staticProblems(files, { cells, questions }), ...(await missingToolProblems(files, { questions }))];
  const points = questions.questions.reduce((sum, question) => sum + question.points, 0);
  if (problems.length > 0) return { lab: files.id, ok: false, points, problems, mutants: [] };
  if (options.question === undefined) return new Gate({ files, cells, questions, points }, options).run();
  const asked = questions.questions.find(({ id }) => id === options.question);
  if (!asked) throw unknownQuestion(files, options.question, questions);
  const styles = (await loadStyles(files)).filter(({ question }) => question === asked.id).map(({ answer }) => answer);
  const needed = new Set(neededCells(asked.id, cells, styles));
  const own = cells.filter(cell => needed.has(cell) || markOf(cell)?.grade_id === `${asked.id}-check`);
  return new Gate({ files, cells: own, questions, points: asked.points }, options).runOne(asked.id);
}

function unknownQuestion({ checks }: LabFiles, question: string, { questions }: Material['questions']): GraderError {
  const known = questions.map(({ id }) => id).join(', ');
  return new GraderError('lab/problems', [
    { rule: 'question', file: shown(checks), message: `there is no question ${JSON.stringify(question)}; known are: ${known}` },
  ]);
}

class Gate {
  readonly #lab: Material & { readonly files: LabFiles; readonly points: number };
  readonly #options: GateOptions;
  readonly #problems: Problem[] = [];
  readonly #workspace: Workspace;
  readonly #grader: Grader;
  readonly #runs: AnswerRuns;
  readonly #file: string;

  constructor(lab: Material & { files: LabFiles; points: number }, options: GateOptions) {
    this.#lab = lab;
    this.#options = options;
    this.#file = shown(lab.files.source);
    this.#workspace = new Workspace(lab.files.folder);
    this.#grader = openGrader(gradedLab(lab.files, cleared(lab.cells)));
    this.#runs = new AnswerRuns(lab, this.#grader, this.#workspace);
  }

  async run(): Promise<GateReport> {
    const { files, points } = this.#lab;
    try {
      const { inNotebook, ...times } = await this.#restartAndRunAll();
      const solution = { ...(await this.#solution()), inNotebook };
      const stub = await this.#stub();
      const graded = (notebook: string, only: readonly string[]) => this.#grade(notebook, this.#workspace.folder, only);
      for (const { question, message } of await leaningQuestions(this.#lab, solution.questions, graded))
        this.#refuse('alone', question, message);
      const mutants: MutantResult[] = [];
      for (const mutant of await loadMutants(files)) mutants.push(await this.#mutant(mutant));
      const styles = await this.#styles();
      const problems = this.#problems;
      return { lab: files.id, ok: problems.length === 0, points, problems, solution, stub, mutants, styles, ...times };
    } finally {
      await this.#grader.close();
      this.#workspace.remove();
    }
  }

  /** One question, with the cells that it needs. What it hands in is made in a kernel first. */
  async runOne(question: string): Promise<GateReport> {
    const { files, points, cells } = this.#lab;
    try {
      const delivers = cells.some(({ source }) => delivered(source).length > 0);
      const onCell = (cell: string): void => this.#step(`what is handed in: ${cell}`);
      const run = delivers
        ? await runNotebook(runnable(cells.filter(cell => !markOf(cell)?.grade)), this.#workspace.folder, { onCell })
        : undefined;
      if (run?.failed) this.#refuse('run all', run.failed.cell, run.failed.message);
      const solution = await this.#solution();
      const stub = await this.#stub();
      const mutants: MutantResult[] = [];
      for (const mutant of await loadMutants(files)) if (mutant.question === question) mutants.push(await this.#mutant(mutant));
      const styles = await this.#styles();
      const problems = this.#problems;
      return { lab: files.id, question, ok: problems.length === 0, points, problems, solution, stub, mutants, styles };
    } finally {
      await this.#grader.close();
      this.#workspace.remove();
    }
  }

  /** The questions that are asked; undefined: all. */
  get #asked(): readonly string[] | undefined {
    const { question } = this.#options;
    return question === undefined ? undefined : [question];
  }

  /** The solution in the real kernel, with its own checks at the end. It leaves the deliverables that grading reads. */
  async #restartAndRunAll(): Promise<{ inNotebook: number; restartAndRunAllMs: number; slowestCell: { cell: string; wallMs: number } }> {
    const { cells } = this.#lab;
    const { limitMs = 300_000 } = this.#options;
    const onCell = (cell: string): void => this.#step(`restart and run all: ${cell}`);
    const run = await runNotebook([...runnable(cells), checkAllCell], this.#workspace.folder, { onCell });
    const { failed, wallMs, slowest } = run;
    if (failed) this.#refuse('run all', failed.cell, failed.message);
    if (wallMs > limitMs)
      this.#refuse(
        'run all',
        slowest.cell,
        `takes ${Math.round(wallMs / 1000)} s, limit ${limitMs / 1000} s; this cell ${Math.round(slowest.wallMs / 1000)} s`,
      );
    const report = failed ? undefined : (JSON.parse(run.lastOutput) as LabReport);
    if (report) this.#refuseShort('the solution in the notebook', report.questions);
    return {
      inNotebook: report?.score ?? 0,
      restartAndRunAllMs: Math.round(wallMs),
      slowestCell: { cell: slowest.cell, wallMs: Math.round(slowest.wallMs) },
    };
  }

  async #solution(): Promise<{ score: number; questions: Record<string, number> }> {
    this.#step('the solution in the sandbox');
    const report = await this.#grade(solved(this.#lab.cells), this.#workspace.folder, this.#asked);
    this.#refuseShort('the solution in the sandbox', report.questions);
    for (const { question, parts, ...worth } of report.questions) {
      const points = fullMarks(worth);
      const sum = parts.reduce((total, part) => total + part.points, 0);
      if (parts.length > 0 && sum !== points)
        this.#refuse('points', question, `its parts have ${sum} points together, the question ${points}`);
    }
    return scores(report);
  }

  async #stub(): Promise<{ score: number; questions: Record<string, number> }> {
    this.#step('the untouched notebook');
    const report = await this.#grade(cleared(this.#lab.cells), undefined, this.#asked);
    for (const { question, score, state } of report.questions) {
      if (score > 0) this.#refuse('stub', question, `the untouched notebook gets ${score} points`);
      if (state === 'not gradable') this.#refuse('stub', question, 'the untouched notebook makes the question not gradable');
    }
    return scores(report);
  }

  async #mutant(mutant: Mutant): Promise<MutantResult> {
    const { question, name, answer, hint } = mutant;
    this.#step(`known wrong answer: ${question}, ${name}`);
    const [found] = await this.#runs.grade({ [question]: answer }, [question]);
    const score = found?.score ?? 0;
    const item = found?.items.find(({ passed, hint: told }) => !passed && told?.includes(hint));
    const caught = found !== undefined && score < fullMarks(found) && item !== undefined;
    if (!caught) this.#refuse('mutant', question, `${name}: ${missed(found, hint)}`);
    return { question, name, score, caught, ...(item?.hint && { hint: item.hint }) };
  }

  /** Right answers in other styles: none may be refused. */
  async #styles(): Promise<GateReport['styles']> {
    const styles = (await loadStyles(this.#lab.files)).filter(({ question }) => this.#asked?.includes(question) ?? true);
    const refused = await refusedStyles(styles, this.#runs, questions => this.#step(`other styles: ${questions.join(', ')}`));
    for (const { question, name, why } of refused) this.#refuse('style', question, `${name}: a right answer is refused: ${why}`);
    return { total: styles.length, refused };
  }

  #grade(notebook: string, deliverables?: string, only?: readonly string[]): Promise<SubmissionReport> {
    return this.#grader.grade({ notebook, seed: gateSeed, hidden: true, deliverables, only });
  }

  #refuseShort(what: string, questions: SubmissionReport['questions']): void {
    for (const { question, score, points, bonus, state, items } of questions) {
      if (score >= fullMarks({ points, bonus })) continue;
      const item = items.find(({ passed }) => !passed);
      const why = item ? `: ${item.asked}: expected ${item.expected ?? '?'}, got ${item.got ?? '?'}` : '';
      this.#refuse('solution', question, `${what} gets ${score} of ${points} (${state})${why}`);
    }
  }

  #refuse(rule: string, cell: string, message: string): void {
    const line = this.#lab.cells.find((c, index) => cellName(c, index) === cell)?.line;
    this.#problems.push({ rule, file: this.#file, cell, message, ...(line !== undefined && { line }) });
  }

  #step(step: string): void {
    this.#options.onStep?.(step);
  }
}
