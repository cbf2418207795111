import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from '../../scripts/notebook/reader.mjs';
import { GraderError } from '../base/grader-error.ts';
import type { Problem } from '../base/problem.ts';
import { type NbgraderNotebook, readNbgraderNotebook } from './notebook.ts';

/** One assignment: the notebooks of `source/NAME`, sorted by name. */
export interface NbgraderAssignment {
  readonly name: string;
  readonly notebooks: readonly NbgraderNotebook[];
}

/**
 * Reads the assignments of an nbgrader course. A notebook that cannot be read at all is one with a problem.
 * @throws GraderError when the folder has no `source`.
 */
export function readNbgraderCourse(folder: string): NbgraderAssignment[] {
  const source = join(folder, 'source');
  if (!existsSync(source))
    throw new GraderError('lab/problems', [
      {
        rule: 'course',
        file: source,
        message: 'there is no such folder: an nbgrader course keeps source/ASSIGNMENT/NOTEBOOK.ipynb',
      },
    ]);
  const folders = readdirSync(source, { withFileTypes: true }).filter(entry => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders
    .map(({ name }) => ({ name, notebooks: notebooksIn(join(source, name)) }))
    .filter(({ notebooks }) => notebooks.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function notebooksIn(folder: string): NbgraderNotebook[] {
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.ipynb'))
    .sort();
  return names.map(name => {
    const file = join(folder, name);
    const unread = (problems: readonly Problem[]): NbgraderNotebook => ({
      file,
      cells: [],
      questions: [],
      points: 0,
      warnings: [],
      problems,
    });
    const read = textOf(readFileSync(file));
    if ('wrong' in read) return unread([{ rule: 'notebook', file, message: read.wrong }]);
    try {
      return readNbgraderNotebook(read.text, file);
    } catch (error) {
      if (!(error instanceof GraderError)) throw error;
      return unread(error.problems);
    }
  });
}
