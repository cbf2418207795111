import Table from 'cli-table3';
import { oneLine, printable } from '../../base/text.ts';
import type { LabGrades, QuestionGrade, StudentGrade } from '../../gradebook/records.ts';
import { hasSum, isSettled, isWaiting, standingOf } from '../../gradebook/standing.ts';

const style = { style: { head: [], border: [] } };

/** A score, with the state where it says more than the score does, and a star where a person or a policy changed it. */
function mark({ score, state, override, policy }: QuestionGrade, handedIn: boolean): string {
  if (!handedIn && !override) return '–';
  const plain = ['passed', 'partial', 'failed'].includes(state);
  if (isWaiting({ state, policy })) return `– ${state}`;
  return `${score}${override || policy ? '*' : ''}${plain ? '' : ` ${state}`}`;
}

/** One row per student, one column per question. */
export function studentTable({ questions, students }: LabGrades): string {
  const total = Math.round(questions.reduce((sum, { points }) => sum + points, 0) * 1e6) / 1e6;
  const head = ['student', ...questions.map(({ question, points }) => `${question}\n/${points}`), `total\n/${total}`, 'notes'];
  const table = new Table({ head, ...style });
  for (const grade of students) {
    const marks = grade.questions.map(question => mark(question, grade.submission !== undefined));
    table.push([printable(grade.student.id), ...marks, totalOf(grade), notesOf(grade)]);
  }
  return table.toString();
}

/** The total, and why it is none yet. A part that waits for a person leaves the sum of the others. */
function totalOf(grade: StudentGrade): string {
  const standing = standingOf(grade);
  if (!hasSum(grade)) return standing;
  return isSettled(grade) ? String(grade.score) : `${grade.score} so far\n${standing}`;
}

function notesOf(grade: StudentGrade): string {
  const anomalies = anomaliesOf(grade).length;
  const late = grade.latePenalty > 0 ? [`-${grade.latePenalty} late`] : [];
  const missing = grade.submission ? [] : ['nothing handed in'];
  return [...missing, ...late, ...(anomalies > 0 ? [anomalies === 1 ? '1 anomaly' : `${anomalies} anomalies`] : [])].join(', ');
}

/** One row per question: how it went for those who handed something in. */
export function questionTable({ questions, students }: LabGrades): string {
  const table = new Table({ head: ['question', 'points', 'mean', 'passed', 'partial', 'failed', 'other'], ...style });
  const graded = students.filter(grade => grade.grading !== undefined && standingOf(grade) !== 'stale');
  for (const { question, points } of questions) {
    const grades = graded.flatMap(student => student.questions.filter(grade => grade.question === question));
    const count = (state: string): number => grades.filter(grade => grade.state === state).length;
    const [passed, partial, failed] = [count('passed'), count('partial'), count('failed')];
    const scored = grades.filter(grade => !isWaiting(grade));
    const mean = scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
    table.push(
      [question, points, scored.length > 0 ? mean.toFixed(2) : '–', passed, partial, failed, grades.length - passed - partial - failed].map(
        String,
      ),
    );
  }
  return table.toString();
}

const anomaliesOf = ({ submission, grading }: StudentGrade) => [...(submission?.anomalies ?? []), ...(grading?.report.anomalies ?? [])];

/** What a person should look at, in plain lines. */
export function noteLines({ students }: LabGrades): string[] {
  return students.flatMap(grade => {
    const about = (text: string): string => `${printable(grade.student.id)}: ${printable(oneLine(text))}`;
    const anomalies = anomaliesOf(grade).map(({ kind, about: cell, detail }) => about(`${cell || 'notebook'} ${kind}: ${detail}`));
    const helped = grade.questions.filter(({ score, staff }) => score > 0 && staff.length > 0);
    const staff = helped.map(({ question, staff: names }) => about(`${question} with the library's version of: ${names.join(', ')}`));
    const ours = grade.grading?.report.notGradable;
    return ours === undefined ? [...anomalies, ...staff] : [...anomalies, about(`not gradable, our fault: ${ours.split('\n')[0]}`)];
  });
}
