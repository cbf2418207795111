import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from 'tinylab';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder, shown } from '../base/project.ts';
import type { OtherStyle } from '../lab/mutant.ts';
import { projectPaths } from '../release/bundle/files.ts';
import { type Cell, markOf, roleOf } from '../release/cells.ts';
import { givenFiles } from '../release/given-files.ts';
import { type LabFiles, labFiles, loadQuestions, loadStyles } from '../release/lab-files.ts';
import { labCells } from '../release/student.ts';
import { contentHash } from '../release/version.ts';

/** A lab as its checks are measured: its cells with solutions, its questions, its right answers in other styles. */
export interface LabToMutate {
  readonly files: LabFiles;
  readonly cells: readonly Cell[];
  readonly questions: Lab;
  readonly styles: readonly OtherStyle[];
  /** Hash of what decides verdicts besides the answers: checks, hidden cases, how they compare, how answers are marked. */
  readonly key: string;
}

/** Reads a lab. @throws GraderError when it cannot be read. */
export async function labToMutate(lab: string): Promise<LabToMutate> {
  const files = labFiles(lab);
  const cells = labCells(files);
  return { files, cells, questions: await loadQuestions(files), styles: await loadStyles(files), key: keyOf(files) };
}

/** Ids of the questions that have an answer cell, or the one that is asked for. @throws GraderError when there is no such question. */
export function answeredQuestions({ cells, questions, files }: LabToMutate, only?: string): string[] {
  const answers = new Set(cells.filter(cell => roleOf(cell) === 'answer').map(cell => markOf(cell)?.grade_id));
  const ids = questions.questions.map(({ id }) => id).filter(id => answers.has(id));
  if (only === undefined) return ids;
  if (ids.includes(only)) return [only];
  throw new GraderError('lab/problems', [
    {
      rule: 'question',
      file: shown(files.checks),
      message: `there is no question ${only} with an answer cell; there are ${ids.join(', ')}`,
    },
  ]);
}

function keyOf(files: LabFiles): string {
  const given = givenFiles(files.folder)
    .filter(name => name.endsWith('.ts'))
    .map(name => join(files.folder, name));
  const own = ['lib/check', 'labs-grading/mutate/arena']
    .flatMap(folder => projectPaths(folder, () => true))
    .map(path => join(projectFolder, path));
  const paths = [...given, ...(files.hidden ? [files.hidden] : []), ...own].filter(path => existsSync(path));
  return contentHash(paths.map(path => [shown(path), readFileSync(path)] as const));
}
