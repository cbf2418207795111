import { build } from 'esbuild';
import type { CheckReport } from 'tinylab';
import { CheckerFailure } from './checker.ts';
import type { QuestionFacts } from './checker-messages.ts';

/** Questions that are asked again, in one sandbox that gives out these names. */
export interface StaffRun {
  readonly names: readonly string[];
  readonly questions: readonly QuestionFacts[];
}

export interface Scored {
  readonly questions: readonly QuestionFacts[];
  /** What the run without `staff` found, by question. */
  readonly reports: ReadonlyMap<string, CheckReport>;
  /** Names that the lab has a reference answer for. */
  readonly staff: readonly string[];
  readonly sources: readonly string[];
}

/** Tells whether a text writes this name out as a string. */
const quotes = (source: string, name: string): boolean => ["'", '"', '`'].some(mark => source.includes(mark + name + mark));

/**
 * What to ask again once a cell has asked for `staff`: questions that were asked and did not pass, each with names of earlier questions only, so that no
 * sandbox in which a question is asked gives out its own answer or a later one.
 */
export function staffRuns({ questions, reports, staff, sources }: Scored): StaffRun[] {
  const wanted = staff.filter(name => sources.some(source => quotes(source, name)));
  const scoredBefore = (name: string, index: number): boolean => {
    const users = questions.flatMap(({ id, uses }, at) => (uses.includes(name) ? [{ id, at }] : []));
    return users.length > 0 && users.every(({ id, at }) => at < index && reports.has(id));
  };
  const runs = new Map<string, { names: string[]; questions: QuestionFacts[] }>();
  for (const [index, question] of questions.entries()) {
    const state = reports.get(question.id)?.state;
    if (state === undefined || state === 'passed' || state === 'tool missing') continue;
    const names = wanted.filter(name => scoredBefore(name, index));
    if (names.length === 0) continue;
    const run = runs.get(names.join(' ')) ?? { names, questions: [] };
    run.questions.push(question);
    runs.set(names.join(' '), run);
  }
  return [...runs.values()];
}

/**
 * The public checks of a lab and what they import from beside them, as one CommonJS module; `hidden.ts` is no part of it.
 * @throws CheckerFailure when they cannot be made into one: our fault, never the student's.
 */
export async function staffCode(checks: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [checks],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node24',
      external: ['tinylab'],
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    throw new CheckerFailure(`checks.ts cannot be bundled for staff: ${(error as Error).message}`);
  }
}
