import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasets } from 'tinylab';
import { projectFolder } from '../../base/project.ts';
import { givenFiles } from '../given-files.ts';
import { type LabFiles, readText } from '../lab-files.ts';
import type { BundleFile } from './file.ts';
import { projectFile } from './files.ts';

/** Names of the datasets that a text loads. */
export const datasetsIn = (text: string): string[] =>
  [...text.matchAll(/\bloadDataset\(\s*(['"`])([\w.-]+)\1/g)].map(match => match[2] as string);

/** Names of the trained networks that a text takes. */
const networksIn = (text: string): string[] => [...text.matchAll(/\bpretrained\(\s*(['"`])([\w.-]+)\1/g)].map(match => match[2] as string);

/** The registry, and of each dataset that the lab loads the part that comes with the project, with its licence, and the trained networks that it takes. The loader downloads the rest. */
export function datasetFiles(lab: LabFiles): BundleFile[] {
  const code = [
    lab.source,
    ...givenFiles(lab.folder)
      .filter(name => name.endsWith('.ts'))
      .map(name => join(lab.folder, name)),
  ];
  const texts = code.map(readText);
  const names = new Set(texts.flatMap(datasetsIn));
  const networks = [...new Set(texts.flatMap(networksIn))].flatMap(name =>
    ['card.json', 'json', 'safetensors'].map(end => `pretrained/${name}.${end}`),
  );
  const registry = datasets();
  const parts = [...names].flatMap(name => {
    const embedded = Object.values(registry[name]?.embedded ?? {}).flat();
    const papers = embedded.length > 0 ? ['LICENSE', 'README.md'].map(file => `${name}/${file}`) : [];
    return [...embedded.flatMap(pair => [pair.images.path, pair.labels.path]), ...papers];
  });
  const paths = ['registry.json', ...parts, ...networks].map(path => `datasets/${path}`);
  return paths.filter(path => existsSync(join(projectFolder, path))).map(projectFile);
}
