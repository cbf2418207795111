import { afterAll, describe, expect, it } from 'vitest';
import { type CompiledCell, createCellCompiler } from '../../../../kernels/jupyter/compile.ts';
import { neededDeclarations } from '../../../../kernels/jupyter/compiler/needed-declarations.ts';
import { loadTypeScript } from '../../../../kernels/jupyter/compiler/tslab.ts';
import { rememberingCompiler } from '../../../../kernels/jupyter/remembering-compiler.ts';
import { labFiles } from '../../../../labs-grading/release/lab-files.ts';
import { solutionNotebook } from '../../../../labs-grading/release/student.ts';

const plain = createCellCompiler(import.meta.dirname);
const inner = createCellCompiler(import.meta.dirname);
let compiled = 0;
const remembering = rememberingCompiler({
  ...inner,
  get globals() {
    return inner.globals;
  },
  get ownDeclarations() {
    return inner.ownDeclarations;
  },
  convert: (declarations, source) => {
    compiled++;
    return inner.convert(declarations, source);
  },
});

/** Compiles cells one after the other, both ways. */
function both(cells: readonly string[]): void {
  let declarations = '';
  for (const source of cells) {
    const expected: CompiledCell = plain.convert(declarations, source);
    expect(remembering.convert(declarations, source), source).toEqual(expected);
    declarations = expected.declarations ?? declarations;
  }
}

/** The cells of a solved notebook; each answer also declares a name of the student's own. */
function solved(student: number): string[] {
  const { cells } = JSON.parse(solutionNotebook(labFiles('00-basics'))) as {
    cells: { cell_type: string; source: string | string[]; metadata: { nbgrader?: { solution: boolean } } }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source, metadata }, i) => {
      const text = [source].flat().join('');
      return metadata.nbgrader?.solution ? `${text}\nconst own${i} = ${student};\nfunction helper${i}(x = ${student}) { return x; }` : text;
    });
}

/** What may go wrong when earlier declarations are left out: each a notebook of cells. */
const notebooks: Record<string, readonly string[]> = {
  'names used through other names': [
    'type Pair = [number, number];\ninterface Box { pair: Pair }\nfunction box(): Box { return { pair: [1, 2] }; }\nconst unused = 1;',
    'const found = box().pair;',
    'found[0]',
  ],
  'names declared anew': ['const a = 1;\nconst b = 2;', "const a = 'one';", 'a.length + b', 'class a {}', 'new a()'],
  'a local name that hides a global one': ['class Map { mine = 1 }\nconst unused = 1;', 'const m = [new globalThis.Map([[1, 2]])];', 'm'],
  'overloads and merged interfaces': [
    'function f(x: number): number;\nfunction f(x: string): string;\nfunction f(x: any) { return x; }',
    'interface A { x: number }\ninterface A { y: number }\nenum Kind { One, Two }\nlet later: Kind;',
    "const both: A = { x: f(1), y: f('a').length };\nlater = Kind.Two;",
    'later',
  ],
  'errors that suggest an earlier name': ['const learningRate = 0.1;\nconst other = 2;', 'learningrate', 'learningRates + other', 'other'],
  'escaped names and strings': ["const caf\\u00e9 = { '3 × 3': 1 };", 'café', 'caf\\u{e9}', 'String(café)'],
  'types written by an imported name': [
    "import { type Stats, statSync } from 'node:fs';\nconst unused = 1;",
    "const one = statSync('.');",
    'one.size',
  ],
  'references to libraries': ["const bytes = Buffer.from('a');\nconst unused = 1;", 'bytes.length', 'unused'],
  'several kinds at once': [
    'namespace N { export const x = 1; }\nconst [p, { q }] = [1, { q: 2 }];',
    'N.x + p',
    'declare global { interface Array<T> { own: T } }\nconst r = q;',
    '[1].own',
    'let s = r; s += 1;',
    'const generic = <T extends { s: number }>(t: T) => t.s;\ngeneric({ s })',
  ],
};

afterAll(() => {
  plain.close();
  inner.close();
});

describe('a compiler that remembers', () => {
  it('gives what the compiler gives, for students with answers of their own, and compiles given cells once', () => {
    both(solved(1));
    const first = compiled;
    both(solved(2));
    const answers = solved(2).filter((source, i) => source !== solved(3)[i]).length;
    expect(compiled - first).toBe(answers);
    expect(first).toBeGreaterThan(2 * answers);
  });

  it.each(Object.entries(notebooks))('gives what the compiler gives: %s', (_, cells) => {
    both(cells);
    both(cells);
  });

  it('leaves out what a cell does not mention', () => {
    const declarations = 'declare const a: B;\ninterface B {\n    c: number;\n}\ndeclare const d: number;\ndeclare class Set {\n}\n';
    const found = neededDeclarations(loadTypeScript(), { declarations, source: 'a.c', globals: inner.globals });
    expect(found?.needed).toBe('declare const a: B;\ninterface B {\n    c: number;\n}\ndeclare class Set {\n}\n');
    expect(found?.after).toBe(declarations);
    expect(neededDeclarations(loadTypeScript(), { declarations, source: 'const d = 2', globals: inner.globals })).toBeUndefined();
  });
});
