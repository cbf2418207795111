import type { CheckReport, LabReport } from 'tinylab';
import type { ReadAnomaly } from '../notebook/reader.mjs';
import { type CodeCell, runNotebook } from './run-notebook.ts';

/** A cell whose only output is the report of all checks, as JSON. */
export const checkAllCell: CodeCell = {
  name: 'all checks',
  source: "import { checkAll as sum } from 'tinylab';\nconsole.log(JSON.stringify((await sum()).report));",
};

/**
 * Runs a notebook's code cells in a kernel, failing cells skipped, and asks all of its lab's public checks at the end.
 * @throws Error when the checks themselves did not run.
 */
export async function checkNotebook(cells: readonly CodeCell[], folder: string): Promise<LabReport> {
  const answers = cells.filter(({ source }) => !/^\s*(await\s+)?check(All)?\(/m.test(source));
  const run = await runNotebook([...answers, checkAllCell], folder, { goOn: true });
  if (run.lastOutput === '') throw new Error(`the checks did not run: ${run.failed?.message ?? 'no answer'}`);
  return JSON.parse(run.lastOutput) as LabReport;
}

/** What is odd about a notebook, a line each, above its report. */
export function anomalyLines(anomalies: readonly Pick<ReadAnomaly, 'about' | 'detail'>[]): string[] {
  return anomalies.map(({ about, detail }) => `  ! ${about || 'notebook'}: ${detail}`);
}

/** A report as text: a line for each question, and what went wrong below it. */
export function reportLines({ lab, score, points, questions }: LabReport): string[] {
  const width = Math.max(...questions.map(({ title }) => title.length));
  const open = questions.reduce((sum, report) => sum + (report.state === 'tool missing' ? report.points : 0), 0);
  const waits = open > 0 ? `; ${open} wait for a tool that this machine lacks, and are graded where it is` : '';
  return [...questions.flatMap(report => questionLines(report, width)), `${lab}: ${score} of ${points} points on the public cases${waits}`];
}

const marks: Readonly<Record<string, string>> = { passed: '✓', partial: '◐', 'tool missing': '•' };

function questionLines({ title, state, score, points, bonus, items, missingTools = [] }: CheckReport, width: number): string[] {
  const given = state === 'tool missing' ? '–' : String(score);
  const head = `${marks[state] ?? '✗'} ${title.padEnd(width)}  ${given.padStart(3)} / ${bonus ? `${bonus} bonus` : points}  ${state}`;
  if (missingTools.length > 0) return [head, ...missingTools.map(({ name, why, get }) => `    needs ${name}: ${why}. ${get}`)];
  const item = items.find(({ passed }) => !passed);
  if (!item) return [head];
  const facts = [
    ['expected', item.expected],
    ['got', item.got],
    ['where', item.where],
    ['hint', item.hint],
  ] as const;
  return [
    head,
    `    ${item.asked}`,
    ...facts.flatMap(([name, fact]) => (fact === undefined ? [] : [`      ${name.padEnd(8)} ${fact.replaceAll('\n', ' ')}`])),
  ];
}
