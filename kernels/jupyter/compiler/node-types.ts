import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';

const reference = /^\/\/\/ <reference path="([^"]+)" \/>\n/gm;

/**
 * Node's own declarations in parts: what is global is always there, and the declarations of a module come with the first import of it. A
 * third of them are needed by hardly any notebook: the inspector's protocol, HTTP/2, the test runner.
 */
export interface NodeTypes {
  /** The text of a declaration file as the compiler shall see it. */
  read(path: string, text: string): string;
  /** The file that declares the built-in module; undefined for other modules. */
  find(module: TypeScript.StringLiteralLike, from: string): TypeScript.ResolvedModuleWithFailedLookupLocations | undefined;
}

export function createNodeTypes(ts: typeof TypeScript): NodeTypes {
  let folder = '';
  /** Files that the index would have brought. */
  const onDemand = new Set<string>();

  const index = (path: string, text: string) =>
    text.replace(reference, (line, file) => {
      const declarations = join(dirname(path), file);
      const content = readFileSync(declarations, 'utf8');
      if (!/^declare module/m.test(content) || /\bglobal \{/.test(content)) return line;
      onDemand.add(declarations);
      return '';
    });
  /** A module may have a second file, `inspector.generated.d.ts` beside `inspector.d.ts`. */
  const withRest = (path: string, text: string) => {
    const rest = [...onDemand].filter(other => other !== path && other.startsWith(path.replace(/d\.ts$/, '')));
    return rest.map(other => `/// <reference path="${other}" />\n`).join('') + text;
  };

  return {
    read(path, text) {
      const [, types] = /^(.*\/@types\/node)\/(?:ts[\d.]+\/)?index\.d\.ts$/.exec(path) ?? [];
      if (!types) return onDemand.has(path) ? withRest(path, text) : text;
      folder = types;
      return index(path, text);
    },
    find(module, from) {
      if (!folder || !isBuiltin(module.text)) return undefined;
      // process.getBuiltinModule has a table of all modules.
      const listed = from === join(folder, 'process.d.ts') && module.parent?.parent && ts.isImportTypeNode(module.parent.parent);
      const name = module.text.replace(/^node:/, '');
      const resolvedFileName = [name, name.replace(/\/.*/, '')].map(part => join(folder, `${part}.d.ts`)).find(existsSync);
      if (listed || !resolvedFileName) return { resolvedModule: undefined };
      return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport: true } };
    },
  };
}
