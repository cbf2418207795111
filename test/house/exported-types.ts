import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './modules.ts';

// TypeScript 7 has no compiler in JavaScript; the kernel brings one.
const ts = createRequire(join(root, 'node_modules/tslab/package.json'))('@tslab/typescript-for-tslab');

/** An exported type, or a field of one, and whether a doc comment stands before it. */
export interface DocumentedType {
  readonly file: string;
  readonly type: string;
  readonly field?: string;
  readonly documented: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the compiler comes without types
type Syntax = any;

const parsed = (path: string): Syntax => ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
const childrenOf = (node: Syntax): Syntax[] => {
  const found: Syntax[] = [];
  node.forEachChild((child: Syntax) => void found.push(child));
  return found;
};

function isDocumented(node: Syntax): boolean {
  const { text } = node.getSourceFile();
  return (ts.getLeadingCommentRanges(text, node.pos) ?? []).some(({ pos }: { pos: number }) => text.startsWith('/**', pos));
}

/** Interfaces and type aliases that a door exports, also through other doors, each followed by its own fields. */
export function exportedTypes(door: string): DocumentedType[] {
  return childrenOf(parsed(door))
    .filter(ts.isExportDeclaration)
    .flatMap(line => {
      const path = join(dirname(door), line.moduleSpecifier.text);
      const named: Syntax[] | undefined = line.exportClause?.elements;
      return named ? typesIn(path, new Set(named.map(element => (element.propertyName ?? element.name).text))) : exportedTypes(path);
    });
}

/** The types of these names in one file, and their fields. */
function typesIn(file: string, names: ReadonlySet<string>): DocumentedType[] {
  return childrenOf(parsed(file))
    .filter(node => (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && names.has(node.name.text))
    .flatMap(node => {
      const type = node.name.text as string;
      const fields: Syntax[] = node.members ?? node.type?.members ?? [];
      return [
        { file, type, documented: isDocumented(node) },
        ...fields.map(field => ({ file, type, field: field.name?.getText() as string, documented: isDocumented(field) })),
      ];
    });
}
