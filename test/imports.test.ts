import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './house/modules.ts';
import { runtimeImports } from './house/runtime-imports.ts';

const folders = ['lib', 'kernels', 'labs-grading', 'notebooks', 'datasets', 'scripts', 'test'];
const imports = await runtimeImports(folders);
const builtin = new Set(builtinModules.flatMap(name => [name, `node:${name}`]));

type Kind = 'dependencies' | 'peerDependencies' | 'optionalDependencies' | 'devDependencies';
type Manifest = Readonly<Partial<Record<Kind, object>>> & { readonly name: string; readonly workspaces?: readonly string[] };

/** Name of the package in a specifier: `a/b` → `a`, `@a/b/c` → `@a/b`. */
const packageOf = (specifier: string): string => /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier;

function above(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [folder, ...above(folder)];
}

const isSchema = (specifier: string): boolean => /^[a-z]+:/.test(specifier);

/** Why a specifier leads nowhere, or undefined. Lookup is Node's: a file by its whole name, a package in the nearest node_modules. */
function unresolved(path: string, specifier: string): string | undefined {
  if (builtin.has(specifier)) return undefined;
  if (specifier.startsWith('node:')) return 'no module of Node';
  if (specifier.startsWith('.')) return existsSync(join(root, dirname(path), specifier)) ? undefined : 'no such file';
  if (isSchema(specifier)) return undefined;
  const name = packageOf(specifier);
  return above(path).some(folder => existsSync(join(root, folder, 'node_modules', name))) ? undefined : 'no such package is installed';
}

const manifestAt = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

/** The package that a file belongs to: the folder of the nearest package.json. */
const ownerOf = (path: string): string => above(path).find(folder => existsSync(join(root, folder, 'package.json'))) as string;

/** Packages that must be the very copy that another one uses. */
const broughtBy: Readonly<Record<string, string>> = { '@tslab/typescript-for-tslab': 'tslab' };

/** Where development ends: tests, benchmarks, the runners of both, and what makes data. */
const isDevelopment = (path: string): boolean =>
  /^(test|scripts\/(bench|test))\/|^datasets\/.*\/make\.ts$|^scripts\/(bench|test)\.mjs$|\/build\.mjs$/.test(path);

/** Why a product file may not import a package, or undefined: whoever installs the product gets no development dependency. */
function undeclared(path: string, specifier: string): string | undefined {
  if (isDevelopment(path) || builtin.has(specifier) || /^(\.|node:)/.test(specifier) || isSchema(specifier)) return undefined;
  const name = packageOf(specifier);
  const owner = ownerOf(path);
  const manifest = manifestAt(owner);
  const { devDependencies, workspaces = [] } = manifest;
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const own = [manifest, ...workspaces.map(manifestAt)].map(({ name: known }) => known);
  if (own.includes(name) || name in declared || (broughtBy[name] ?? '') in declared) return undefined;
  return devDependencies && name in devDependencies ? `a development dependency of ${owner}` : `no dependency of ${owner}`;
}

const offences = (why: (path: string, specifier: string) => string | undefined): string[] =>
  imports.flatMap(({ path, specifier }) => {
    const reason = why(path, specifier);
    return reason === undefined ? [] : [`${path} → ${specifier}: ${reason}`];
  });

describe('imports of the whole project', () => {
  it('are seen as a compiler sees them', () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(imports).toContainEqual({ path: 'labs-grading/cli.ts', specifier: 'commander' });
    expect(imports).not.toContainEqual({ path: 'labs-grading/commands/show.ts', specifier: 'commander' });
  });

  it('lead somewhere', () => {
    expect(unresolved('lib/train/fit.ts', './nowhere.ts')).toBe('no such file');
    expect(unresolved('lib/train/fit.ts', './fit')).toBe('no such file');
    expect(unresolved('lib/train/fit.ts', 'a-package-of-nobody')).toBe('no such package is installed');
    expect(unresolved('lib/train/fit.ts', 'node:nothing')).toBe('no module of Node');
    expect(offences(unresolved)).toEqual([]);
  });

  it('of the product need nothing that only developers install', () => {
    expect(undeclared('labs-grading/run/limits.ts', 'vitest')).toBe('no dependency of labs-grading');
    expect(undeclared('scripts/setup/context.mjs', 'fast-check')).toBe('a development dependency of .');
    expect(undeclared('labs-grading/run/limits.ts', 'zod')).toBeUndefined();
    expect(offences(undeclared)).toEqual([]);
  });
});
