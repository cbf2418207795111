import { dirname, join } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { NodeTypes } from './node-types.ts';
import { mayChange } from './options.ts';

type Resolutions = Pick<
  TypeScript.CompilerHost,
  'resolveModuleNameLiterals' | 'resolveTypeReferenceDirectiveReferences' | 'hasInvalidatedResolutions'
>;

export interface ResolutionParts {
  readonly host: TypeScript.ModuleResolutionHost;
  readonly options: TypeScript.CompilerOptions;
  readonly cwd: string;
  readonly nodeTypes: NodeTypes;
}

/**
 * Finds the files of imported modules and types. Libraries are looked up once, without the watchers that the compiler would set for
 * everything that was not found; what lies beside the notebook is looked up for each cell anew.
 */
export function resolution(ts: typeof TypeScript, { host, options, cwd, nodeTypes }: ResolutionParts): Resolutions {
  const changes = mayChange(cwd);
  const modules = ts.createModuleResolutionCache(cwd, path => path, options);
  const types = ts.createTypeReferenceDirectiveResolutionCache(cwd, path => path, options, modules.getPackageJsonInfoCache());

  const resolve = (name: string, from: string) => {
    const known = changes(from) && name.startsWith('.') ? undefined : modules;
    return ts.resolveModuleName(name, from, options, host, known);
  };
  return {
    resolveModuleNameLiterals: (names, from) =>
      names.map(name => nodeTypes.find(name, from) ?? (changes(from) ? undefined : neighbour(name.text, from)) ?? resolve(name.text, from)),
    resolveTypeReferenceDirectiveReferences: (references, from) =>
      references.map(reference => {
        const name = typeof reference === 'string' ? reference : reference.fileName;
        return ts.resolveTypeReferenceDirective(name, from, options, host, undefined, types);
      }),
    hasInvalidatedResolutions: changes,
  };

  /** The declarations beside those of the same library, where most imports of a library point. */
  function neighbour(name: string, from: string): TypeScript.ResolvedModuleWithFailedLookupLocations | undefined {
    if (!name.startsWith('.') || !from.endsWith('.d.ts')) return undefined;
    const resolvedFileName = `${join(dirname(from), name.replace(/\.js$/, ''))}.d.ts`;
    if (!host.fileExists(resolvedFileName)) return undefined;
    const isExternalLibraryImport = resolvedFileName.includes('/node_modules/');
    return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport } };
  }
}
