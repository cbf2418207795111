import { existsSync, readFileSync } from 'node:fs';
import type { LabReport } from 'tinylab';
import { z } from 'zod';
import { GraderError } from '../base/grader-error.ts';

const version = z.string().regex(/^[0-9a-f]{16}$/, 'expected a version of 16 hexadecimal digits, as: npx tinylab release LAB --json');
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected a grade_id');
const points = z.number().positive();

const stepSchema = z
  .strictObject({
    from: version,
    to: version,
    renamed: z.record(id, id).default({}),
    added: z.array(id).default([]),
    dropped: z.array(id).default([]),
    points: z.record(id, z.tuple([points, points])).default({}),
    deliverables: z.record(id, id).default({}),
    note: z.string().optional(),
  })
  .superRefine(({ from, to, renamed, added, dropped }, context) => {
    const wrong = (message: string): void => void context.addIssue({ code: 'custom', message });
    const targets = Object.values(renamed);
    if (from === to) wrong('a step leads to another version');
    if (new Set(targets).size < targets.length) wrong('two questions cannot get the same name');
    for (const name of targets) if (added.includes(name)) wrong(`${name} is renamed and added`);
    for (const name of Object.keys(renamed)) if (dropped.includes(name)) wrong(`${name} is renamed and dropped`);
  });

/** What happened to a lab's questions between two versions: old name → new name, new names, old names, new name → points before and after; and what is handed in
 * under another name, old → new. */
export type Migration = Readonly<Omit<z.infer<typeof stepSchema>, 'note'>>;

/** The steps in a lab's migrations.json, oldest first; none where there is no such file. @throws GraderError */
export function readMigrations(file: string | undefined): Migration[] {
  return file !== undefined && existsSync(file) ? parseMigrations(readFileSync(file, 'utf8'), file) : [];
}

/** Steps from JSON text. @throws GraderError */
export function parseMigrations(text: string, file: string): Migration[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GraderError('lab/migrations', `${file}: not JSON: ${(error as Error).message}`);
  }
  const parsed = z.array(stepSchema).safeParse(json);
  if (parsed.success) return parsed.data.map(({ note: _, ...step }) => step);
  throw new GraderError(
    'lab/migrations',
    parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.') || 'top level'}: ${message}`).join('\n'),
  );
}

/** What lies between two versions: the steps of the shortest way, put together; undefined where no way leads from one to the other. */
export function migrationBetween(steps: readonly Migration[], from: string, to: string): Migration | undefined {
  const reached = new Map<string, Migration>([
    [from, { from, to: from, renamed: {}, added: [], dropped: [], points: {}, deliverables: {} }],
  ]);
  for (const [at, way] of reached) {
    if (at === to) return way;
    for (const step of steps) if (step.from === at && !reached.has(step.to)) reached.set(step.to, after(way, step));
  }
  return undefined;
}

/** Two migrations, one after the other. What came and went between them is not seen from outside. */
function after(first: Migration, second: Migration): Migration {
  const next = (name: string): string => second.renamed[name] ?? name;
  const handedIn = Object.entries({ ...second.deliverables, ...first.deliverables }).map(
    ([old, name]) => [old, second.deliverables[name] ?? name] as const,
  );
  const gone = (name: string): boolean => second.dropped.includes(name);
  const kept = Object.entries(first.renamed).filter(([, name]) => !gone(name));
  const middle = new Map(Object.entries(first.renamed).map(([old, name]) => [name, old]));
  const later = Object.entries(second.renamed).filter(([name]) => !middle.has(name) && !first.added.includes(name));
  const changed: Record<string, [number, number]> = { ...second.points };
  for (const [name, [before, since]] of Object.entries(first.points)) {
    if (!gone(name)) changed[next(name)] = [before, second.points[next(name)]?.[1] ?? since];
  }
  return {
    from: first.from,
    to: second.to,
    renamed: Object.fromEntries([...kept.map(([old, name]) => [old, next(name)] as const), ...later].filter(([old, name]) => old !== name)),
    added: [...first.added.filter(name => !gone(name)).map(next), ...second.added],
    dropped: [...first.dropped, ...second.dropped.filter(name => !first.added.includes(name)).map(name => middle.get(name) ?? name)],
    deliverables: Object.fromEntries(handedIn.filter(([old, name]) => old !== name)),
    points: Object.fromEntries(
      Object.entries(changed).filter(([name, [before, since]]) => before !== since && !first.added.map(next).includes(name)),
    ),
  };
}

/**
 * A report on the older version as one on the newer: questions under their new names, dropped ones left out, scores in proportion where
 * points changed. Questions that were added are not in it: nobody asked them.
 */
export function migrateReport<R extends Pick<LabReport, 'score' | 'points' | 'questions'>>(report: R, migration: Migration): R {
  const questions = report.questions.flatMap(one => {
    if (migration.dropped.includes(one.question)) return [];
    const question = migration.renamed[one.question] ?? one.question;
    const [before, now] = migration.points[question] ?? [one.points, one.points];
    const scale = ({ score, points: full }: { score: number; points: number }) => ({
      score: (score * now) / before,
      points: (full * now) / before,
    });
    return [{ ...one, ...scale(one), question, parts: one.parts.map(part => ({ ...part, points: (part.points * now) / before })) }];
  });
  const sum = (key: 'score' | 'points'): number => questions.reduce((total, one) => total + one[key], 0);
  return { ...report, questions, score: sum('score'), points: sum('points') };
}
