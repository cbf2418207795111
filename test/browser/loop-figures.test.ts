import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violations } from './axe.ts';
import { type LabServer, notebook, openNotebook, picture, setTheme, startBrowser, startLab } from './lab.ts';
import { loopFigures } from './loop-figures.ts';

let names: readonly string[];
let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  const figures = await loopFigures();
  names = [...figures.keys()];
  const cells = [...figures].map(([name, data]) => ({ code: name, outputs: [{ output_type: 'display_data', metadata: {}, data }] }));
  server = await startLab({ files: { 'loops.ipynb': notebook(cells, 'python3') } });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('draws loops, caches, memory and patches in both themes, for the eyes and for axe, and asks no other machine', async () => {
  const { page, foreign } = await openNotebook(browser, server, 'loops.ipynb');
  await page.setViewportSize({ width: 1280, height: 1600 });
  for (const [theme, mark] of [
    ['JupyterLab Light', ''],
    ['JupyterLab Dark', '-dark'],
  ] as const) {
    await setTheme(page, theme);
    for (const [i, name] of names.entries()) {
      const cell = page.locator('.jp-CodeCell').nth(i);
      await cell.scrollIntoViewIfNeeded();
      await cell.locator('.tinylab-figure .main-svg, table').first().waitFor();
      await picture(page, `loops-${name}${mark}`, `.jp-CodeCell >> nth=${i}`);
    }
    expect(await violations(page, '.jp-OutputArea-output'), theme).toEqual([]);
  }
  expect(foreign).toEqual([]);
});
