import type { CheckItem, Contrast, PartReport, QuestionState } from 'tinylab';
import type { QuestionGrade } from '../../gradebook/records.ts';
import { isWaiting } from '../../gradebook/standing.ts';
import type { RubricQuestion } from '../../lab/rubric.ts';
import { clean, place, points, scored } from '../page/clean.ts';
import { withoutAnswers } from './exposure.ts';

/** One thing that a check asked, with what a student may know of it. */
export interface ShownItem {
  readonly asked: string;
  readonly expected?: string;
  readonly got?: string;
  readonly where?: string;
  readonly hint?: string;
  readonly arrays?: Contrast;
}

/** One question as its student may read it. */
export interface FeedbackQuestion {
  readonly id: string;
  readonly title: string;
  readonly score: number;
  readonly maximum: number;
  readonly state: QuestionState;
  /** It was handed in, and its score says nothing yet. */
  readonly ungraded: boolean;
  /** The state in a sentence, where it needs one. */
  readonly told?: string;
  readonly parts: readonly { readonly id: string; readonly points: number; readonly passed: boolean }[];
  readonly failed: readonly ShownItem[];
  /** What was asked and came out right. */
  readonly passed: readonly string[];
  readonly hidden: { readonly passed: number; readonly failed: number; readonly hints: readonly string[] };
  /** What the code answered is left out, since it has met hidden cases before. */
  readonly withheld: boolean;
  readonly staff: readonly string[];
  /** The student's own text where people grade it, as harmless HTML. */
  readonly answer?: string;
  readonly comments: readonly { readonly text: string; readonly points?: number }[];
  /** Why the score is not what the checks gave. */
  readonly changed: readonly string[];
}

interface About {
  readonly parts: readonly PartReport[];
  readonly exposed: boolean;
  readonly handedIn: boolean;
  /** Whether the grader has looked at the hand-in. */
  readonly graded: boolean;
  readonly rubric?: RubricQuestion;
  /** The student's own text where people grade it, as harmless HTML. */
  readonly answer?: string;
}

const sentences: Readonly<Partial<Record<QuestionState, string>>> = {
  'compile error': 'The code does not compile, so it could not be asked.',
  timeout: 'The code took longer than it may.',
  memory: 'The code used more memory than it may.',
  'output limit': 'The code printed more than it may.',
  'refused value': 'The answer has another form than the question asks for, so it could not be checked.',
  crashed: 'The code ended the whole program.',
  'not run': 'Nothing was asked here: the notebook or this part of it did not run.',
  unreadable: 'The notebook could not be read, so nothing was asked. A person looks at it.',
  'another lab': 'The notebook that was handed in is of another lab.',
  'tool missing': 'This question needs a tool that the grading machine lacks. It is graded elsewhere and costs you nothing.',
  stale: 'The question has changed since it was graded. It is graded again.',
  'not gradable': 'Grading failed through no fault of yours. It costs you nothing for good: a person looks at it.',
  'needs manual': 'A person has not graded this yet.',
};

export function feedbackQuestion(grade: QuestionGrade, { parts, exposed, handedIn, graded, rubric, answer }: About): FeedbackQuestion {
  const open = grade.items.filter(({ hidden }) => !hidden);
  const hidden = grade.items.filter(item => item.hidden);
  const early = handedIn && !graded && grade.state === 'not run';
  const told = early ? 'Not graded yet.' : handedIn ? sentences[grade.state] : 'Nothing was handed in.';
  const wrong = open.filter(({ passed }) => !passed);
  return {
    id: clean(grade.question),
    title: clean(grade.title),
    score: grade.score,
    maximum: grade.maximum,
    state: grade.state,
    ungraded: early || (handedIn && isWaiting(grade)),
    ...(told !== undefined && { told }),
    parts: parts.map(({ id, points, passed }) => ({ id: clean(id), points, passed })),
    failed: hintsOnce(wrong.map(item => shownItem(exposed ? withoutAnswers(item) : item))),
    passed: open.filter(({ passed }) => passed).map(item => clean((exposed ? withoutAnswers(item) : item).asked)),
    hidden: hiddenSummary(hidden),
    withheld: exposed && wrong.some(({ got, where }) => got !== undefined || where !== undefined),
    staff: grade.staff.map(clean),
    ...(answer !== undefined && { answer }),
    comments: commentsOf(grade, rubric),
    changed: changesOf(grade),
  };
}

function shownItem({ asked, expected, got, where, hint, arrays }: CheckItem): ShownItem {
  const shown = { expected, got, where: where && place(where), hint };
  const texts = Object.entries(shown).flatMap(([key, text]) => (text ? [[key, clean(text)]] : []));
  return { asked: clean(asked), ...Object.fromEntries(texts), ...(arrays && { arrays }) };
}

/** One mistake often fails many cases: its hint is given with the first of them. */
function hintsOnce(items: readonly ShownItem[]): ShownItem[] {
  const said = new Set<string>();
  return items.map(({ hint, ...rest }) => {
    const news = hint !== undefined && !said.has(hint);
    if (news) said.add(hint);
    return news ? { ...rest, hint } : rest;
  });
}

/** Of hidden cases a student learns how many there were and the author's words. */
function hiddenSummary(items: readonly CheckItem[]): FeedbackQuestion['hidden'] {
  const failed = items.filter(({ passed }) => !passed);
  const hints = failed.flatMap(({ hint }) => (hint ? [clean(hint)] : []));
  return { passed: items.length - failed.length, failed: failed.length, hints: [...new Set(hints)] };
}

function commentsOf({ manual }: QuestionGrade, rubric: RubricQuestion | undefined): FeedbackQuestion['comments'] {
  if (!manual) return [];
  const chosen = (rubric?.items ?? []).filter(({ id }) => manual.items.includes(id));
  return [
    ...chosen.map(({ text, points }) => ({ text: clean(text), points })),
    ...(manual.adjustment === 0 ? [] : [{ text: 'Adjustment', points: manual.adjustment }]),
    ...(manual.comment.trim() === '' ? [] : [{ text: clean(manual.comment.trim()) }]),
  ];
}

function changesOf({ override, policy, automatic, manual, score }: QuestionGrade): string[] {
  const before = automatic !== undefined && automatic !== score && !manual ? ` The checks gave ${automatic}.` : '';
  return [
    ...(override?.score === undefined ? [] : [clean(`Set to ${override.score} by hand: ${override.reason}.${before}`)]),
    ...(policy === undefined ? [] : [clean(`Course rule: ${policy}.`)]),
  ];
}

/** Mark and colour of a question by what counts: never the colour alone. */
export function lookOf({ state, score, maximum }: Pick<FeedbackQuestion, 'state' | 'score' | 'maximum'>): readonly [string, string] {
  if (score > 0 && score >= maximum) return ['✓', 'good'];
  if (score > 0) return ['◐', 'part'];
  return state === 'not run' || isWaiting({ state }) || maximum === 0 ? ['•', 'quiet'] : ['✗', 'bad'];
}

/** The state in the words of an overview. */
export const stateOf = ({ state, ungraded }: FeedbackQuestion): string => (ungraded && state === 'not run' ? 'not graded yet' : state);

/** Points of a question as people write them; a score that says nothing yet is no 0. */
export const pointsOf = ({ score, maximum, ungraded }: FeedbackQuestion): string =>
  ungraded ? `– / ${points(maximum)}` : scored(score, maximum);
