import { describe, expect, it } from 'vitest';
import { openNotebook, outputsOf, startRun } from './lab.ts';
import { expectSolved, figuresIn, pictures, solvedLab } from './solved-lab.ts';

const folder = 'notebooks/02-quantization';
const lab = solvedLab(folder);

describe('Lab 02', () => {
  it('solved, runs from top to bottom with its training: every check card is green', async () => {
    const { page, foreign } = await openNotebook(lab.browser(), lab.server(), `${folder}/solved.ipynb`);
    const run = await startRun(page);
    await run.ended;
    await pictures(page, 'lab-02');
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, 18);
    expect(figuresIn(outputs)).toBeGreaterThan(4);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '100 / 100 points' }).count()).toBe(1);
    expect(foreign).toEqual([]);
    await page.close();
  });
});
