import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createCellCompiler } from '../../../../kernels/jupyter/compile.ts';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';

const folder = join(import.meta.dirname, '../../../../notebooks');
const compiler = createCellCompiler(folder);
afterAll(() => compiler.close());

const run = (source: string) => createCellExecutor(folder, compiler).run(source);

test.each([
  ['await (async () => 5)()', 5],
  ['await [1, 2]', [1, 2]],
  ['await -1', -1],
  ['await +1', 1],
  ['await `a`', 'a'],
  ['const pattern = await /a/g; pattern.source', 'a'],
  ['const x = await (Promise.resolve(2)); x', 2],
  ['await (await (Promise.resolve(3)))', 3],
  ['let y = 0; if (true) { y = await (Promise.resolve(4)); } y', 4],
  ['const o = { [await ("m")]() { return 6; } }; o.m!()', 6],
  ['class A extends (await (Promise.resolve(Array))) {} new A(3).length', 3],
  [`const text = \`\${await (7)}\`; text`, '7'],
  ["const { sep } = await (import('node:path')); const p = await /b/; sep + p.source", '/b'],
  ["import { sep } from 'node:path'; await [sep]", ['/']],
  ['async function inside() { return await (8); } inside()', 8],
  ['let sum = 0; for await (const v of [1, Promise.resolve(2)]) sum += v; sum', 3],
])('%s', async (source, value) => {
  expect(await run(source)).toEqual({ ok: true, value });
});

test('a cell that waits only in its functions, or names the word, does not wait itself', () => {
  for (const source of [
    'const f = async () => { await (1); };',
    'const s = "await (1)"; // await [2]',
    'class A { async m() { await -1; } }',
  ])
    expect(compiler.convert('', source)).toMatchObject({ diagnostics: [], awaits: false });
});
