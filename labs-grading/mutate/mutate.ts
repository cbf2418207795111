import type { RefusedStyle } from '../release/styles.ts';
import { acceptedOf } from './accepted.ts';
import { Confirmation } from './confirm.ts';
import { type Figures, figuresOf, type Marked, sameSurvivor } from './figures.ts';
import { answeredQuestions, type LabToMutate, labToMutate } from './lab-to-mutate.ts';
import { keepFigures } from './measured.ts';
import { NotebookFolder } from './notebook-folder.ts';
import { QuestionMarks } from './question-marks.ts';
import { Record } from './record.ts';

export interface MutateOptions {
  /** Ask this question only. */
  readonly question?: string;
  /** Decides which answers are made where there are more than `perOperator`; by default 1. */
  readonly seed?: number;
  /** Most answers of one rule to one question that are run; by default 6. */
  readonly perOperator?: number;
  /** Most answers to a question whose work is delivered, which each train or measure anew; by default 2. */
  readonly delivered?: number;
  /** Called with every verdict. */
  readonly onMark?: (progress: Progress) => void;
  /** Ends the run: what was marked until then is kept. */
  readonly signal?: AbortSignal;
}

/** How far a run is. */
export interface Progress {
  readonly question: string;
  readonly operator: string;
  /** Answers that have a verdict, and about how many there are. */
  readonly done: number;
  readonly total: number;
}

/** What a run does where nothing else is asked. */
const defaults = { seed: 1, perOperator: 6, delivered: 2 };

/** Further seeds on which answers are compared with the lab's own. */
const comparedSeeds = 200;
/** Further seeds with which a right answer must have full marks. */
const rightSeeds = Array.from({ length: 20 }, (_, i) => i + 1);

/**
 * Measures the checks of a lab in both directions: wrong answers made by rule must lose points, right answers in other styles must not.
 * Verdicts are remembered, so that a run which was interrupted goes on where it ended.
 * @throws GraderError when the lab cannot be read; Error when the lab's own answers do not have full marks.
 */
export async function mutateLab(lab: string, options: MutateOptions = {}): Promise<Figures> {
  return new Run(await labToMutate(lab), options).run();
}

class Run {
  readonly #lab: LabToMutate;
  readonly #options: MutateOptions;
  readonly #record: Record;
  readonly #folder: NotebookFolder;
  readonly #confirmation: Confirmation;
  readonly #marked: Marked[] = [];
  readonly #byOutcome: string[] = [];
  readonly #refused: RefusedStyle[] = [];
  #styles = 0;
  #done = 0;

  constructor(lab: LabToMutate, options: MutateOptions) {
    this.#lab = lab;
    this.#options = options;
    this.#record = new Record(lab.files.id);
    this.#folder = new NotebookFolder(lab);
    this.#confirmation = new Confirmation(lab, this.#folder.workspace);
  }

  async run(): Promise<Figures> {
    const { files } = this.#lab;
    const accepted = acceptedOf(files);
    const questions = answeredQuestions(this.#lab, this.#options.question).map(id => this.#marksOf(id));
    const total = questions.reduce((sum, { size }) => sum + size, 0);
    try {
      for (const question of questions) await this.#ask(question, total);
    } finally {
      await this.#confirmation.close();
      this.#folder.close();
    }
    const figures = figuresOf(files.id, this.#marked, {
      accepted: accepted.filter(one => this.#marked.some(marked => marked.verdict.state === 'passed' && sameSurvivor(one, marked))),
      byOutcome: this.#byOutcome,
      styles: { total: this.#styles, refused: this.#refused },
    });
    // Figures of a part, or of another draw, are not those that a release tells.
    const { onMark, signal, ...chosen } = this.#options;
    if (Object.entries(chosen).every(([name, value]) => value === undefined || defaults[name as keyof typeof defaults] === value))
      keepFigures(this.#lab, figures);
    return figures;
  }

  #marksOf(id: string): QuestionMarks {
    const { seed, perOperator, delivered } = { ...defaults, ...this.#options };
    const limits = { seed, perOperator, delivered, comparedSeeds };
    return new QuestionMarks(this.#lab, { id, folder: this.#folder.path, record: this.#record, confirmation: this.#confirmation, limits });
  }

  async #ask(question: QuestionMarks, total: number): Promise<void> {
    try {
      for (const { name, answer } of question.styles) {
        this.#options.signal?.throwIfAborted();
        const verdict = await question.right(answer, rightSeeds);
        this.#styles++;
        if (verdict.state !== 'passed') this.#refused.push({ question: question.id, name, why: verdict.why ?? verdict.state });
        this.#tell(question.id, name, total);
      }
      for await (const marked of question.wrong(this.#options.signal)) {
        this.#marked.push(marked);
        this.#tell(question.id, marked.operator, total);
      }
      if (question.byOutcome) this.#byOutcome.push(question.id);
    } finally {
      await question.close();
    }
  }

  #tell(question: string, operator: string, total: number): void {
    this.#options.onMark?.({ question, operator, done: ++this.#done, total: Math.max(total, this.#done) });
  }
}
