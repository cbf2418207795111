import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';
import { cellCompiler, folder, lastOf } from './cells.ts';

const compiler = cellCompiler();
afterAll(() => compiler.close());

describe('a separator of lines or paragraphs, raw in a string', () => {
  test.each<[string, unknown, ...string[]]>([
    ['is one character of it', 'a\u2028b\u2029c', "'a\u2028b\u2029c'"],
    ['in double quotes', [1, 3], 'const s = "a\u2028b"; [s.split("\u2028").length - 1, s.length]'],
    ['is the same in a later cell, type included', true, "const s = 'a\u2028b';", "const t: 'a\u2028b' = s; t === 'a\\u2028b'"],
    ['in a template', 'a\u2028b', '`a\u2028b`'],
    ['in a name of a field', 1, "({ 'a\u2028': 1 })['a\u2028']"],
    ['continues a line behind a backslash', 'ab', "'a\\\u2028b'"],
    ['in a comment ends the comment', 2, "let x = 1; // it's \u2028x = 2;\nx"],
    ['leaves places true', 'Expression expected.', "const s = 'a\u2028b', t = ;"],
  ])('%s', async (_, value, ...cells) => {
    expect(await lastOf(compiler, cells)).toEqual(value);
  });

  test('moves no place', () => {
    const { diagnostics } = compiler.convert('', "const s: number = 'a\u2028b', t = ;");
    expect(diagnostics.map(({ line, column }) => [line, column])).toEqual([
      [1, 7],
      [1, 30],
    ]);
  });
});

describe('a `var` belongs to the whole cell, wherever in it it stands, and so to later cells', () => {
  test.each<[string, unknown, ...string[]]>([
    ['in a block', 2, '{ var inner = 1; }', 'inner + 1'],
    ['in a branch', '1.0', 'if (true) { var inner = 1; } else { var other = 2; }', 'inner.toFixed(1)'],
    ['in a branch that was not taken', undefined, 'if (Math.random() > 2) { var inner = 1; }', 'inner'],
    ['of a loop', 3, 'for (var i = 0; i < 3; i++) {}', 'i + 0'],
    ['of `for … of` and `for … in`', ['b', '1'], "for (var c of ['a', 'b']) {}\nfor (var k in [1, 2]) {}", '[c.slice(0), k.slice(0)]'],
    ['of `for await`', 2, 'for await (var v of [1, Promise.resolve(2)]) {}', 'v + 0'],
    ['in `try`', 5, "try { var found = 5; throw new Error('x'); } catch {}", 'found + 0'],
    ['in `switch` and labels', [1, 2], 'switch (1) { case 1: var a = 1; }\nouter: { var b = 2; }', '[a, b]'],
    [
      'in a pattern',
      [1, [2, 3], 4],
      '{ var { x, y: [...y], z = 4 }: { x: number; y: number[]; z?: number } = { x: 1, y: [2, 3] }; }',
      '[x, y, z]',
    ],
    ['with a type of the cell', 7, 'interface Box { v: number }\n{ var box: Box = { v: 7 }; }', 'const b: Box = box; b.v'],
    [
      'with a type of the library',
      2,
      "import { array } from 'tinylab';\n{ var grid = array([2], new Float32Array(2)); }",
      'grid.data.length',
    ],
    ['assigned by a later cell', 9, '{ var inner = 1; }\nfunction look() { return inner; }', 'inner = 9; look()'],
    ['of an earlier cell, declared anew', 'b', '{ var inner = 1; }', "{ var inner = 'b'; }", 'inner.slice(0)'],
    ['that is declared at the top as well', 3, 'var twice = 1;\n{ var twice = 3; }', 'twice + 0'],
    ['in a cell that fails behind it', 1, "{ var inner = 1; }\nthrow new Error('boom');", 'inner + 0'],
  ])('%s', async (_, value, ...cells) => {
    expect(await lastOf(compiler, cells)).toEqual(value);
  });

  test.each<[string, string, string]>([
    ['`let` and `const` of a block do not', '{ let inner = 1; const other = 2; }', 'inner'],
    ['nor does the `var` of a function', 'function f() { var inner = 1; return inner; }', 'inner'],
    ['nor a function of a block', '{ function inner() {} }', 'inner'],
  ])('%s', async (_, ...cells) => {
    expect(await lastOf(compiler, cells)).toMatch(/Cannot find name 'inner'/);
  });
});

