import { describe, expect, it } from 'vitest';
import { openNotebook, outputsOf, startRun, watched } from './lab.ts';
import { expectSolved, expectUntouched, figuresIn, seen, solvedLab } from './solved-lab.ts';

const folder = 'notebooks/01-pruning';
const lab = solvedLab(folder);

describe('Lab 01', () => {
  it('solved, runs from top to bottom with all its training: the scan grows on the page, every check card is green', async () => {
    const { page, foreign } = await openNotebook(lab.browser(), lab.server(), `${folder}/solved.ipynb`);
    const run = await startRun(page);
    const states = await watched(page, -1, run.running);
    await run.ended;
    expect(states.length, 'states of live figures seen').toBeGreaterThan(10);
    await seen(page, 'lab-01');
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, 20);
    expect(figuresIn(outputs)).toBeGreaterThan(8);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '105 / 100 points' }).count()).toBe(1);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('untouched, its checks say what is missing', async () => {
    const { page } = await openNotebook(lab.browser(), lab.server(), `${folder}/01-pruning.ipynb`);
    await expectUntouched(page, 'lab-01');
    await page.close();
  });
});
