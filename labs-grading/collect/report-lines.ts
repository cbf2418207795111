import { oneLine, printable } from '../base/text.ts';
import type { Collected, CollectReport } from './collect.ts';

/** One hand-in as a line of progress. */
export function studentLine(one: Collected, done: number, total: number): string {
  const count = `[${String(done).padStart(String(total).length)}/${total}]`;
  const late = one.daysLate === 0 ? '' : `, ${one.daysLate} ${one.daysLate === 1 ? 'day' : 'days'} late`;
  return `${count} ${printable(one.student)}  ${one.outcome}, ${one.submittedAt} (${one.timeFrom})${late}`;
}

/** The report as text: sums, then everything that a person should look at. */
export function reportLines({ lab, layout, collected, refused, missing }: CollectReport, dryRun: boolean): string[] {
  const count = (test: (one: Collected) => boolean): number => collected.filter(test).length;
  const students = new Set(collected.map(({ student }) => student)).size;
  const verb = dryRun ? 'would be new' : 'new';
  const unknown = [...new Set(collected.filter(({ known }) => !known).map(({ student }) => student))];
  return [
    `${lab}: ${collected.length} attempts of ${students} students, read as ${layout}`,
    `  ${count(one => one.outcome === 'new')} ${verb}, ${count(one => one.outcome === 'same')} there already, ${count(one => one.daysLate > 0)} late`,
    ...section('Not in the roster, kept under the name they came with', unknown),
    ...section('In the roster, and nothing handed in', missing),
    ...section('Refused', [
      ...refused.map(({ path, reason }) => `${path}: ${reason}`),
      ...collected.flatMap(({ student, anomalies }) =>
        anomalies.map(({ about, detail }) => `${student}: ${about ? `${about}: ` : ''}${detail}`),
      ),
    ]),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title} (${lines.length}):`, ...lines.map(line => `  ${printable(oneLine(line))}`)];
