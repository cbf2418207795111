import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { GraderError } from '../../base/grader-error.ts';
import type { LabDates } from '../../collect/collect.ts';
import type { Course } from '../../collect/course.ts';
import type { SubmissionRecord } from '../../collect/records.ts';
import { instantOf, type LatePolicy, latePenalty } from './late.ts';

const time = z.iso.datetime({ offset: true, error: 'expected a time with an offset, such as 2026-11-22T23:59:00+01:00' });
const ratio = z.number().min(0).max(1);
const always = { graceMinutes: z.number().min(0).optional(), closesAfterDays: z.number().int().min(0).optional() };

const latePolicySchema: z.ZodType<LatePolicy> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none'), ...always }),
  z.strictObject({ kind: z.literal('closed'), ...always }),
  z.strictObject({
    kind: z.literal('ratio per day'),
    ratio,
    atMost: ratio.optional(),
    of: z.enum(['score', 'maximum']).optional(),
    ...always,
  }),
  z.strictObject({ kind: z.literal('points per day'), points: z.number().min(0), atMost: z.number().min(0).optional(), ...always }),
]);

const labSchema = z.strictObject({
  due: time.optional(),
  latePolicy: latePolicySchema.default({ kind: 'none' }),
  extensions: z.record(z.string(), time).default({}),
  policies: z.record(z.string(), z.enum(['full marks', 'drop'])).default({}),
  count: z.enum(['latest on time', 'latest', 'best']).default('latest on time'),
  chosen: z.record(z.string(), z.string()).default({}),
});

const settingsSchema = z.strictObject({
  lateDays: z.number().int().min(0).default(0),
  labs: z.record(z.string(), labSchema).default({}),
});

/** What a course says about one lab. */
export interface LabSettings {
  /** undefined: never late. */
  readonly due?: string | undefined;
  readonly latePolicy: LatePolicy;
  /** Own due times, by student. */
  readonly extensions: Readonly<Record<string, string>>;
  /** What is done about a broken question, by question. */
  readonly policies: Readonly<Record<string, 'full marks' | 'drop'>>;
  /** Which of several submissions counts; `submissionThatCounts` says how. */
  readonly count: 'latest on time' | 'latest' | 'best';
  /** A submission that a person chose, by student: its digest, or the beginning of it. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** course.json. */
export interface CourseSettings {
  /** Late days that each student may spend over all labs. */
  readonly lateDays: number;
  readonly labs: Readonly<Record<string, LabSettings>>;
}

/** The course's settings; without a file nothing is due and nothing is penalised. @throws GraderError */
export function settingsOf(course: Course): CourseSettings {
  return parseSettings(existsSync(course.settings) ? readFileSync(course.settings, 'utf8') : '{}', course.settings);
}

/** Settings from JSON text. @throws GraderError naming the line, or the path of the field. */
export function parseSettings(text: string, file: string): CourseSettings {
  const parsed = settingsSchema.safeParse(json(text, file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.') || 'top level'}: ${message}`);
  throw new GraderError('course/settings', problems.join('\n'));
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GraderError('course/settings', `${file}: not JSON: ${(error as Error).message}`);
  }
}

/** What the course says about a lab, with defaults where it says nothing. */
export function labSettings(settings: CourseSettings, lab: string): LabSettings {
  return Object.hasOwn(settings.labs, lab) ? (settings.labs[lab] as LabSettings) : labSchema.parse({});
}

/** The student's own due time, where there is one. */
export function extensionOf(settings: LabSettings, student: string): string | undefined {
  return Object.hasOwn(settings.extensions, student) ? settings.extensions[student] : undefined;
}

type Handed = Pick<SubmissionRecord, 'student' | 'submittedAt' | 'digest'> & Partial<Pick<SubmissionRecord, 'lab' | 'anomalies'>>;

/** Whether a submission has a notebook: a broken archive that was handed in last destroys nothing either. */
const hasNotebook = ({ lab, anomalies = [] }: Handed): boolean =>
  !anomalies.some(({ kind, about }) => (kind === 'missing' || kind === 'refused') && about === `${lab}.ipynb`);

/** Days late of a submission; 0 is on time. */
export function daysLateOf(submission: Handed, settings: LabSettings): number {
  const { due, latePolicy } = settings;
  const extension = extensionOf(settings, submission.student);
  const facts = { score: 1, maximum: 1, due, submitted: submission.submittedAt, ...(extension !== undefined && { extension }) };
  return latePenalty(latePolicy, facts).daysLate;
}

/** What collecting asks of the settings. */
export const datesOf = (settings: LabSettings): LabDates => ({
  due: settings.due,
  graceMinutes: settings.latePolicy.graceMinutes ?? 0,
  daysLate: submission => daysLateOf(submission, settings),
});

/**
 * The submission of one student that counts.
 * - what a person chose in `chosen`, before all else; from here on, those without a notebook count only when none has one;
 * - `latest on time` (the default): the latest that is on time, and only when none is, the latest. Handing in again after the due time by
 *   accident therefore costs nothing; who wants the late one asks, and is written into `chosen`;
 * - `latest`: the latest, on time or not;
 * - `best`: the highest score after the penalty, the earlier of equals. It needs `scoreOf`; without, it is `latest on time`.
 */
export function submissionThatCounts<S extends Handed>(
  submissions: readonly S[],
  settings: LabSettings,
  scoreOf?: (submission: S) => number | undefined,
): S | undefined {
  const inOrder = submissions.toSorted((a, b) => instantOf(a.submittedAt) - instantOf(b.submittedAt));
  const student = inOrder[0]?.student ?? '';
  const chosen = Object.hasOwn(settings.chosen, student) ? settings.chosen[student] : undefined;
  const byHand = inOrder.find(({ digest }) => chosen !== undefined && chosen !== '' && digest.startsWith(chosen));
  if (byHand) return byHand;
  const whole = inOrder.some(hasNotebook) ? inOrder.filter(hasNotebook) : inOrder;
  if (settings.count === 'latest') return whole.at(-1);
  if (settings.count === 'best' && scoreOf) return best(whole, scoreOf);
  return whole.findLast(submission => daysLateOf(submission, settings) === 0) ?? whole.at(-1);
}

/** The submissions of one student that may count: the one that does, or all where the best counts. */
export function mayCount<S extends Handed>(submissions: readonly S[], settings: LabSettings): readonly S[] {
  if (settings.count === 'best') return submissions;
  const counts = submissionThatCounts(submissions, settings);
  return counts ? [counts] : [];
}

function best<S>(submissions: readonly S[], scoreOf: (submission: S) => number | undefined): S | undefined {
  const score = (submission: S): number => scoreOf(submission) ?? Number.NEGATIVE_INFINITY;
  return submissions.reduce<S | undefined>((found, one) => (found === undefined || score(one) > score(found) ? one : found), undefined);
}
