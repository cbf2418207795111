import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** A source file with the specifiers it imports; relative ones are resolved to paths from the root. */
export interface Module {
  readonly path: string;
  readonly imports: readonly string[];
}

const skipped = new Set(['node_modules', 'dist', '.git', '.tinylab', 'artefacts', 'fixtures', 'deliverables']);

/** Paths (from the root, with /) of the files below `folders` whose name ends in one of `endings`. */
export function filesBelow(folders: readonly string[], endings: readonly string[]): string[] {
  return folders.flatMap(folder =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow([path], endings);
      return entry.isFile() && endings.some(ending => entry.name.endsWith(ending)) ? [path] : [];
    }),
  );
}

const comment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const specifier = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/gm;

/** Import specifiers in a source text, of every form: static, side effect, re-export, dynamic, require. */
export function specifiersIn(source: string): string[] {
  return [...source.replace(comment, '').matchAll(specifier)].map(match => match[2] as string);
}

/** Reads the modules below `folders`. */
export function modulesBelow(folders: readonly string[]): Module[] {
  return filesBelow(folders, ['.ts', '.mjs']).map(path => ({
    path,
    imports: specifiersIn(readFileSync(join(root, path), 'utf8')).map(name => (name.startsWith('.') ? located(path, name) : name)),
  }));
}

const located = (from: string, name: string): string =>
  relative(root, resolve(root, dirname(from), name))
    .split(sep)
    .join('/');

/** One import cycle as the paths along it, or undefined. */
export function findCycle(modules: readonly Module[]): string[] | undefined {
  const byPath = new Map(modules.map(m => [m.path, m]));
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    done.add(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = byPath.has(next) ? walk(next, [...trail, path]) : undefined;
      if (cycle) return cycle;
    }
    return undefined;
  };
  for (const { path } of modules) {
    const cycle = walk(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
