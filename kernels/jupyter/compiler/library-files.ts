import type * as TypeScript from '@tslab/typescript-for-tslab';
import { createDocs, type Docs, withoutDocs } from './docs.ts';
import { createNodeTypes, type NodeTypes } from './node-types.ts';

/** Declaration files of libraries, with no more in them than the check of a cell needs. */
export interface LibraryFiles {
  read(path: string): string | undefined;
  readonly nodeTypes: NodeTypes;
  /** Brings back the documentation of a name. */
  readonly document: Docs;
}

export function createLibraryFiles(ts: typeof TypeScript): LibraryFiles {
  const nodeTypes = createNodeTypes(ts);
  const documentedText = (path: string) => {
    const text = ts.sys.readFile(path);
    return text === undefined ? undefined : nodeTypes.read(path, text);
  };
  return {
    nodeTypes,
    read(path) {
      const text = documentedText(path);
      return text !== undefined && path.endsWith('.d.ts') ? withoutDocs(text) : text;
    },
    document: createDocs(ts, path => (path.endsWith('.d.ts') ? documentedText(path) : undefined)),
  };
}
