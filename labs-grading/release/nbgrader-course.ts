import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shown } from '../base/project.ts';
import { writeWhole } from '../base/write-whole.ts';
import type { BundlePass } from './bundle/bundle.ts';
import { datasetFiles } from './bundle/datasets.ts';
import type { BundleFile } from './bundle/file.ts';
import { madeFile } from './bundle/files.ts';
import { kernelFiles } from './bundle/kernel.ts';
import { libraryFiles } from './bundle/library.ts';
import { packageFiles } from './bundle/packages.ts';
import { scriptFiles } from './bundle/scripts.ts';
import { isProgram, writeFolder } from './bundle/write.ts';
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

/** What notebooks of a course run on: the library, the kernel, data, and the scripts that set them up there. */
const runtime: readonly BundlePass[] = [datasetFiles, libraryFiles, kernelFiles, scriptFiles, packageFiles];

/**
 * Adds a lab to an nbgrader course in `folder`, which begins here if it is new; a configuration that is there stays as it is. The course holds all
 * that it needs and names no other folder, so that it can be moved: `npm run setup` there installs the rest.
 * @throws GraderError when the course has the lab already.
 */
export function addToNbgraderCourse(lab: LabFiles, folder: string): void {
  const course = resolve(folder);
  writeFolder(nbgraderSource(lab), join(course, 'source', lab.id));
  for (const { path, content } of runtime.flatMap(pass => pass(lab))) keepSame(join(course, path), content);
  const configuration = join(course, 'nbgrader_config.py');
  if (!existsSync(configuration)) writeWhole(configuration, nbgraderConfig);
}

/** What another lab has brought already is the same, or older. */
function keepSame(path: string, content: Buffer): void {
  if (!existsSync(path) || !readFileSync(path).equals(content)) writeWhole(path, content, { mode: isProgram(content) ? 0o755 : 0o644 });
}
