import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabServer, openNotebook, outputsOf, startBrowser, startRun, watched } from './lab.ts';
import { expectSolved, figuresIn, pictures, startSolvedLab } from './solved-lab.ts';

const folder = 'notebooks/01-pruning';
let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  server = await startSolvedLab(folder);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('Lab 01', () => {
  it('solved, runs from top to bottom with all its training: the scan grows on the page, every check card is green', async () => {
    const { page, foreign } = await openNotebook(browser, server, `${folder}/solved.ipynb`);
    const run = await startRun(page);
    const states = await watched(page, -1, run.running);
    await run.ended;
    expect(states.length, 'states of live figures seen').toBeGreaterThan(10);
    await pictures(page, 'lab-01');
    const outputs = (await outputsOf(page)).flat();
    expectSolved(outputs, 20);
    expect(figuresIn(outputs)).toBeGreaterThan(8);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '105 / 100 points' }).count()).toBe(1);
    expect(foreign).toEqual([]);
    await page.close();
  });
});
