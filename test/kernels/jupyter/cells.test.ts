import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputs, result, sleep, traceback, useKernel } from './kernel.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-notebook-'));
const exportsOnly = join(folder, 'node_modules/exports-only');
mkdirSync(exportsOnly, { recursive: true });
writeFileSync(
  join(exportsOnly, 'package.json'),
  JSON.stringify({ name: 'exports-only', version: '1.0.0', exports: { './part': { types: './part.d.ts', default: './part.js' } } }),
);
writeFileSync(join(exportsOnly, 'part.d.ts'), 'export declare const answer: number;\n');
writeFileSync(join(exportsOnly, 'part.js'), 'exports.answer = 42;\n');
writeFileSync(join(folder, 'helper.ts'), 'export const double = (x: number): number => 2 * x;\n');

const kernel = useKernel({ folder });

describe('names of earlier cells', () => {
  test('shorthand properties, in literals and in destructuring assignments', async () => {
    await kernel().execute('let epochs = 3; let rate = 0.1;');
    expect(result(await kernel().execute('({ epochs, rate })'))).toBe('{ epochs: 3, rate: 0.1 }');
    await kernel().execute('({ epochs, rate = 0.5 } = { epochs: 7 } as { epochs: number; rate?: number });');
    expect(result(await kernel().execute('[epochs, rate]'))).toBe('[ 7, 0.5 ]');
  });

  test('a `let` that a later cell assigns is what the functions of its own cell see, and the other way round', async () => {
    await kernel().execute('let counter = 0;\nfunction increase() { return ++counter; }');
    await kernel().execute('counter = 10;');
    expect(result(await kernel().execute('increase()'))).toBe('11');
    expect(result(await kernel().execute('counter'))).toBe('11');
  });

  test('a function of the first version writes to its own variable, not to one of the same name that came later', async () => {
    await kernel().execute("let state = 'first'; function setState(s: string) { state = s; }");
    await kernel().execute('let state = 5;');
    expect(result(await kernel().execute("setState('late'); state"))).toBe('5');
  });

  test('a helper that is run again is what its callers use', async () => {
    await kernel().execute('function helper() { return 1; }');
    await kernel().execute('function caller() { return helper() * 10; }');
    await kernel().execute('function helper() { return 2; }');
    expect(result(await kernel().execute('caller()'))).toBe('20');
  });

  test('a cell that does not compile leaves names and types as they were', async () => {
    await kernel().execute('let kept: number = 1;');
    await kernel().execute("let kept: string = 'a'; nothing;");
    expect(result(await kernel().execute('kept + 1'))).toBe('2');
  });

  test('a cell that ends with an error leaves what had a value by then, and its type', async () => {
    await kernel().execute('let before: number = 1; let behind: number = 2;');
    await kernel().execute("let before: string = 'a'; if (before) throw new Error('no'); let behind: string = 'b';");
    expect(result(await kernel().execute('[before + 1, behind + 1]'))).toBe("[ 'a1', 3 ]");
  });

  test('so does one whose value cannot be shown', async () => {
    await kernel().execute("const trained = 5;\n({ [Symbol.for('Jupyter.display')]() { throw new Error('cannot draw'); } })");
    expect(result(await kernel().execute('trained'))).toBe('5');
  });
});

