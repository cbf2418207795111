import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { hasSum, isWaiting } from '../../gradebook/standing.ts';
import { type CheckFigures, checkFigures } from './checks.ts';
import { type Cluster, errorClusters, knownMistakes, unforeseen } from './clusters.ts';
import { type ItemFigures, itemFigures } from './item-analysis.ts';
import { alpha, kr20, standardError } from './reliability.ts';
import { mean, quantile, variance } from './statistics.ts';
import { warningsOf } from './warnings.ts';

export interface QuestionFigures extends ItemFigures {
  readonly question: string;
  readonly title: string;
  readonly points: number;
  /** Mean score. */
  readonly mean: number;
  readonly notGradable: number;
  /** How many students ended in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly checks: readonly CheckFigures[];
}

export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly most: number;
}

/** What a lab's grades say about the lab. */
export interface Analytics {
  readonly lab: string;
  readonly title: string;
  readonly maximum: number;
  /** Who handed something in that could be graded; everything below is about these. */
  readonly students: number;
  readonly absent: number;
  readonly ungraded: number;
  /** Points before lateness, by student. */
  readonly totals: readonly number[];
  readonly mean?: number;
  readonly median?: number;
  readonly deviation?: number;
  /** Over the questions' points. */
  readonly alpha?: number;
  /** Over the questions as solved or not. */
  readonly kr20?: number;
  /** In points. */
  readonly standardError?: number;
  readonly questions: readonly QuestionFigures[];
  readonly known: readonly Cluster[];
  readonly unforeseen: readonly Cluster[];
  readonly errors: readonly Cluster[];
  /** Milliseconds per notebook. */
  readonly wall?: Spread;
  readonly cpu?: Spread;
  readonly warnings: readonly string[];
}

/** Those whose checks ran, with the version that counts: what a person still has to add is no reason to leave them out. */
const isCounted = (grade: StudentGrade): boolean =>
  hasSum(grade) && grade.grading !== undefined && grade.grading.report.notGradable === undefined;

/** Item analysis, frequent mistakes and cost of one lab. */
export function analyticsOf({ lab, title, questions: asked, students: all }: LabGrades): Analytics {
  const students = all.filter(isCounted);
  const handedIn = all.filter(({ submission }) => submission !== undefined).length;
  const totals = students.map(({ raw }) => raw);
  const questions = asked.filter(({ points }) => points > 0).map(question => questionFigures(students, question));
  const score = (grade: StudentGrade, { question }: QuestionFigures): number =>
    grade.questions.find(of => of.question === question)?.score ?? 0;
  const table = students.map(grade => questions.map(question => score(grade, question)));
  const reliability = { alpha: alpha(table), kr20: kr20(table.map(row => row.map((value, i) => value >= (questions[i]?.points ?? 0)))) };
  const spreads =
    students.length === 0 ? {} : { mean: mean(totals), median: quantile(totals, 0.5), deviation: Math.sqrt(variance(totals)) };
  return {
    lab,
    title,
    maximum: asked.reduce((sum, { points }) => sum + points, 0),
    students: students.length,
    absent: all.length - handedIn,
    ungraded: handedIn - students.length,
    totals,
    ...spreads,
    ...defined({ ...reliability, standardError: reliability.alpha === undefined ? undefined : standardError(totals, reliability.alpha) }),
    questions,
    known: knownMistakes(students),
    unforeseen: unforeseen(students),
    errors: errorClusters(students),
    ...costOf(students),
    warnings: warningsOf({ students: students.length, questions }),
  };
}

function questionFigures(students: readonly StudentGrade[], asked: { question: string; title: string; points: number }): QuestionFigures {
  const grades = students.flatMap(({ questions }) => questions.filter(({ question }) => question === asked.question));
  const rest = students.map((student, i) => student.raw - (grades[i]?.score ?? 0));
  // What has no score yet is no 0 that a mean may count.
  const scored = grades.flatMap((grade, i) => (isWaiting(grade) ? [] : [{ score: grade.score, rest: rest[i] as number }]));
  const shares = scored.map(({ score }) => score / asked.points);
  const states = Object.fromEntries([...Map.groupBy(grades, ({ state }) => state)].map(([state, of]) => [state, of.length]));
  return {
    ...asked,
    mean: scored.length > 0 ? mean(scored.map(({ score }) => score)) : 0,
    notGradable: states['not gradable'] ?? 0,
    states,
    ...(scored.length > 0
      ? itemFigures(
          shares,
          scored.map(one => one.rest),
        )
      : { difficulty: 0, discrimination: undefined }),
    checks: checkFigures(students, asked.question, rest),
  };
}

function costOf(students: readonly StudentGrade[]): Pick<Analytics, 'wall' | 'cpu'> {
  const gradings = students.flatMap(({ grading }) => grading ?? []);
  if (gradings.length === 0) return {};
  const spread = (values: readonly number[]): Spread => ({
    median: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    most: quantile(values, 1),
  });
  const cpu = gradings.map(({ report: { figures } }) => figures.cpuMs + figures.compileCpuMs);
  return { wall: spread(gradings.map(({ wallMs }) => wallMs)), cpu: spread(cpu) };
}

/** The fields that have a value. */
const defined = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
