import { afterAll, describe, expect, test } from 'vitest';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';
import { cellCompiler, folder, lastOf } from './cells.ts';

const compiler = cellCompiler();
afterAll(() => compiler.close());

const boom = "throw new Error('boom');";
const unknown = (name: string) => expect.stringMatching(`Cannot find name '${name}'`);

describe('a cell that ends with an error keeps what had a value, with its type', () => {
  test.each<[string, unknown, ...string[]]>([
    ['const', 6, `const kept = 5; ${boom}`, 'kept + 1'],
    ['its type', "Property 'nope' does not exist on type '5'.", `const kept = 5; ${boom}`, 'kept.nope'],
    ['let, which later cells assign', 7, `let kept = 5; ${boom}`, 'kept = 7;', 'kept'],
    ['let without a value', undefined, `let kept: number | undefined; ${boom}`, 'kept'],
    ['var', 5, `var kept = 5; ${boom}`, 'kept'],
    ['a function', 4, `function twice(x: number) { return 2 * x; } ${boom}`, 'twice(2)'],
    ['a function below the error', 4, `if (true) ${boom}\nfunction twice(x: number) { return 2 * x; }`, 'twice(2)'],
    ['a class', 3, `class Point { x = 3; } ${boom}`, 'new Point().x'],
    ['an enum', 1, `enum Side { left, right } ${boom}`, 'Side.right'],
    ['a namespace', 1, `namespace N { export const x = 1; } ${boom}`, 'N.x'],
    [
      'imports',
      '/',
      `import { sep } from 'node:path'; import * as path from 'node:path'; import os from 'node:os'; ${boom}`,
      'sep && path.sep && os && sep',
    ],
    [
      'destructuring',
      [1, 2, [3], 4],
      `const { a, b: [b, ...c], d = 4 }: { a: number; b: number[]; d?: number } = { a: 1, b: [2, 3] }; ${boom}`,
      '[a, b, c, d]',
    ],
    [
      'types',
      5,
      `interface Box { v: number } type Boxes = Box[]; const boxes: Boxes = [{ v: 5 }]; ${boom}`,
      'const b: Box = boxes[0]!; b.v',
    ],
    [
      'a generic function and its types',
      'x',
      `type Pair<T> = [T, T]; const first = <T,>(p: Pair<T>) => p[0]; ${boom}`,
      "first<string>(['x', 'y'])",
    ],
    ['after an await', 5, `const kept = await Promise.resolve(5); await 0; ${boom}`, 'kept'],
    ['when the last value is a promise that fails', 5, "const kept = 5; Promise.reject(new Error('boom'))", 'kept'],
    ['when nothing is an error at all', 5, 'const kept = 5; throw undefined;', 'kept'],
    [
      'when the names were there before with another type',
      '55',
      'let kept = 5; const twice = (s: string) => s + s;',
      `let kept = '5'; ${boom}`,
      'twice(kept)',
    ],
    ['for a second cell that fails', [1, 2], `const a = 1; ${boom}`, `const b = a + 1; ${boom}`, '[a, b]'],
    ['for a name of an earlier cell that it changed', 6, 'let n = 5;', `n++; ${boom}`, 'n'],
  ])('%s', async (_, value, ...cells) => {
    expect(await lastOf(compiler, cells)).toEqual(value);
  });
});

describe('what it had not reached', () => {
  test.each<[string, unknown, ...string[]]>([
    ['is unknown: const', unknown('late'), `${boom}\nconst late = 5;`, 'late'],
    ['is unknown: let', unknown('late'), `if (true) ${boom}\nlet late = 5;`, 'late'],
    ['is unknown: var', unknown('late'), `if (true) ${boom}\nvar late = 5;`, 'late'],
    ['is unknown: class', unknown('Late'), `if (true) ${boom}\nclass Late {}`, 'new Late()'],
    ['is unknown: enum', unknown('Late'), `if (true) ${boom}\nenum Late { a }`, 'Late.a'],
    ['is unknown: the rest of a declaration', unknown('b'), `const boil = (): number => { ${boom} }; const a = 1, b = boil(), c = 2;`, 'b'],
    [
      'and what came before it in that declaration is there',
      1,
      `const boil = (): number => { ${boom} }; const a = 1, b = boil(), c = 2;`,
      'a',
    ],
    [
      'is unknown: the rest of a pattern',
      unknown('b'),
      `const boil = (): number => { ${boom} }; const { a, b = boil() }: { a: number; b?: number } = { a: 1 };`,
      'b',
    ],
    [
      'is unknown: an import behind one that fails',
      unknown('sep'),
      "// @ts-ignore\nimport nothing from './nothing-here.js';\nimport { sep } from 'node:path';\nnothing; sep;",
      'sep',
    ],
    ['remains as it was: value and type', 6, 'const kept = 5;', `if (true) ${boom}\nconst kept = 'text';`, 'kept + 1'],
    ['remains as it was: a class', 3, 'class Point { x = 3; }', `if (true) ${boom}\nclass Point { y = 4; }`, 'new Point().x'],
    ['remains as it was: an import', '/', "import { sep } from 'node:path';", `if (true) ${boom}\nconst sep = 1;`, 'sep.slice(0)'],
    [
      'remains as it was: one of several',
      [1, 9],
      'const a = 1, b = 2;',
      `const b = 9; if (true) ${boom}\nconst a = 'text';`,
      '[a + 0, b + 0]',
    ],
    [
      'is out of reach for a function that mentions it',
      "Cannot access 'late' before initialization",
      `function use() { return late; } if (true) ${boom}\nconst late = 5;`,
      'use()',
    ],
  ])('%s', async (_, value, ...cells) => {
    expect(await lastOf(compiler, cells)).toEqual(value);
  });
});

test('a cell that does not compile leaves everything as it was', async () => {
  expect(
    await lastOf(compiler, ['const kept = 5; type T = number;', 'const kept = 6; type T = string; nothing;', 'const x: T = kept; x']),
  ).toBe(5);
});

test('an interrupt keeps what had a value, and what the cell does afterwards is not heard of', async () => {
  const notebook = createCellExecutor(folder, compiler);
  const cut = Promise.withResolvers<never>();
  const cell = 'const early = 1; await new Promise(r => setTimeout(r, 30)); const late = 2;';
  const running = notebook.run(cell, { interrupted: cut.promise });
  await new Promise(r => setTimeout(r, 5));
  cut.reject(new Error('stop'));
  expect(await running).toMatchObject({ ok: false, missing: ['late'] });
  await new Promise(r => setTimeout(r, 60));
  expect(await notebook.run('early')).toEqual({ ok: true, value: 1 });
  expect(await notebook.run('late')).toMatchObject({ ok: false });
});
