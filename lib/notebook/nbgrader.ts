import type { CheckReport } from '../check/report.ts';
import { LabError } from '../tensor/errors.ts';
import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import { checkCard } from './card.ts';
import type { Displayable } from './live.ts';

/** What nbgrader does with the notebook that runs: it sets NBGRADER_EXECUTION for the kernel that it starts. */
export function nbgraderRun(env: NodeJS.ProcessEnv = process.env): 'autograde' | 'validate' | undefined {
  if (env.NBGRADER_VALIDATING || env.NBGRADER_EXECUTION === 'validate') return 'validate';
  return env.NBGRADER_EXECUTION ? 'autograde' : undefined;
}

/**
 * The card as nbgrader's scoring reads it: `text/plain` is the score, from 0 to the cell's points, and nothing else; people still see the card.
 * A bonus does not count, since nbgrader refuses more than a cell's points. What needs a tool that is missing here has no score to tell: the cell
 * fails, and says so. @throws LabError `check/tool-missing`
 */
export function nbgraderCard(report: CheckReport): Displayable & { readonly report: CheckReport } {
  if (report.state === 'tool missing')
    throw new LabError('check/tool-missing', cardText(report), 'Have nbgrader grade on a machine that has the tool.');
  const score = Math.min(Math.max(report.score, 0), report.points);
  return { report, [displaySymbol]: (): MimeBundle => ({ ...checkCard(report)[displaySymbol](), 'text/plain': String(score) }) };
}

const cardText = (report: CheckReport): string => String(checkCard(report)[displaySymbol]()['text/plain']);

/** The card, if the question has full marks: validation tells a student only what a failed cell threw. @throws LabError `check/failed` */
export function validated(report: CheckReport): Displayable & { readonly report: CheckReport } {
  if (report.score >= report.points) return nbgraderCard(report);
  throw new LabError('check/failed', cardText(report), 'Mend the answer above this cell, then run the check again.');
}
