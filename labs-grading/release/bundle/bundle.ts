import type { LabFiles } from '../lab-files.ts';
import { datasetFiles } from './datasets.ts';
import type { BundleFile } from './file.ts';
import { kernelFiles } from './kernel.ts';
import { labPart } from './lab-part.ts';
import { libraryFiles } from './library.ts';
import { packageFiles } from './packages.ts';
import { readmeFile } from './readme.ts';
import { scriptFiles } from './scripts.ts';

/** Says what one part of a student's folder holds. */
export type BundlePass = (lab: LabFiles) => BundleFile[];

/**
 * All that a student gets, part by part: the lab first, since the data and the README follow from it; then what it runs on. No file may come
 * from two passes.
 */
export const bundlePasses: readonly BundlePass[] = [
  labPart,
  datasetFiles,
  libraryFiles,
  kernelFiles,
  scriptFiles,
  packageFiles,
  readmeFile,
];

/** The student's folder, sorted by path. */
export function studentBundle(lab: LabFiles): BundleFile[] {
  const files = bundlePasses.flatMap(pass => pass(lab)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const twice = files.find(({ path }, i) => path === files[i + 1]?.path);
  if (twice) throw new Error(`Two passes give ${twice.path}.`);
  return files;
}
