import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasets } from 'tinylab';
import { projectFolder } from '../../run/places.ts';
import { givenFiles } from '../given-files.ts';
import { type LabFiles, readText } from '../lab-files.ts';
import type { BundleFile } from './file.ts';
import { projectFile } from './files.ts';

/** Names of the datasets that a text loads. */
export const datasetsIn = (text: string): string[] =>
  [...text.matchAll(/\bloadDataset\(\s*(['"`])([\w.-]+)\1/g)].map(match => match[2] as string);

/** The registry, and of each dataset that the lab loads the part that comes with the project, with its licence. The loader downloads the rest. */
export function datasetFiles(lab: LabFiles): BundleFile[] {
  const code = [
    lab.source,
    ...givenFiles(lab.folder)
      .filter(name => name.endsWith('.ts'))
      .map(name => join(lab.folder, name)),
  ];
  const names = new Set(code.flatMap(path => datasetsIn(readText(path))));
  const registry = datasets();
  const parts = [...names].flatMap(name => {
    const embedded = Object.values(registry[name]?.embedded ?? {}).flat();
    const papers = embedded.length > 0 ? ['LICENSE', 'README.md'].map(file => `${name}/${file}`) : [];
    return [...embedded.flatMap(pair => [pair.images.path, pair.labels.path]), ...papers];
  });
  const paths = ['registry.json', ...parts].map(path => `datasets/${path}`);
  return paths.filter(path => existsSync(join(projectFolder, path))).map(projectFile);
}
