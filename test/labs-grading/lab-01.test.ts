import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cosineSchedule,
  fit,
  loadDataset,
  lotteryTicket,
  type Model,
  macs,
  masksOf,
  mlp,
  pretrained,
  pruneChannels,
  pruneMagnitude,
  refreshBatchNorm,
} from 'tinylab';
import { saveDeliverable } from 'tinylab/grading';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labOf } from '../../labs-grading/lab/labs.ts';
import type { Mutant } from '../../labs-grading/lab/mutant.ts';
import { type Cell, markOf } from '../../labs-grading/release/cells.ts';
import { labFiles, loadQuestions } from '../../labs-grading/release/lab-files.ts';
import { leaningQuestions } from '../../labs-grading/release/lone-answers.ts';
import { loadMutants } from '../../labs-grading/release/mutants.ts';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { fullMarks } from '../../labs-grading/release/outcome.ts';
import { labCells, solutionNotebook, studentNotebook } from '../../labs-grading/release/student.ts';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import type { SubmissionReport } from '../../labs-grading/run/submission-report.ts';

// The release gate of Lab 01 in a minute: results come from the library's own techniques, and wrong answers to different questions share a run.

const lab = labFiles('01-pruning');
const cells = labCells(lab);
const root = mkdtempSync(join(tmpdir(), 'tinylab-lab-01-'));
const [right, wrong] = [join(root, 'right'), join(root, 'wrong')];
const grader = openGrader(labOf('01-pruning'));
afterAll(async () => {
  await grader.close();
  rmSync(root, { recursive: true });
});

const grade = (notebook: string, deliverables?: string, only?: readonly string[]): Promise<SubmissionReport> =>
  grader.grade({ notebook, deliverables, seed: 20_26_11, hidden: true, only });

/** What students hand in, made by the library: right, and untrained or not pruned. */
async function handIn(): Promise<void> {
  const dense = pretrained('fashion-mnist-vgg');
  const { train } = await loadDataset('fashion-mnist');
  const kernels = Object.keys(dense.parameters).filter(name => name.endsWith('.kernel'));
  const shares = [0.3, 0.5, 0.6, 0.7, 0.7, 0.75, 0.75, 0.87, 0.5];
  const pruned = pruneMagnitude(dense, { sparsity: Object.fromEntries(kernels.map((name, i) => [name, shares[i] as number])) });
  const cut = pruneChannels(dense, { ratio: 0.3, groups: [1, 2, 3, 4, 5, 6, 7].map(i => `conv2d-${i}`) });
  const narrow = await fit(cut, train, { epochs: 1, learningRate: cosineSchedule(0.05), weightDecay: 5e-4, augment: { flip: true } });
  const tickets = await lotteryTicket(mlp({ seed: 1 }), train, {
    rounds: 3,
    rate: 0.55,
    epochs: 1,
    optimizer: 'adam',
    learningRate: 0.0012,
  });
  const latencies = (small: Model, factor: number) =>
    Object.fromEntries(
      Object.entries({ dense, narrow: small }).map(([name, net]) => [name, { macs: factor * macs(net), milliseconds: 1 }]),
    );
  const results = {
    pruned: [await refreshBatchNorm(pruned, train), pruned],
    narrow: [narrow, cut],
    latencies: [latencies(narrow, 1), latencies(narrow, 2)],
    tickets: [masksOf(tickets.at(-1)?.ticket as Model), masksOf(pruneMagnitude(mlp({ seed: 3 }), { sparsity: 0.91 }))],
  };
  for (const [name, [good, bad]] of Object.entries(results)) {
    saveDeliverable(join(right, 'deliverables'), name, good);
    saveDeliverable(join(wrong, 'deliverables'), name, bad);
  }
}

beforeAll(handIn, 300_000);

const missing = (report: SubmissionReport): string[] =>
  report.questions
    .filter(question => question.score < fullMarks(question))
    .map(
      ({ question, score, items }) =>
        `${question} ${score}: ${items.filter(({ passed }) => !passed).map(({ hint, got }) => hint ?? got)[0]}`,
    );

const questions = await loadQuestions(labFiles('01-pruning'));

/** Tells whether the answer to one question calls that to the other: wrong together, the later one would be wrong for the wrong reason. */
const calls = (a: string, b: string): boolean => {
  const [own, other] = [a, b].map(id => questions.questions.find(question => question.id === id));
  return own?.needs?.some(name => other?.uses.includes(name)) ?? false;
};

const known = await loadMutants(labFiles('01-pruning'));

/** Mutants in as few runs as may be: one for a question, and none beside what it calls. */
function rounds(all: readonly Mutant[]): Mutant[][] {
  const packed: Mutant[][] = [];
  const clash = (a: Mutant, b: Mutant): boolean =>
    a.question === b.question || calls(a.question, b.question) || calls(b.question, a.question);
  for (const mutant of all) {
    const free = packed.find(round => !round.some(other => clash(mutant, other)));
    if (free) free.push(mutant);
    else packed.push([mutant]);
  }
  return packed;
}

const answered = (round: readonly Mutant[]): string =>
  formatNotebook(
    cells.map((cell: Cell) => {
      const found = round.find(({ question }) => question === markOf(cell)?.grade_id);
      return found ? { ...cell, source: found.answer } : cell;
    }),
  );

describe('Lab 01', () => {
  it('the solution, with results of the library, gets full marks and the bonus', async () => {
    const report = await grade(solutionNotebook(lab), right);
    expect(missing(report)).toEqual([]);
    expect(report).toMatchObject({ points: 100, score: 105 });
  });

  it('the untouched notebook gets 0 on every question', async () => {
    const report = await grade(studentNotebook(lab));
    expect(report.questions.map(({ score }) => score)).toEqual(report.questions.map(() => 0));
  });

  it('an empty answer costs no other question, but for those that say so', async () => {
    const { questions: full } = await grade(solutionNotebook(lab), right);
    const solved = Object.fromEntries(full.map(({ question, score }) => [question, score]));
    expect(await leaningQuestions({ questions, cells }, solved, (notebook, only) => grade(notebook, right, only))).toEqual([]);
  });

  it('results that were not trained, pruned or measured as asked are refused, each with its hint', async () => {
    const hints = missing(await grade(solutionNotebook(lab), wrong, ['pruned', 'narrow', 'latency', 'tickets'])).join('\n');
    expect(hints).toMatch(/pruned 0: No weight has moved\. fit returns a new model .* Train the pruned network for one more epoch/);
    expect(hints).toMatch(/narrow 0: No weight has moved\. .* Sort before you cut, then fine-tune/);
    expect(hints).toMatch(/tickets 0: Take the masks from nextTicket/);
    expect(hints).toMatch(/latency 0: Those are FLOPs/);
  });

  const written = known.filter(({ answer }) => !answer.includes('deliver('));
  it.each(rounds(written).map((round, i) => [i + 1, round] as const))(
    'known wrong answers are caught, each with its hint: run %i',
    async (_, round) => {
      const report = await grade(
        answered(round),
        right,
        round.map(({ question }) => question),
      );
      const missed = round.filter(({ question, hint }) => {
        const found = report.questions.find(asked => asked.question === question);
        return !found || found.score >= fullMarks(found) || !found.items.some(item => !item.passed && item.hint?.includes(hint));
      });
      expect(missed.map(({ question, name }) => `${question}: ${name}`)).toEqual([]);
    },
  );
});
