import { reasonOf } from '../base/anomaly.ts';
import { oneLine, printable } from '../base/text.ts';
import type { Collected, CollectReport } from './collect.ts';

/** One hand-in as a line of progress. */
export function studentLine(one: Collected, done: number, total: number): string {
  const count = `[${String(done).padStart(String(total).length)}/${total}]`;
  const late = one.daysLate === 0 ? '' : `, ${one.daysLate} ${one.daysLate === 1 ? 'day' : 'days'} late`;
  const waits = one.reading.handIn ? `, ${one.reading.handIn}` : '';
  return `${count} ${printable(one.student)}  ${one.outcome}, ${one.submittedAt} (${one.timeFrom})${late}${waits}`;
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
    ...section('Nothing of it can be asked; no score until a person has looked', collected.flatMap(waiting)),
    ...section('Odd in notebooks; it is graded as it says', collected.flatMap(oddities)),
    ...section('Refused', [
      ...refused.map(({ path, reason }) => `${path}: ${reason}`),
      ...collected.flatMap(({ student, anomalies }) =>
        anomalies.map(({ about, detail }) => `${student}: ${about ? `${about}: ` : ''}${detail}`),
      ),
    ]),
  ];
}

function waiting({ student, reading: { handIn, anomalies }, anomalies: kept }: Collected): string[] {
  if (!handIn) return [];
  const why = reasonOf(handIn, [...anomalies, ...kept]) ?? kept[0]?.detail ?? '';
  return [`${student}: ${handIn}${why === '' ? '' : `: ${why}`}`];
}

const oddities = ({ student, reading: { handIn, anomalies } }: Collected): string[] =>
  handIn ? [] : anomalies.map(({ about, detail }) => `${student}: ${about || 'notebook'}: ${detail}`);

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title} (${lines.length}):`, ...lines.map(line => `  ${printable(oneLine(line))}`)];
