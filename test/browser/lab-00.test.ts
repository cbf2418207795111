import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { parsePercent } from '../../labs-grading/release/percent.ts';
import {
  type LabServer,
  openNotebook,
  outputsOf,
  picture,
  root,
  runAll,
  setTheme,
  startBrowser,
  startLab,
  startRun,
  watched,
} from './lab.ts';

const folder = 'notebooks/00-basics';
const card = /^. .*: \d+ \/ \d+ points/;
let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  const source = readFileSync(join(root, folder, 'lab.ts'), 'utf8');
  server = await startLab({
    copies: { [folder]: folder },
    files: { [`${folder}/solved.ipynb`]: formatNotebook(parsePercent(source, 'lab.ts')) },
  });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Saves a picture of each cell with output, both themes, so that a person can look through the lab. */
async function pictures(page: Page, name: string): Promise<void> {
  const cells = page.locator('.jp-CodeCell');
  for (let i = 0; i < (await cells.count()); i++) {
    await cells.nth(i).scrollIntoViewIfNeeded();
    if ((await cells.nth(i).locator('.jp-OutputArea-output').count()) > 0) await picture(page, `${name}-${i}`, `.jp-CodeCell >> nth=${i}`);
  }
}

describe('Lab 00', () => {
  it('solved, runs from top to bottom: every check card is green', async () => {
    const { page, foreign } = await openNotebook(browser, server, `${folder}/solved.ipynb`);
    const run = await startRun(page);
    const states = await watched(page, -1, run.running);
    await run.ended;
    expect(states.length, 'states of the training curve seen').toBeGreaterThan(10);
    const outputs = (await outputsOf(page)).flat();
    expect(outputs.filter(output => output.output_type === 'error')).toEqual([]);
    const texts = outputs.map(output => String(output.data?.['text/plain'] ?? ''));
    const cards = texts.filter(text => card.test(text));
    expect(cards.length).toBeGreaterThan(10);
    expect(cards.filter(text => !text.startsWith('✓'))).toEqual([]);
    await pictures(page, 'lab-00');
    const figures = outputs.filter(output => output.data?.['application/vnd.plotly.v1+json']).length;
    expect(figures).toBeGreaterThan(3);
    expect(await page.locator('.tinylab-figure:visible .main-svg.main-svg:first-child').count()).toBe(figures);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '100 / 100 points' }).count()).toBe(1);
    await setTheme(page, 'JupyterLab Dark');
    await pictures(page, 'lab-00-dark');
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('untouched, its checks say what is missing, and the run stops at the first cell that needs an answer', async () => {
    const { page } = await openNotebook(browser, server, `${folder}/00-basics.ipynb`);
    await runAll(page);
    await picture(page, 'lab-00-untouched');
    const cells = await outputsOf(page);
    const cards = cells.flat().map(output => String(output.data?.['text/plain'] ?? ''));
    expect(cards.find(text => card.test(text))).toMatch(/^✗ .*: 0 \/ \d+ points/);
    const stopped = cells.findIndex(outputs => outputs.some(output => output.output_type === 'error'));
    expect(cells[stopped]?.at(-1)).toMatchObject({ evalue: expect.stringContaining('Not answered yet') });
    expect(cells.slice(stopped + 1).flat()).toEqual([]);
    await page.close();
  });
});
