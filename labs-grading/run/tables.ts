import Table from 'cli-table3';
import type { CheckReport } from 'tinylab';
import type { QuestionFacts } from './checker-messages.ts';
import type { FolderResult, StudentResult } from './grade-folder.ts';
import { printable } from './intake.ts';

const style = { style: { head: [], border: [] } };

/** A score, with the state where it says more than the score does. */
function mark(report: CheckReport | undefined): string {
  if (!report) return '';
  const plain = ['passed', 'partial', 'failed'].includes(report.state);
  return plain ? String(report.score) : `${report.score} ${report.state}`;
}

/** One row per student, one column per question. */
export function studentTable({ questions, results }: FolderResult): string {
  const total = questions.reduce((sum, { points }) => sum + points, 0);
  const head = ['student', ...questions.map(({ id, points }) => `${id}\n/${points}`), `total\n/${total}`, 'notes'];
  const table = new Table({ head, ...style });
  for (const { student, report } of results) {
    const marks = questions.map(({ id }) => mark(report.questions.find(({ question }) => question === id)));
    const notes = report.anomalies.length > 0 ? `${report.anomalies.length} anomalies` : '';
    table.push([printable(student), ...marks, String(report.score), notes]);
  }
  return table.toString();
}

/** One row per question: how it went for everybody. */
export function questionTable({ questions, results }: FolderResult): string {
  const table = new Table({ head: ['question', 'points', 'mean', 'passed', 'partial', 'failed', 'other'], ...style });
  for (const question of questions) table.push(questionRow(question, results));
  return table.toString();
}

function questionRow({ id, points }: QuestionFacts, results: readonly StudentResult[]): string[] {
  const reports = results.flatMap(({ report }) => report.questions.filter(({ question }) => question === id));
  const count = (state: string): number => reports.filter(report => report.state === state).length;
  const [passed, partial, failed] = [count('passed'), count('partial'), count('failed')];
  const mean = reports.reduce((sum, { score }) => sum + score, 0) / Math.max(1, reports.length);
  return [id, points, mean.toFixed(2), passed, partial, failed, reports.length - passed - partial - failed].map(String);
}

/** What a person should look at, in plain lines. */
export function noteLines({ results }: FolderResult): string[] {
  return results.flatMap(({ student, report }) => {
    const about = (text: string): string => `${printable(student)}: ${printable(text)}`;
    const anomalies = report.anomalies.map(({ kind, about: cell, detail }) => about(`${cell || 'notebook'} ${kind}: ${detail}`));
    const helped = report.questions.filter(({ score, staff }) => score > 0 && staff.length > 0);
    const staff = helped.map(({ question, staff: names }) => about(`${question} with the library's version of: ${names.join(', ')}`));
    return report.notGradable === undefined
      ? [...anomalies, ...staff]
      : [...anomalies, about(`not gradable, our fault: ${report.notGradable.split('\n')[0]}`)];
  });
}
