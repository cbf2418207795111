import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import { notebook } from './fixtures/mini-lab/notebook.ts';

const answer = { grade: false, solution: true };
const withAnswer = (mine: string): string =>
  notebook([
    { id: 'imports', source: "import * as all from 'tinylab';\nimport { sizeOf } from 'tinylab';" },
    { id: 'mine', source: mine, mark: answer },
    { id: 'later', source: 'const later = (shape: number[]) => 2 * sizeOf(shape);', mark: answer },
  ]);
const checks = join(import.meta.dirname, 'fixtures/withhold-lab/checks.ts');
const grader = openGrader({ id: 'withhold-lab', pristine: withAnswer('// answer'), checks });
afterAll(() => grader.close());

const scores = async (mine: string): Promise<number[]> => {
  const report = await grader.grade({ notebook: withAnswer(mine), seed: 1 });
  return report.questions.map(({ score }) => score);
};

describe('an export that a question withholds', () => {
  it.each([
    ['used by its name', 'const mine = (shape: number[]) => sizeOf(shape);'],
    ['used through the namespace', 'const mine = (shape: number[]) => all.sizeOf(shape);'],
    ['put aside beforehand', 'const kept = sizeOf;\nconst mine = (shape: number[]) => kept(shape);'],
    ['bound beforehand', 'const mine = sizeOf.bind(null);'],
    ['taken by require', "const mine = (shape: number[]) => require('tinylab').sizeOf(shape);"],
    ['opened again', "const mine = (shape: number[]) => { require('tinylab/grading').withhold([]); return sizeOf(shape); };"],
  ])('earns nothing when it is %s', async (_, mine) => {
    expect(await scores(mine)).toEqual([0, 1]);
  });

  it('does not matter to a check that stands in the answer itself: the grader asks, and the cell goes on', async () => {
    const product = 'shape.reduce((product, axis) => product * axis, 1)';
    const asked =
      "import { check, checkAll } from 'tinylab';\nawait check('mine');\nawait checkAll();\n(await check('nothing')).report.score";
    expect(await scores(`const mine = (shape: number[]) => ${product};\n${asked};`)).toEqual([1, 1]);
  });

  it('does not stand in the way of an own answer, or of later questions', async () => {
    expect(await scores('const mine = (shape: number[]) => shape.reduce((product, axis) => product * axis, 1);')).toEqual([1, 1]);
  });
});
