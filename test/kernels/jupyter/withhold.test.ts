import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { result, useKernel } from './kernel.ts';

// inside the project, where a cell finds the library
const artefacts = join(import.meta.dirname, '../../artefacts');
mkdirSync(artefacts, { recursive: true });
const folder = mkdtempSync(join(artefacts, 'withhold-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'checks.ts'),
  `import { lab, question } from 'tinylab';
const asks = async q => void q.equal(await q.call('mine', [2, 3, 4]), 24);
export default lab('l', [
  question('withheld', { points: 1, uses: ['mine'], withhold: ['sizeOf'] }, asks),
  question('open', { points: 1, uses: ['mine'] }, asks),
]);
`,
);
const kernel = useKernel({ folder });

const scores = async (mine: string): Promise<string | undefined> => {
  await kernel().execute("import * as all from 'tinylab';\nimport { check, checkAll, sizeOf } from 'tinylab';");
  await kernel().execute(mine);
  await kernel().execute(
    "const one = (await check('withheld')).report;\nconst after = sizeOf([5, 5]);\nconst { report } = await checkAll();",
  );
  return result(await kernel().execute("[one.score, ...report.questions.map(({ score }) => score), after, sizeOf([2, 2])].join(' ')"));
};

test.each([
  ['by its name', 'const mine = (shape: number[]) => sizeOf(shape);'],
  ['through the namespace', 'const mine = (shape: number[]) => all.sizeOf(shape);'],
  ['by require', "const mine = (shape: number[]) => require('tinylab').sizeOf(shape);"],
])('an export used %s is withheld while the question runs, and only then', async (_, mine) => {
  expect(await scores(mine)).toBe("'0 0 1 25 4'");
});

test('an own answer passes, and a card says why the library’s does not', async () => {
  expect(await scores('const mine = (shape: number[]) => shape.reduce((product, axis) => product * axis, 1);')).toBe("'1 1 1 25 4'");
  await kernel().execute('const mine = (shape: number[]) => sizeOf(shape);');
  expect(result(await kernel().execute("(await check('withheld')).report.items[0]?.got"))).toContain(
    'sizeOf of the library is not available',
  );
});
