import { checkHooks } from '../check/hooks.ts';
import { type Lab, type Question, questionOf } from '../check/lab.ts';
import { loadLab } from '../check/load.ts';
import { kernelSession } from '../check/local-session.ts';
import { neededBy, withNeeds } from '../check/needs.ts';
import { type CheckReport, type LabReport, labReport } from '../check/report.ts';
import { publicSeed, runQuestion } from '../check/run.ts';
import { staffNames } from '../check/staff.ts';
import { forgetMissingTools } from '../check/tools.ts';
import { withhold } from '../check/withhold.ts';
import { checkCard, labCard } from './card.ts';
import type { Displayable } from './live.ts';
import { nbgraderCard, nbgraderRun, validated } from './nbgrader.ts';

/**
 * Asks one question of this notebook's cells, with public cases, and returns its card: what was asked, what came, where it differs, a hint.
 * Under nbgrader the card's text is the score; when nbgrader validates, a question without full marks throws.
 * @throws LabError `check/unknown`, `check/no-lab`, `check/no-kernel`, `check/failed`.
 */
export async function check(id: string): Promise<Displayable & { readonly report: CheckReport }> {
  if (checkHooks()?.graded) return unasked(id);
  const lab = await loadLab();
  await forgetMissingTools();
  const question = questionOf(lab, id);
  const report = await explained(await asked(question), question, lab);
  const run = nbgraderRun();
  if (run === undefined) return checkCard(report);
  return run === 'validate' ? validated(report) : nbgraderCard(report);
}

/**
 * Asks every question of this notebook's lab and returns the card of the whole lab.
 * @throws LabError `check/no-lab`, `check/no-kernel`.
 */
export async function checkAll(): Promise<Displayable & { readonly report: LabReport }> {
  if (checkHooks()?.graded) return labCard(labReport('', []));
  const { id, questions } = await loadLab();
  await forgetMissingTools();
  const reports: CheckReport[] = [];
  for (const question of questions) {
    const before = reports.map((report, i) => [questions[i] as Question, report] as const);
    reports.push(withNeeds(await asked(question), question, before));
  }
  return labCard(labReport(id, reports));
}

/** The card of a question that is asked elsewhere. */
function unasked(id: string): Displayable & { readonly report: CheckReport } {
  return checkCard({ question: id, title: id, points: 0, score: 0, state: 'not run', parts: [], items: [], staff: [] });
}

/** A report that failed, with the earlier answers that it needs asked too. */
async function explained(report: CheckReport, question: Question, { questions }: Lab): Promise<CheckReport> {
  // Nothing is explained where nothing failed, nor by a name that the library stands in for: their answers need not run again.
  if (report.items.every(({ passed }) => passed)) return report;
  const needs = (question.needs ?? []).filter(name => !report.staff.includes(name));
  const earlier: (readonly [Question, CheckReport])[] = [];
  for (const one of neededBy({ ...question, needs }, questions)) earlier.push([one, await asked(one)]);
  return withNeeds(report, question, earlier);
}

/** The notebook goes on after a question, so what it withheld comes back. */
async function asked(question: Question): Promise<CheckReport> {
  try {
    return await runQuestion(question, kernelSession(), { seed: publicSeed, staff: staffNames() });
  } finally {
    withhold([]);
  }
}