describe('compiling', () => {
  test('strict types block the cell and show the line with a caret', async () => {
    const answer = await kernel().execute("console.log('never');\n\tlet text: string = null;");
    expect(answer.reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
    expect(answer.text()).toBe('');
    expect(traceback(answer)).toBe(
      "Type 'null' is not assignable to type 'string'. cell:2:6 TS2322\n2 | \tlet text: string = null;\n    \t    ^^^^\n",
    );
  });

  test('packages with nothing but an `exports` map, helper files, newer built-ins', async () => {
    expect(result(await kernel().execute("import { answer } from 'exports-only/part'; answer"))).toBe('42');
    expect(result(await kernel().execute("import { double } from './helper'; double(4)"))).toBe('8');
    expect(
      result(await kernel().execute('[[3, 1, 2].toSorted(), [1, 2].findLast(x => x < 2), new Set([1, 2]).union(new Set([3])).size]')),
    ).toBe('[ [ 1, 2, 3 ], 1, 3 ]');
  });

  test('`for await` at the top of a cell', async () => {
    const answer = await kernel().execute('let sum = 0;\nfor await (const x of [1, Promise.resolve(2)]) sum += x;\nsum');
    expect(result(answer)).toBe('3');
  });

  test('a forgotten `await`: the last value is awaited, an earlier call is pointed out', async () => {
    await kernel().execute('async function work() { return 7; }');
    const answer = await kernel().execute('work();\nwork()');
    expect(result(answer)).toBe('7');
    expect(answer.text('stderr')).toMatch(/^Line 1: .*`await`/);
    expect((await kernel().execute('await work();\nvoid work();\n1')).text('stderr')).toBe('');
  });
});

describe('errors', () => {
  test('have name, message and the exact place in the TypeScript of the cell', async () => {
    const code =
      'interface A {\n  b: number;\n}\n\n// comment\nfunction fail(a: A): never {\n  type Z = A;\n  throw new RangeError(`bad ${a.b}`);\n}\nfail({ b: 1 });';
    const answer = await kernel().execute(code);
    expect(answer.reply).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'bad 1' });
    const [, n] = /cell\[(\d+)\]/.exec(traceback(answer)) ?? [];
    expect(traceback(answer)).toBe(
      `RangeError: bad 1\n8 |   throw new RangeError(\`bad \${a.b}\`);\n            ^\n    at fail (cell[${n}]:8:9)\n    at cell[${n}]:10:1`,
    );
    expect(outputs(answer, 'error')[0]).toMatchObject({ ename: answer.reply.ename, traceback: answer.reply.traceback });
  });

  test('keep their places after an await and with imports before them', async () => {
    const answer = await kernel().execute("import path from 'node:path';\nawait null;\nconst x: string = path.sep;\n  throw new Error(x);");
    expect(traceback(answer)).toMatch(/4 \| {3}throw new Error\(x\);\n {12}\^\n {4}at cell\[\d+\]:4:9$/);
  });

  test('an unhandled rejection shows in the cell that started it', async () => {
    const code = "void (async () => { await new Promise(r => setTimeout(r, 100)); throw new TypeError('stray'); })();\n1";
    const { id, answer } = kernel().send('execute_request', { code, silent: false });
    expect((await answer).reply.status).toBe('ok');
    await kernel().execute('2');
    await sleep(200);
    const [stray] = kernel().published.filter(({ type, parent }) => type === 'error' && parent.msg_id === id);
    expect(stray?.content).toMatchObject({ ename: 'TypeError', evalue: 'stray' });
  });

  test('process.exit is an error, and the kernel lives', async () => {
    const answer = await kernel().execute('process.exit(0)');
    expect(answer.reply.evalue).toMatch(/^process\.exit\(\) would end the kernel/);
    expect(result(await kernel().execute('1 + 1'))).toBe('2');
  });

  test('reading the keyboard is an error', async () => {
    const code =
      "import readline from 'node:readline/promises';\nawait readline.createInterface({ input: process.stdin }).question('name?')";
    expect((await kernel().execute(code)).reply.evalue).toMatch(/stdin is not supported/);
  });

  test('a value that is no error, and an object that cannot be looked at', async () => {
    expect((await kernel().execute("throw 'text'")).reply).toMatchObject({ ename: 'Thrown', evalue: "'text'" });
    const hostile = 'throw new Proxy({}, { get() { throw 1; }, has() { throw 2; }, getPrototypeOf() { throw 3; } })';
    expect((await kernel().execute(hostile)).reply.status).toBe('error');
  });
});

describe('the queue', () => {
  const cell = (code: string, stop_on_error: boolean) =>
    kernel().send('execute_request', { code, silent: false, store_history: true, stop_on_error }).answer;

  test('an error turns away the cells that waited, and only those', async () => {
    const all = await Promise.all([cell("throw new Error('first')", true), cell('1', true), cell('2', true)]);
    expect(all.map(({ reply }) => reply.status)).toEqual(['error', 'aborted', 'aborted']);
    expect(all.slice(1).map(answer => answer.outputs)).toEqual([[], []]);
    expect((await cell('3', true)).reply.status).toBe('ok');
  });

  test('stop_on_error: false lets them run', async () => {
    const all = await Promise.all([cell("throw new Error('first')", false), cell('1', true)]);
    expect(all.map(({ reply }) => reply.status)).toEqual(['error', 'ok']);
  });

  test('questions are answered while a cell runs', async () => {
    const running = cell('await new Promise(r => setTimeout(r, 500)); "done"', true);
    const info = await kernel().request('kernel_info_request', {});
    const last = kernel().published.findLast(({ type }) => type === 'status');
    expect(info.reply.status).toBe('ok');
    await sleep(50);
    expect(kernel().published.findLast(({ type }) => type === 'status')?.content.execution_state, JSON.stringify(last)).toBe('busy');
    expect(result(await running)).toBe("'done'");
  });

  test('a silent cell has no number and no result', async () => {
    const before = (await kernel().execute('0')).reply.execution_count;
    const silent = await kernel().execute('5', { silent: true });
    expect(silent.outputs).toEqual([]);
    expect((await kernel().execute('0')).reply.execution_count).toBe(before + 1);
  });
});
