import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shown } from '../../base/project.ts';
import { givenFiles } from '../given-files.ts';
import type { LabFiles } from '../lab-files.ts';
import { studentNotebook } from '../student.ts';
import { labVersion } from '../version.ts';
import type { BundleFile } from './file.ts';
import { madeFile } from './files.ts';

/** notebooks/NN-name: the notebook with its version, the checks with what they import, and whatever else lies in the lab's folder for students. */
export function labPart(lab: LabFiles): BundleFile[] {
  const at = (name: string): string => `notebooks/${lab.id}/${name}`;
  const _source = shown(lab.source);
  const notebook = studentNotebook(lab, { lab: lab.id, version: labVersion(lab) });
  const given = givenFiles(lab.folder).map(name => {
    const path = join(lab.folder, name);
    return { path: at(name), content: readFileSync(path), from: shown(path) };
  });
  return [madeFile(at(`${lab.id}.ipynb`), notebook, shown(lab.notebook)), ...given];
}
