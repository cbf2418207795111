import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Lab } from 'tinylab';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder, shown } from '../base/project.ts';
import { type GradedLab, labIds } from '../lab/labs.ts';
import type { OtherStyle } from '../lab/mutant.ts';

/** Where the parts of a lab lie. */
export interface LabFiles {
  readonly id: string;
  /** What a student works in. */
  readonly folder: string;
  /** Where graders keep what students must not have; the same folder for a lab whose parts lie together. */
  readonly secret: string;
  readonly source: string;
  readonly notebook: string;
  readonly checks: string;
  readonly hidden?: string;
  readonly mutants?: string;
  /** Right answers in other styles. */
  readonly styles?: string;
}

/**
 * The files of a lab of the project, or of one whose parts lie together in a folder.
 * @throws GraderError when there is no lab.ts or no checks.ts.
 */
export function labFiles(lab: string): LabFiles {
  const ofProject = existsSync(join(projectFolder, 'notebooks', lab, 'lab.ts'));
  const folder = ofProject ? join(projectFolder, 'notebooks', lab) : resolve(lab);
  const secret = ofProject ? join(projectFolder, 'labs-grading/labs', lab) : folder;
  const id = basename(folder);
  const [source, checks, hidden, mutants, styles] = [
    join(folder, 'lab.ts'),
    join(folder, 'checks.ts'),
    join(secret, 'hidden.ts'),
    join(secret, 'mutants.ts'),
    join(secret, 'styles.ts'),
  ];
  const absent = [source, checks].find(path => !existsSync(path));
  if (absent) {
    const labs = labIds().join(', ') || 'none';
    throw new GraderError('lab/problems', [
      { rule: 'files', file: shown(absent), message: `there is no such file; labs of the project: ${labs}` },
    ]);
  }
  return {
    id,
    folder,
    secret,
    source,
    checks,
    notebook: join(folder, `${id}.ipynb`),
    ...(existsSync(hidden) && { hidden }),
    ...(existsSync(mutants) && { mutants }),
    ...(existsSync(styles) && { styles }),
  };
}

/** The lab's questions. */
export async function loadQuestions(files: LabFiles): Promise<Lab> {
  return ((await import(pathToFileURL(files.checks).href)) as { default: Lab }).default;
}

/** The lab's right answers in other styles; none where there is no such file. */
export async function loadStyles(files: LabFiles): Promise<readonly OtherStyle[]> {
  if (!files.styles) return [];
  return ((await import(pathToFileURL(files.styles).href)) as { default: OtherStyle[] }).default;
}

/** What the grader needs of a lab, with this notebook as the one that students were given. */
export function gradedLab(files: LabFiles, pristine: string): GradedLab {
  return { id: files.id, checks: files.checks, pristine, ...(files.hidden && { hidden: files.hidden }) };
}

export const readText = (path: string): string => readFileSync(path, 'utf8');
