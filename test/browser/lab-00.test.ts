import { describe, expect, it } from 'vitest';
import { openNotebook, outputsOf, startRun, watched } from './lab.ts';
import { expectSolved, expectUntouched, figuresIn, seen, solvedLab } from './solved-lab.ts';

const folder = 'notebooks/00-basics';
const lab = solvedLab(folder);

describe('Lab 00', () => {
  it('solved, runs from top to bottom: every check card is green', async () => {
    const { page, foreign } = await openNotebook(lab.browser(), lab.server(), `${folder}/solved.ipynb`);
    const run = await startRun(page);
    const states = await watched(page, -1, run.running);
    await run.ended;
    expect(states.length, 'states of the training curve seen').toBeGreaterThan(10);
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, 10);
    await seen(page, 'lab-00');
    const figures = figuresIn(outputs);
    expect(figures).toBeGreaterThan(3);
    expect(await page.locator('.tinylab-figure:visible .main-svg.main-svg:first-child').count()).toBe(figures);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '100 / 100 points' }).count()).toBe(1);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('untouched, its checks say what is missing, and the run stops at the first cell that needs an answer', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/00-basics.ipynb`);
    await expectUntouched(page, 'lab-00');
    await page.close();
  });
});
