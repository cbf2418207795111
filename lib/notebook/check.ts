import { questionOf } from '../check/lab.ts';
import { loadLab } from '../check/load.ts';
import { kernelSession } from '../check/local-session.ts';
import { type CheckReport, type LabReport, labReport } from '../check/report.ts';
import { publicSeed, runQuestion } from '../check/run.ts';
import { staffNames } from '../check/staff.ts';
import { checkCard, labCard } from './card.ts';
import type { Displayable } from './live.ts';

/**
 * Asks one question of this notebook's cells, with public cases, and returns its card: what was asked, what came, where it differs, a hint.
 * @throws LabError `check/unknown`, `check/no-lab`, `check/no-kernel`.
 */
export async function check(id: string): Promise<Displayable & { readonly report: CheckReport }> {
  const lab = await loadLab();
  return checkCard(await runQuestion(questionOf(lab, id), kernelSession(), { seed: publicSeed, staff: staffNames() }));
}

/**
 * Asks every question of this notebook's lab and returns the card of the whole lab.
 * @throws LabError `check/no-lab`, `check/no-kernel`.
 */
export async function checkAll(): Promise<Displayable & { readonly report: LabReport }> {
  const { id, questions } = await loadLab();
  const reports: CheckReport[] = [];
  for (const question of questions) reports.push(await runQuestion(question, kernelSession(), { seed: publicSeed, staff: staffNames() }));
  return labCard(labReport(id, reports));
}
