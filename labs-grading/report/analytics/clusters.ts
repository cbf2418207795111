import type { CheckItem } from 'tinylab';
import type { StudentGrade } from '../../gradebook/records.ts';
import { clean } from '../page/clean.ts';

/** Something that happened to several students. */
export interface Cluster {
  readonly question: string;
  readonly text: string;
  readonly students: readonly string[];
}

/** An error message without what differs from one student's to the next: paths, places, numbers, addresses. */
export function normalised(message: string): string {
  return (clean(message).split('\n')[0] ?? '')
    .replace(/(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\w.@~-]*[/\\]){2,}[\w.@~-]*/g, 'PATH')
    .replace(/cell\[\d+\](:\d+)*/g, 'cell[N]')
    .replace(/\b0x[\da-f]+\b/gi, 'N')
    .replace(/(?<![A-Za-z_])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi, 'N')
    .replace(/N(?:, ?N)+(?:, ?…)?/g, 'N, …')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Counts students by question and text; the most frequent first, then in the order of the alphabet. */
export function clustered(found: Iterable<{ readonly question: string; readonly text: string; readonly student: string }>): Cluster[] {
  const groups = new Map<string, { question: string; text: string; students: Set<string> }>();
  for (const { question, text, student } of found) {
    const key = JSON.stringify([question, text]);
    const group = groups.get(key) ?? { question, text, students: new Set() };
    groups.set(key, group);
    group.students.add(student);
  }
  const clusters = [...groups.values()].map(({ students, ...about }) => ({ ...about, students: [...students] }));
  const name = ({ question, text }: Cluster): string => JSON.stringify([question, text]);
  return clusters.sort((a, b) => b.students.length - a.students.length || (name(a) < name(b) ? -1 : 1));
}

interface Failure {
  readonly student: string;
  readonly question: string;
  readonly item: CheckItem;
}

const failures = (students: readonly StudentGrade[]): Failure[] =>
  students.flatMap(({ student, questions }) =>
    questions.flatMap(({ question, items }) =>
      items.filter(({ passed }) => !passed).map(item => ({ student: student.id, question, item })),
    ),
  );

/** Known wrong answers: how many gave each, told by its hint. */
export function knownMistakes(students: readonly StudentGrade[]): Cluster[] {
  const known = failures(students).filter(({ item }) => item.reason === 'known mistake');
  return clustered(known.map(({ item, ...about }) => ({ ...about, text: clean(item.hint ?? item.asked) })));
}

/** The same wrong answer to the same question by two students or more: a mistake worth a hint of its own. Everyone is asked the same. */
export function unforeseen(students: readonly StudentGrade[]): Cluster[] {
  const wrong = failures(students).filter(({ item }) => item.reason === 'wrong' || item.reason === 'wrong kind');
  const first = new Set<string>();
  const told = wrong.filter(({ student, question, item }) => {
    const key = JSON.stringify([student, question]);
    return item.got !== undefined && !first.has(key) && Boolean(first.add(key));
  });
  const text = ({ asked, expected, got, where }: CheckItem): string =>
    clean(`${asked}${where ? ` at ${where}` : ''}: expected ${expected ?? 'otherwise'}, got ${got}`);
  return clustered(told.map(({ item, ...about }) => ({ ...about, text: text(item) }))).filter(cluster => cluster.students.length > 1);
}

const errors: ReadonlySet<string> = new Set([
  'threw',
  'missing',
  'not a function',
  'not a value',
  'changed input',
  'refused',
  'stopped',
  'check error',
]);

/** Errors of answers and cells, alike but for numbers and paths. */
export function errorClusters(students: readonly StudentGrade[]): Cluster[] {
  const ofItems = failures(students)
    .filter(({ item }) => errors.has(item.reason))
    .map(({ item, ...about }) => ({ ...about, text: normalised(`${item.reason}: ${item.got ?? item.hint ?? ''}`) }));
  const ofCells = students.flatMap(({ student, grading }) => {
    const failed = (grading?.report.cells ?? []).filter(({ state }) => state !== 'done' && state !== 'not run');
    return failed.map(({ id, state, message }) => ({ student: student.id, question: id, text: normalised(`${state}: ${message ?? ''}`) }));
  });
  return clustered([...ofItems, ...ofCells]);
}
