import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertWritable } from '../../base/disk.ts';
import { GraderError } from '../../base/grader-error.ts';
import { shown } from '../../base/project.ts';
import { writeWhole } from '../../base/write-whole.ts';
import { parseRubric, type Rubric } from '../../lab/rubric.ts';
import { type Cell, markOf } from '../cells.ts';
import { type LabFiles, labFiles, readText } from '../lab-files.ts';
import { questionHeads } from '../question-facts.ts';
import { writeNotebook } from '../release.ts';
import { labCells } from '../student.ts';
import { withElement, withImports } from './insert.ts';
import { type NewQuestion, type QuestionKind, questionKinds } from './kinds.ts';

/**
 * Adds a question that passes the gate to every file of a lab, after its last question, and writes the notebook.
 * @returns the files that were written.
 * @throws GraderError where the id is taken or no id, or a file has no place for it; nothing is written then.
 */
export function newQuestion(lab: string, id: string, kind: QuestionKind): string[] {
  const files = labFiles(lab);
  const cells = labCells(files);
  assertNew(files, cells, id);
  const name = id.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
  const number = 1 + cells.filter(cell => cell.type === 'markdown' && /^## \d+ · /m.test(cell.source)).length;
  const made = questionKinds[kind]({ id, name, number });
  const written = new Map([
    [files.source, labText(files, cells, made)],
    ...(made.question ? [[files.checks, checksText(files, made)] as const] : []),
    ...answerLists(files, made),
    ...(made.rubric ? [[join(files.secret, 'rubric.json'), rubricText(files, id, made.rubric)] as const] : []),
  ]);
  assertWritable([...written.keys(), files.notebook]);
  for (const [path, text] of written) writeWhole(path, text);
  writeNotebook(lab);
  return [...written.keys(), files.notebook].map(shown);
}

function assertNew(files: LabFiles, cells: readonly Cell[], id: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    throw refused(id, 'a question is called like fine-grained-prune: small letters, digits, hyphens');
  const taken = new Set([...questionHeads(files.checks).keys(), ...cells.map(cell => markOf(cell)?.grade_id)]);
  if (taken.has(id)) throw refused(shown(files.source), `there is a question or cell ${id}`);
}

/** lab.ts with the cells after the last that is graded, or at the end. */
function labText(files: LabFiles, cells: readonly Cell[], { cells: added, imports }: NewQuestion): string {
  const lines = readText(files.source).split('\n');
  const last = cells.findLastIndex(cell => markOf(cell)?.grade);
  const next = last < 0 ? undefined : cells[last + 1]?.line;
  const at = next === undefined ? lines.length : next - 2;
  const whole = [...lines.slice(0, at), added, '', ...lines.slice(at)].join('\n');
  return imported(whole, imports.lab, files.source);
}

function checksText(files: LabFiles, { question = '', imports }: NewQuestion): string {
  return imported(inserted(readText(files.checks), question, files.checks), imports.checks, files.checks);
}

function imported(text: string, names: readonly string[], path: string): string {
  const result = withImports(text, names);
  if (result === undefined)
    throw refused(shown(path), `it imports nothing by name from 'tinylab'; add: import { ${names.join(', ')} } from 'tinylab'`);
  return result;
}

function inserted(text: string, element: string, path: string): string {
  const result = withElement(text, element);
  if (result === undefined) throw refused(shown(path), 'its default export is no list that a question could be added to');
  return result;
}

/** mutants.ts and styles.ts, where the lab has them. */
function answerLists({ mutants, styles }: LabFiles, { mutant, style }: NewQuestion): [string, string][] {
  const lists = [[mutants, mutant] as const, [styles, style] as const];
  return lists.flatMap(([path, element]): [string, string][] =>
    path !== undefined && element !== undefined ? [[path, inserted(readText(path), element, path)]] : [],
  );
}

function rubricText({ secret }: LabFiles, id: string, entry: object): string {
  const path = join(secret, 'rubric.json');
  const rubric: Rubric = existsSync(path) ? parseRubric(readText(path), shown(path)) : { questions: {} };
  return `${JSON.stringify({ ...rubric, questions: { ...rubric.questions, [id]: entry } }, null, 2)}\n`;
}

const refused = (file: string, message: string): GraderError => new GraderError('lab/problems', [{ rule: 'new question', file, message }]);
