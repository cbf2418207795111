import { oneLine, printable } from '../base/text.ts';
import type { LabGrades, QuestionGrade, StudentGrade } from '../gradebook/records.ts';
import { isWaiting } from '../gradebook/standing.ts';
import type { Store } from '../gradebook/store/contract.ts';
import { answerKey } from './blind.ts';
import type { AnswerRow } from './messages.ts';

/** One answer of the list with the student behind it, who never leaves this process in blind mode. */
export interface Listed {
  readonly row: AnswerRow;
  readonly grade: StudentGrade;
  readonly question: QuestionGrade;
}

/** Everyone who handed in, ordered by id, or in blind mode by keys that say nothing. */
export function listed(grades: LabGrades, question: string, blind: boolean): Listed[] {
  const found = grades.students.flatMap(grade => {
    const graded = grade.questions.find(one => one.question === question);
    return grade.submission && graded ? [{ grade, question: graded, key: answerKey(grades.lab, question, grade.student.id) }] : [];
  });
  const order = blind ? found.toSorted((a, b) => (a.key < b.key ? -1 : 1)) : found;
  return order.map(({ key, ...rest }, index) => {
    const { id, name } = rest.grade.student;
    const who = blind ? { label: `Answer ${index + 1}` } : name ? { label: name, id } : { label: id };
    return { ...rest, row: rowOf(rest, { key, ...who }) };
  });
}

function rowOf({ grade, question }: Omit<Listed, 'row'>, who: Pick<AnswerRow, 'key' | 'label' | 'id'>): AnswerRow {
  const { manual, automatic, state, override, policy } = question;
  const handIn = grade.grading?.report.handIn;
  const unasked = state === 'stale' || state === 'tool missing';
  const checked = automatic !== undefined && grade.grading !== undefined && !unasked && handIn === undefined;
  const open = !manual && !checked && (isWaiting(question) || state === 'not run');
  return {
    ...who,
    ...(!open && { score: question.score }),
    ...(checked && { automatic }),
    total: grade.score,
    maximum: grade.maximum,
    ...(manual && {
      grade: {
        items: manual.items,
        adjustment: manual.adjustment,
        comment: manual.comment,
        grader: manual.grader,
        at: manual.at,
        revision: manual.revision,
      },
    }),
    notes: [
      ...(handIn && open ? [`Nothing could be asked: ${handIn}: ${reasonOf(grade, handIn)}`] : []),
      ...(state === 'stale' ? ['The checks ran with another version of the lab: grade it again first.'] : []),
      ...(state === 'tool missing'
        ? ['The machine that graded lacks a tool that this question needs: grade it again where the tool is.']
        : []),
      ...(automatic !== undefined && !grade.grading ? ['The checks have not run yet: grade the lab first.'] : []),
      ...(override ? [`${override.by} set this score to ${override.score}: ${override.reason}. It counts whatever the rubric says.`] : []),
      ...(policy ? [`By the course’s settings: ${policy}.`] : []),
      ...(manual && grade.submission && Date.parse(grade.submission.submittedAt) > Date.parse(manual.at)
        ? ['The answer was handed in after it was graded. Look again.']
        : []),
    ],
  };
}

/** What the grader said of a hand-in of which nothing could be asked. */
const reasonOf = ({ grading }: StudentGrade, handIn: string): string =>
  printable(oneLine(grading?.report.anomalies.find(({ kind }) => kind === handIn)?.detail ?? ''));

/** Ids of rubric items that some grade of the question holds. */
export async function usedItems(book: Pick<Store, 'manual'>, lab: string, question: string): Promise<Set<string>> {
  const records = await book.manual(lab);
  return new Set(records.filter(record => record.question === question).flatMap(({ items }) => items));
}
