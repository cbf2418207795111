import { describe, expect, it } from 'vitest';
import checks from '../../notebooks/04-distillation/checks.ts';
import { openNotebook, outputsOf, runAll } from './lab.ts';
import { expectExported, expectMistakesTold, expectSolved, expectUntouched, figuresIn, seen, solvedLab } from './solved-lab.ts';

const folder = 'notebooks/04-distillation';
const lab = solvedLab(folder);

describe('Lab 04', () => {
  it('solved, runs from top to bottom with its students trained: every check card is green, and what it shows can be read in light, in dark and exported', async () => {
    const { page, foreign } = await openNotebook(lab.browser(), lab.server(), `${folder}/solved.ipynb`);
    await runAll(page);
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, checks.questions.length);
    expect(figuresIn(outputs)).toBeGreaterThan(3);
    await seen(page, 'lab-04');
    await expectExported(page, lab.server(), `${folder}/solved.ipynb`);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('untouched, its checks say what is missing', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/04-distillation.ipynb`);
    await expectUntouched(page, 'lab-04');
    await page.close();
  });

  it('with a known mistake in each answer, the cards tell them and all pictures are drawn', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/mistakes.ipynb`);
    await expectMistakesTold(page, folder);
    await seen(page, 'lab-04-mistakes');
    await page.close();
  });
});
