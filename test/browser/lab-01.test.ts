import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { parsePercent } from '../../labs-grading/release/percent.ts';
import { type LabServer, openNotebook, outputsOf, picture, root, startBrowser, startLab, startRun, watched } from './lab.ts';

const folder = 'notebooks/01-pruning';
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

describe('Lab 01', () => {
  it('solved, runs from top to bottom with all its training: the scan grows on the page, every check card is green', async () => {
    const { page, foreign } = await openNotebook(browser, server, `${folder}/solved.ipynb`);
    const run = await startRun(page);
    const states = await watched(page, -1, run.running);
    await run.ended;
    expect(states.length, 'states of live figures seen').toBeGreaterThan(10);
    const shown = page.locator('.jp-CodeCell');
    for (let i = 0; i < (await shown.count()); i++) {
      await shown.nth(i).scrollIntoViewIfNeeded();
      if ((await shown.nth(i).locator('.jp-OutputArea-output').count()) > 0) await picture(page, `lab-01-${i}`, `.jp-CodeCell >> nth=${i}`);
    }
    const outputs = (await outputsOf(page)).flat();
    expect(outputs.filter(output => output.output_type === 'error')).toEqual([]);
    const cards = outputs.map(output => String(output.data?.['text/plain'] ?? '')).filter(text => card.test(text));
    expect(cards.length).toBeGreaterThan(20);
    expect(cards.filter(text => !text.startsWith('✓'))).toEqual([]);
    const figures = outputs.filter(output => output.data?.['application/vnd.plotly.v1+json']).length;
    expect(figures).toBeGreaterThan(8);
    expect(await page.locator('.jp-RenderedHTML:visible', { hasText: '105 / 100 points' }).count()).toBe(1);
    expect(foreign).toEqual([]);
    await page.close();
  });
});
