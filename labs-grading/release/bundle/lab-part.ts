import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releasedName } from '../../../scripts/notebook/reader.mjs';
import { shown } from '../../base/project.ts';
import { givenFiles } from '../given-files.ts';
import type { LabFiles } from '../lab-files.ts';
import { studentNotebook } from '../student.ts';
import { labVersion } from '../version.ts';
import type { BundleFile } from './file.ts';
import { madeFile } from './files.ts';

/** notebooks/NN-name: the notebook with its version, a copy that nobody writes into, the checks with what they import, and whatever else lies in the lab's folder for students. */
export function labPart(lab: LabFiles): BundleFile[] {
  const at = (name: string): string => `notebooks/${lab.id}/${name}`;
  const notebook = studentNotebook(lab, { lab: lab.id, version: labVersion(lab) });
  const given = givenFiles(lab.folder).map(name => {
    const path = join(lab.folder, name);
    return { path: at(name), content: readFileSync(path), from: shown(path) };
  });
  const copies = [`${lab.id}.ipynb`, releasedName].map(name => madeFile(at(name), notebook, shown(lab.notebook)));
  return [...copies, ...given];
}
