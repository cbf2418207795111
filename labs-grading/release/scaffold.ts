import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { assertWritable } from '../base/disk.ts';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder } from '../base/project.ts';
import { writeNotebook } from './release.ts';

const template = join(import.meta.dirname, 'new-lab');
const forStudents = ['lab.ts', 'checks.ts'];
const forGraders = ['hidden.ts', 'mutants.ts', 'styles.ts', 'rubric.json'];

/**
 * Writes a small lab that passes its gate: in the project its parts lie where they belong, in a folder of your own together.
 * @returns the folder that the commands take: the lab's name, or the folder.
 * @throws GraderError for another name than `02-some-words`, or when there is such a lab; nothing is written then.
 */
export function newLab(name: string, parent?: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new GraderError('lab/problems', [
      { rule: 'name', file: name, message: 'a lab is called like 02-quantization: small letters, digits, hyphens' },
    ]);
  const student = parent === undefined ? join(projectFolder, 'notebooks', name) : resolve(parent, name);
  const grader = parent === undefined ? join(projectFolder, 'labs-grading/labs', name) : student;
  const folders = new Map([[student, student === grader ? [...forStudents, ...forGraders] : forStudents]]);
  if (student !== grader) folders.set(grader, forGraders);
  const there = [...folders.keys()].find(existsSync);
  if (there) throw new GraderError('lab/problems', [{ rule: 'files', file: there, message: 'it exists; name another lab, or remove it' }]);
  const type = join(projectFolder, 'labs-grading/lab/mutant.ts');
  assertWritable(folders.keys());
  for (const [folder, files] of folders)
    write(folder, files, text => text.replaceAll('new-lab', name).replace('../../lab/mutant.ts', slashes(relative(folder, type))));
  if (student === grader) writeFileSync(join(student, 'package.json'), '{ "type": "module" }\n');
  const lab = parent === undefined ? name : student;
  writeNotebook(lab);
  return lab;
}

/** A folder appears whole or not at all. */
function write(folder: string, files: readonly string[], adapted: (text: string) => string): void {
  const partial = `${folder}.part`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const file of files) writeFileSync(join(partial, file), adapted(readFileSync(join(template, file), 'utf8')));
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(partial, folder);
}

const slashes = (path: string): string => path.replaceAll('\\', '/');
