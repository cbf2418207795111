import { join } from 'node:path';
import { question } from 'tinylab';
import { localSession, runQuestion } from 'tinylab/grading';
import { afterAll, describe, expect, test } from 'vitest';
import { createCellCompiler } from '../../../../kernels/jupyter/compile.ts';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';

const folder = join(import.meta.dirname, '../../../../notebooks');
const compiler = createCellCompiler(folder);
afterAll(() => compiler.close());

const right = 'function add(a: number, b: number): number { return a + b; }';
const open = 'function add(a: number, b: number): number { return a - ; }';
const mistyped = "const add = (a: number, b: number): number => 'a';";
const throwing = "if (true) throw new Error('boom');\nconst add = (a: number, b: number) => a;";
const garbled = 'functio add(a: number) {';

const help = 'const help = (a: number, b: number) => a + b;';
const calling = 'function add(a: number, b: number): number { return help(a, b); }';

const asked = question('add', { points: 1, uses: ['add'] }, async q => {
  q.equal(await q.call('add', 1, 2), 3);
});

type Step = readonly [id: string | undefined, source: string] | { readonly deleted: string };

/** Runs cells and then the check of `add`: its state, and what it found first. */
async function checked(...steps: Step[]) {
  const notebook = createCellExecutor(folder, compiler);
  for (const step of steps) {
    if ('deleted' in step) notebook.forget([step.deleted]);
    else await notebook.run(step[1], { id: step[0] });
  }
  const report = await runQuestion(asked, localSession(notebook), { seed: 1 });
  return [report.state, report.items[0]?.got ?? ''] as const;
}

describe('a check of a name whose cell failed when it ran last', () => {
  const compile = (message: RegExp) => ['compile error', expect.stringMatching(message)];
  const failed = /^The cell that defines add failed when it ran last: /;
  test.each<[string, unknown, ...Step[]]>([
    ['syntax', compile(/failed when it ran last: Expression expected\. \(line 1\)/), [undefined, right], [undefined, open]],
    ['a type', compile(/not assignable to type 'number'/), [undefined, right], [undefined, mistyped]],
    ['the same cell, no longer readable', compile(failed), ['a', right], ['a', garbled]],
    ['the same cell, emptied of the name', compile(failed), ['a', right], ['a', 'const other: string = 1;']],
    ['a cell in the place of a deleted one', compile(failed), ['a', right], { deleted: 'a' }, ['b', open]],
    ['nothing was there before', compile(failed), ['a', open]],
    ['a helper that the answer calls', compile(/^The cell that defines help failed/), ['a', help], ['b', calling], ['a', 'const help = ;']],
    [
      'a value that the answer reads',
      compile(/^The cell that defines help failed/),
      [undefined, `${help}\nlet two = 2;`],
      ['b', calling],
      [undefined, 'const help = ;'],
    ],
    ['an error before the definition', ['failed', expect.stringMatching(/: Error: boom$/)], ['a', right], ['a', throwing]],
  ])('says so: %s', async (_, found, ...steps) => {
    expect(await checked(...steps)).toEqual(found);
  });

  test.each<[string, ...Step[]]>([
    ['a later run of it succeeds', [undefined, right], [undefined, open], [undefined, right]],
    ['another cell defines it', ['a', open], ['b', right]],
    ['a run-time error came after the definition', [undefined, `${right}\nthrow new Error('boom');`]],
    ['a cell that only mentions the name fails', [undefined, right], [undefined, "add('x', 1);"], [undefined, 'add(1,']],
    ['another cell tries the name and fails', ['a', right], ['b', open], ['b', throwing]],
    ['the cell first failed, and was mended without an id', ['a', right], ['a', open], [undefined, right]],
    ['a helper of it was mended', ['a', help], ['b', calling], ['a', 'const help = ;'], ['a', help]],
    ['a helper of it is tried elsewhere', ['a', help], ['b', calling], ['c', 'const help = ;']],
    ['a helper of it was interrupted', ['a', help], ['b', calling], ['a', `if (true) throw new Error('boom');\n${help}`]],
    ['a cell fails whose names it does not use', ['a', help], ['b', right], ['a', 'const help = ;']],
    ['a name of an inner block is another one', [undefined, right], [undefined, '{ const add: string = 1; }']],
  ])('goes by the value: %s', async (_, ...steps) => {
    expect(await checked(...steps)).toEqual(['passed', '']);
  });
});