describe('a property that a type of an earlier cell declares', () => {
  const type = 'interface C { width: number; kernel: number; inner?: { deep: number }; list: number[] }';
  const value = 'const given: C = { width: 2, kernel: 3, inner: { deep: 5 }, list: [7, 8] };';
  test.each<[string, unknown, ...string[]]>([
    ['gets another name in a parameter', 9, 'function f({ kernel: k }: C): number {\n  return k ** 2;\n}', 'f(given)'],
    [
      'gets another name in a constant of a function',
      6,
      'const f = (c: C) => {\n  const { width: w, kernel: k } = c;\n  return w * k;\n};',
      'f(given)',
    ],
    ['gets another name at the top', 3, 'const { kernel: k } = given;', 'k'],
    [
      'gets another name, and a value where it is missing',
      4,
      'const { inner: { deep: d } = { deep: 4 } }: C = { ...given, inner: undefined };',
      'd',
    ],
    ['is taken apart further', [5, 8], 'const { inner: { deep: d } = { deep: 0 }, list: [, last] } = given;', '[d, last]'],
    ['is left out of the rest', ['width', 'inner', 'list'], 'const { kernel: k, ...rest } = given;', 'Object.keys(rest)'],
    ['goes to a variable of an earlier cell', 3, 'let k = 0;', '({ kernel: k } = given);', 'k'],
    ['goes to a variable of this cell', 2, 'let w = 0;\n({ width: w } = given);\nw'],
    ['is set in a literal', 9, 'const made: C = { width: 1, kernel: 9, list: [] };', 'made.kernel'],
    ['is set to a name of an earlier cell', 3, 'const kernel = 3;', 'const made: C = { width: 1, kernel, list: [] };', 'made.kernel'],
    ['is a loop variable', 10, 'let sum = 0;\nfor (const { width: w, kernel: k } of [given, given]) sum += w + k;\nsum'],
    ['is asked for by its name alone', 6, 'const g = ({ width, kernel }: C) => width * kernel;', 'g(given)'],
  ])('%s', async (_, expected, ...cells) => {
    expect(await lastOf(compiler, [type, value, ...cells])).toEqual(expected);
  });
});

describe('built-ins of this Node', () => {
  const notebook = createCellExecutor(folder, compiler);
  const data =
    "import { array } from 'tinylab';\nconst { data } = array([3], Float32Array.of(3, 1, 2));\nconst list = (x: Iterable<number>) => [...x];";
  beforeAll(async () => void (await notebook.run(data)));

  test.each<[string, unknown]>([
    ['data.reduce((a, b) => a + b)', 6],
    ['data.reduce((a, b) => a + b, 0)', 6],
    ['data.reduce((a, b) => Math.max(a, b), -Infinity)', 3],
    ['data.reduce<number[]>((a, b) => [...a, b], [])', [3, 1, 2]],
    ['data.reduce((a, b) => ({ ...a, [b]: 1 }), {} as Record<number, number>)', { 1: 1, 2: 1, 3: 1 }],
    ['data.reduce((a, b, i, all) => a + b * i + all.length, 0)', 14],
    ['data.reduceRight((a, b) => `${a}${b}`, "")', '213'],
    ['data.findLast(x => x > 1)', 2],
    ['list(data.toSorted())', [1, 2, 3]],
    ['list(data.toSorted((a, b) => b - a).toReversed().with(0, 9))', [9, 2, 3]],
    ['list(data.map(x => 2 * x).filter(x => x > 2).sort())', [4, 6]],
    ...['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64'].flatMap(
      (kind): [string, unknown][] => [
        [`list(${kind}Array.of(3, 1, 2).toSorted().toReversed().with(0, 7))`, [7, 2, 1]],
        [`${kind}Array.of(3, 1, 2).reduce((a, b, i, all) => a + b * i + all[0]!, 0)`, 14],
        [`${kind}Array.of(3, 1, 2).reduce((a: number, b: number, i: number, all: ${kind}Array) => a + b + all.length, 0)`, 15],
      ],
    ),
    ['[...BigInt64Array.of(3n, 1n).toSorted()]', [1n, 3n]],
    ['[1, 2].values().map(x => 2 * x).toArray()', [2, 4]],
    ['new Map([[1, 2]]).keys().filter(x => x > 0).take(1).toArray()', [1]],
    ['await Array.fromAsync([Promise.resolve(1)])', [1]],
    ["[...new Set([1]).union(new Map([[2, 'a']]))]", [1, 2]],
    ['await Promise.try((a: number) => a + 1, 1)', 2],
    ["'a'.isWellFormed()", true],
    ["RegExp.escape('.')", '\\.'],
    ['Error.isError(new Error())', true],
    ['new ArrayBuffer(1, { maxByteLength: 4 }).transfer(2).byteLength', 2],
  ])('%s', async (source, value) => {
    expect(await notebook.run(source)).toEqual({ ok: true, value });
  });
});
