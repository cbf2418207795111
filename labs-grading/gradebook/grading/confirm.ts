import type { Anomaly } from '../../base/anomaly.ts';
import type { SubmissionReport } from '../../run/submission-report.ts';

/** A failing question is asked until it has failed `failures` times, in at most `runs` runs. */
export interface Confirm {
  readonly failures: number;
  readonly runs: number;
}

/** Third part of the key of a grade that was confirmed. */
export const confirmName = ({ failures, runs }: Confirm): string => `confirm-${failures}-${runs}`;

/**
 * Asks failing questions again. The first run's score stays, whatever the others say: a question that passes in one run and fails in another
 * is named as `flaky`, for a person to decide.
 */
export async function confirmed(
  first: SubmissionReport,
  { failures, runs }: Confirm,
  ask: (only: readonly string[]) => Promise<SubmissionReport>,
): Promise<SubmissionReport> {
  const failed = new Map(
    first.questions.filter(({ state }) => state !== 'passed' && state !== 'tool missing').map(({ question }) => [question, 1]),
  );
  const flaky = new Map<string, string>();
  for (let run = 2; run <= runs; run++) {
    const open = [...failed].filter(([, count]) => count < failures).map(([question]) => question);
    if (open.length === 0) break;
    const again = await ask(open);
    if (again.notGradable !== undefined) return { ...first, notGradable: again.notGradable };
    for (const { question, state } of again.questions) {
      const count = (failed.get(question) ?? 0) + Number(state !== 'passed');
      failed.set(question, count);
      if (count < run) flaky.set(question, `failed ${count} of ${run} runs${count >= failures ? '' : ', so the failure is not confirmed'}`);
    }
  }
  const anomalies = [...flaky].map(([about, detail]): Anomaly => ({ kind: 'flaky', about, detail }));
  return { ...first, anomalies: [...first.anomalies, ...anomalies] };
}
