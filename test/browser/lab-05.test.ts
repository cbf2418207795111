import { describe, expect, it } from 'vitest';
import { openNotebook, outputsOf, runAll } from './lab.ts';
import { expectExported, expectMistakesTold, expectSolved, expectUntouched, figuresIn, seen, solvedLab } from './solved-lab.ts';

const folder = 'notebooks/05-tinyengine';
const lab = solvedLab(folder);

describe('Lab 05', () => {
  it('solved, runs from top to bottom with its loops compiled, counted and timed: every check card is green, and what it shows can be read in light, in dark and exported', async () => {
    const { page, foreign } = await openNotebook(lab.browser(), lab.server(), `${folder}/solved.ipynb`);
    await runAll(page);
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, 15);
    expect(figuresIn(outputs)).toBeGreaterThan(4);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '105 / 100 points' }).count()).toBe(1);
    await seen(page, 'lab-05');
    await expectExported(page, lab.server(), `${folder}/solved.ipynb`);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('untouched, its checks say what is missing', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/05-tinyengine.ipynb`);
    await expectUntouched(page, 'lab-05');
    await page.close();
  });

  it('with a known mistake in each answer, the cards tell them and all pictures are drawn', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/mistakes.ipynb`);
    await expectMistakesTold(page, folder);
    await seen(page, 'lab-05-mistakes');
    await page.close();
  });
});
