import { delivered } from '../../scripts/notebook/reader.mjs';
import type { OtherStyle } from '../lab/mutant.ts';
import type { SubmissionReport } from '../run/submission-report.ts';
import type { AnswerRuns, Answers } from './answer-runs.ts';
import { fullMarks } from './outcome.ts';

/** A right answer that the checks refuse. */
export interface RefusedStyle {
  readonly question: string;
  readonly name: string;
  /** What was asked, expected and got. */
  readonly why: string;
}

/**
 * The answers in rounds of one a question, so that a lab is run a few times and not once for each. One that delivers is asked alone: it runs in a
 * kernel, where other answers of its round would train with the code of each other.
 */
export function roundsOf(styles: readonly OtherStyle[]): readonly (readonly OtherStyle[])[] {
  const delivering = styles.filter(delivers);
  const byQuestion = [
    ...Map.groupBy(
      styles.filter(style => !delivers(style)),
      ({ question }) => question,
    ).values(),
  ];
  const most = Math.max(0, ...byQuestion.map(({ length }) => length));
  return [
    ...Array.from({ length: most }, (_, round) => byQuestion.flatMap(some => some.slice(round, round + 1))),
    ...delivering.map(one => [one]),
  ];
}

const delivers = ({ answer }: OtherStyle): boolean => delivered(answer).length > 0;

/**
 * Has right answers in other styles graded, one of each question at a time, and names those that do not get full marks. What is refused in
 * such a round is asked again alone: another answer of the round may be at fault.
 */
export async function refusedStyles(
  styles: readonly OtherStyle[],
  runs: AnswerRuns,
  onRound: (questions: readonly string[]) => void = () => {},
): Promise<RefusedStyle[]> {
  const refused: RefusedStyle[] = [];
  for (const round of roundsOf(styles)) {
    const questions = round.map(({ question }) => question);
    onRound(questions);
    const answers: Answers = Object.fromEntries(round.map(({ question, answer }) => [question, answer]));
    const reports = await runs.grade(answers, questions);
    for (const { question, name, answer } of round) {
      if (shortOf(reports, question) === undefined) continue;
      const why = shortOf(await runs.grade({ [question]: answer }, [question]), question);
      if (why !== undefined) refused.push({ question, name, why });
    }
  }
  return refused;
}

/** Why a question has not full marks; undefined where it has. */
function shortOf(reports: SubmissionReport['questions'], question: string): string | undefined {
  const found = reports.find(report => report.question === question);
  if (!found) return 'there is no such question';
  if (found.score >= fullMarks(found)) return undefined;
  const item = found.items.find(({ passed }) => !passed);
  const what = item ? `: ${item.asked}: expected ${item.expected ?? '?'}, got ${item.got ?? item.reason}` : '';
  return `it gets ${found.score} of ${fullMarks(found)} (${found.state})${what}`;
}
