import { readdirSync } from 'node:fs';

/** Files of a lab that graders keep to themselves, where its parts lie together in one folder. */
export const kept: ReadonlySet<string> = new Set([
  'lab.ts',
  'hidden.ts',
  'mutants.ts',
  'styles.ts',
  'survivors.json',
  'rubric.json',
  'migrations.json',
  'package.json',
]);

/** Made by running a notebook. */
const made = new Set(['deliverables', 'predictions', 'node_modules']);

/**
 * What a lab's folder gives to students besides the notebook, as paths relative to it, sorted: everything but the solution, what graders
 * keep, other notebooks, what a run made, hidden files and half-written ones.
 */
export function givenFiles(folder: string): string[] {
  const below = (path: string): string[] =>
    readdirSync(path === '' ? folder : `${folder}/${path}`, { withFileTypes: true }).flatMap(entry => {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name.endsWith('.ipynb') || entry.name.endsWith('.part')) return [];
      if (path === '' && (kept.has(name) || made.has(name))) return [];
      if (entry.isDirectory()) return below(name);
      return entry.isFile() ? [name] : [];
    });
  return below('').sort();
}
