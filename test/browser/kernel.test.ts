import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabServer, notebook, openNotebook, outputsOf, picture, setTheme, startBrowser, startLab, startRun } from './lab.ts';

const training = `import { array, fit, liveFigure, mlp, plot, random, show, table } from 'tinylab';
const rng = random(1);
const picture = liveFigure(plot.line([1]));
const seen: number[] = [];
for (let i = 0; i < 40; i++) {
  seen.push(rng.next());
  picture.update(plot.line(seen, { title: 'Moves', x: 'Step', y: 'Value' }));
  await new Promise(done => setTimeout(done, 50));
}
picture.flush();`;
const shown =
  "show('three', plot.bar({ conv1: 3, conv2: 5 }, { title: 'Work', y: { title: 'Work', unit: 'MACs' } }), table([{ layer: 'a<b', macs: 12345 }]));";
const last = "plot.heatmap([[1, 2], [3, 4]], { values: true, title: 'Cells' })";
const failing = "const width: number = 3;\nthrow new Error('boom <b>');";

let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  const cells = [training, shown, last, failing, "console.log('never')"];
  server = await startLab({ files: { 'notebooks/09-test/live.ipynb': notebook(cells) } });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Points in the first trace of the first figure on the page, as Plotly drew it. */
const drawn = (page: Page): Promise<number> =>
  page
    .locator('.tinylab-figure')
    .first()
    .evaluate(node => (node as unknown as { data?: { y: unknown[] }[] }).data?.[0]?.y.length ?? 0);

describe('a notebook on the TypeScript kernel', () => {
  it('runs from the top: the picture moves in place, values are shown, a failing cell is red and stops the run', async () => {
    const { page, foreign } = await openNotebook(browser, server, 'notebooks/09-test/live.ipynb');
    const run = await startRun(page);
    const surface = await page.waitForSelector('.tinylab-figure .main-svg');
    await expect.poll(() => drawn(page), { timeout: 20_000 }).toBeGreaterThan(3);
    const early = await drawn(page);
    await expect.poll(() => drawn(page), { timeout: 20_000 }).toBeGreaterThan(early);
    expect(run.running()).toBe(true);
    await run.ended;
    expect(await drawn(page)).toBe(40);
    expect(await surface.evaluate(node => (node as unknown as { isConnected: boolean }).isConnected)).toBe(true);

    const outputs = await outputsOf(page);
    expect(outputs.map(cell => cell.map(output => output.output_type))).toEqual([
      ['display_data'],
      ['display_data', 'display_data', 'display_data'],
      ['execute_result'],
      ['error'],
      [],
    ]);
    expect(outputs[3]?.[0]).toMatchObject({ ename: 'Error', evalue: 'boom <b>' });
    const error = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]');
    await error.first().scrollIntoViewIfNeeded();
    expect(await error.first().textContent()).toContain('boom <b>');
    await picture(page, 'run-error');
    await page.locator('.jp-CodeCell').nth(1).scrollIntoViewIfNeeded();
    expect(await page.locator('.jp-RenderedHTML table').first().textContent()).toContain('a<b');
    await picture(page, 'run-light');
    await setTheme(page, 'JupyterLab Dark');
    await picture(page, 'run-dark');
    expect(foreign).toEqual([]);
  });
});
