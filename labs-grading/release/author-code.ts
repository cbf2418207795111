import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HiddenCases, Lab } from 'tinylab';
import { GraderError } from '../base/grader-error.ts';
import type { Problem } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import { readMigrations } from '../lab/migrations.ts';
import type { KnownMistake } from '../lab/mutant.ts';
import { parseRubric } from '../lab/rubric.ts';
import { type LabFiles, readText } from './lab-files.ts';
import { typeProblems } from './types.ts';

/**
 * What is wrong with the code and data that an author wrote, in the author's own file and line: type errors, a module that does not load or exports
 * something else, hidden cases and known wrong answers of questions that there are not, data that is not what it should be.
 */
export async function authorProblems(files: LabFiles): Promise<Problem[]> {
  const wrong = typeProblems(files);
  // Code with type errors may not even load, and its own message would name the wrong place.
  if (wrong.length > 0) return wrong;
  const checks = await loaded(files, files.checks, { is: isLab, form: "lab('NAME', [question(…), …])" });
  if ('problem' in checks) return [checks.problem];
  const ids = checks.value.questions.map(({ id }) => id);
  return [...(await hiddenProblems(files, ids)), ...(await answerProblems(files, ids)), ...dataProblems(files)];
}

const isLab = (value: unknown): value is Lab => Array.isArray((value as Partial<Lab> | undefined)?.questions);
const isHidden = (value: unknown): value is HiddenCases => typeof (value as Partial<HiddenCases> | undefined)?.bodies === 'object';
const isList = (value: unknown): value is readonly KnownMistake[] => Array.isArray(value);

type Loaded<T> = { readonly value: T } | { readonly problem: Problem };

/** What a module should export as its default: how to tell, and how to say it. */
interface Export<T> {
  readonly is: (value: unknown) => value is T;
  readonly form: string;
}

/** The default export of a module of the author. */
async function loaded<T>(files: LabFiles, path: string, { is, form }: Export<T>): Promise<Loaded<T>> {
  try {
    const { default: value } = (await import(pathToFileURL(path).href)) as { default: unknown };
    if (is(value)) return { value };
    return { problem: { rule: 'export', file: shown(path), message: `it should say: export default ${form}` } };
  } catch (error) {
    return { problem: { rule: 'load', message: messageOf(error), ...placeOf(error, [files.folder, files.secret], path) } };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** The line of the author's that an error comes from: the first of its stack that lies in the lab. */
function placeOf(error: unknown, folders: readonly string[], path: string): { file: string; line?: number } {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, url = '', line] of stack.matchAll(/((?:file:\/)?\/[^\s()]+?):(\d+)(?::\d+)?/g)) {
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    if (folders.some(folder => file.startsWith(`${folder}/`))) return { file: shown(file), line: Number(line) };
  }
  return { file: shown(path) };
}

async function hiddenProblems(files: LabFiles, ids: readonly string[]): Promise<Problem[]> {
  if (!files.hidden) return [];
  const hidden = await loaded(files, files.hidden, { is: isHidden, form: "hiddenCases('NAME', { … })" });
  if ('problem' in hidden) return [hidden.problem];
  return Object.keys(hidden.value.bodies).flatMap(id => unknownQuestion(files.hidden as string, id, ids));
}

/** Of the lists of wrong answers and of right ones in other styles. */
async function answerProblems(files: LabFiles, ids: readonly string[]): Promise<Problem[]> {
  const lists = [files.mutants, files.styles].filter(path => path !== undefined);
  return (await Promise.all(lists.map(path => listProblems(files, path, ids)))).flat();
}

async function listProblems(files: LabFiles, path: string, ids: readonly string[]): Promise<Problem[]> {
  const list = await loaded(files, path, { is: isList, form: '[{ question, name, answer, … }, …]' });
  if ('problem' in list) return [list.problem];
  return [...new Set(list.value.map(({ question }) => question))].flatMap(id => unknownQuestion(path, id, ids));
}

/** A question that the lab does not have, where a file speaks of it. */
function unknownQuestion(path: string, id: string, ids: readonly string[]): Problem[] {
  if (ids.includes(id)) return [];
  const name = new RegExp(`(^|[^\\w-])${id.replace(/[^\w-]/g, '\\$&')}($|[^\\w-])`);
  const line = readText(path)
    .split('\n')
    .findIndex(text => name.test(text));
  const message = `the lab has no question ${JSON.stringify(id)}; known are: ${ids.join(', ')}`;
  return [{ rule: 'question', file: shown(path), ...(line >= 0 && { line: line + 1 }), message }];
}

function dataProblems({ secret }: LabFiles): Problem[] {
  const rubric = join(secret, 'rubric.json');
  const migrations = join(secret, 'migrations.json');
  return [
    ...refusals('rubric', rubric, () => existsSync(rubric) && parseRubric(readText(rubric), shown(rubric))),
    ...refusals('migrations', migrations, () => readMigrations(migrations)),
  ];
}

function refusals(rule: string, path: string, read: () => unknown): Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof GraderError)) throw error;
    const message = messageOf(error)
      .replace(`${path}: `, '')
      .replace(`${shown(path)}: `, '');
    return [{ rule, file: shown(path), message }];
  }
}
