import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { projectFolder, shown } from '../base/project.ts';
import { writeWhole } from '../base/write-whole.ts';
import type { BundleFile } from './bundle/file.ts';
import { madeFile } from './bundle/files.ts';
import { writeFolder } from './bundle/write.ts';
import { givenFiles } from './given-files.ts';
import type { LabFiles } from './lab-files.ts';
import { stub, textStub } from './passes/clear-solutions.ts';
import { begin, end } from './regions.ts';
import { solutionNotebook } from './student.ts';
import { labVersion } from './version.ts';

/** What nbgrader must know of our notebooks. nbgrader matches a region's markers anywhere in a line, as release does. */
export const nbgraderConfig = `# Lets nbgrader 0.9 work with TinyLab's notebooks: generate_assignment, validate, autograde, generate_feedback, export.
# Checks run in the kernel, beside what students wrote, with public cases only: use \`npx tinylab grade\` where the grade matters.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = 'tinylab'
c.ClearSolutions.code_stub = {'typescript': ${JSON.stringify(stub.join('\n'))}}
c.ClearSolutions.text_stub = ${JSON.stringify(textStub)}
c.ClearSolutions.begin_solution_delimeter = ${JSON.stringify(begin)}
c.ClearSolutions.end_solution_delimeter = ${JSON.stringify(end)}
c.Execute.timeout = 600
`;

/** source/LAB of an nbgrader course: the notebook with its solutions, and what students are given beside it. */
export function nbgraderSource(lab: LabFiles): BundleFile[] {
  const source = shown(lab.source);
  const notebook = solutionNotebook(lab, { lab: lab.id, version: labVersion(lab) });
  const given = givenFiles(lab.folder).map(name => {
    const path = join(lab.folder, name);
    return { path: name, content: readFileSync(path), from: shown(path) };
  });
  return [madeFile(`${lab.id}.ipynb`, notebook, source), ...given];
}

/**
 * Adds a lab to an nbgrader course in `folder`, which begins here if it is new; a configuration that is there stays as it is.
 * @throws GraderError when the course has the lab already.
 */
export function addToNbgraderCourse(lab: LabFiles, folder: string): void {
  const course = resolve(folder);
  writeFolder(nbgraderSource(lab), join(course, 'source', lab.id));
  keep(join(course, 'nbgrader_config.py'), nbgraderConfig);
  keep(join(course, 'package.json'), '{ "private": true, "type": "module" }\n');
  linkLibrary(course);
}

function keep(path: string, text: string): void {
  if (!existsSync(path)) writeWhole(path, text);
}

/** Notebooks find the library through the folders above them: a course elsewhere gets a link to this project's. */
function linkLibrary(course: string): void {
  if (!relative(projectFolder, course).startsWith('..')) return;
  const link = join(course, 'node_modules');
  if (existsSync(link)) return;
  mkdirSync(course, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join(projectFolder, 'node_modules'), link);
}
