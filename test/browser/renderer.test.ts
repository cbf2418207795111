import type { Browser, Page } from 'playwright-core';
import { displaySymbol, facets, normal, plot, random } from 'tinylab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LabServer, notebook, openNotebook, picture, setTheme, startBrowser, startLab } from './lab.ts';

const shown = (value: { [displaySymbol](): object }): object => {
  return { output_type: 'display_data', metadata: {}, data: value[displaySymbol]() };
};
const loss = plot.line(
  { training: [2.3, 0.9, 0.6, 0.5], validation: [2.2, 1, 0.8, 0.75] },
  { title: 'Loss <of> a small VGG & co', x: 'Epoch', y: { title: 'Loss', unit: 'nats' } },
);
const macs = plot.bar({ conv1: 1.2e6, conv2: 3.1e6, 'dense <b>': 4e5 }, { title: 'Work per layer', y: { title: 'Work', unit: 'MACs' } });
const confusion = plot.heatmap(
  Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => (i === j ? 180 + i : (i * j) % 9))),
  { title: 'Confusion', x: 'Predicted', y: 'True', values: true, unit: 'images' },
);
const weights = plot.histogram(
  Array.from({ length: 4000 }, (_, i) => Math.sin(i) * Math.cos(1.7 * i)),
  { title: 'Weights', x: 'Weight' },
);
const models = [
  { x: 1e4, y: 0.83, label: 'mlp' },
  { x: 1e5, y: 0.88, label: 'lenet' },
  { x: 2.6e5, y: 0.902, label: 'vgg' },
];
const size = plot.scatter(models, { x: { title: 'Parameters', log: true }, y: { title: 'Accuracy', percent: true } });
const work = [
  { label: 'conv1', intensity: 12, performance: 4e10 },
  { label: 'depthwise', intensity: 0.9 },
];
const roof = plot.roofline({ peak: 1e11, bandwidth: 2e10 }, work, { title: 'Roofline' });
const kernel = plot.heatmap(normal(random(1), [5, 9]), { title: 'Weights around 0', diverging: true, values: true });
const figures = [loss, macs, confusion, weights, size, roof, kernel, facets([loss, macs, kernel, weights], { title: 'Four charts' })];

/** What a stranger's notebook may hold: links, markup, a picture on another machine. */
const hostile = {
  data: [{ type: 'scatter', y: [1, 2], name: '<a href="javascript:alert(1)">a</a><img src="https://example.invalid/a.png">' }],
  layout: {
    showlegend: true,
    title: { text: '<img src="https://example.invalid/b.png" onerror="alert(1)">title' },
    images: [{ source: 'https://example.invalid/c.png', x: 0, y: 1, sizex: 1, sizey: 1 }],
  },
  config: { plotlyServerURL: 'https://example.invalid', showSendToCloud: true },
};

let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  const cells = figures.map((f, i) => ({ code: `figure ${i}`, outputs: [shown(f)] }));
  const stranger = { output_type: 'display_data', metadata: {}, data: { 'application/vnd.plotly.v1+json': hostile } };
  const files = {
    'saved.ipynb': notebook(cells, 'python3'),
    'stranger.ipynb': notebook([{ code: 'hostile', outputs: [stranger] }], 'python3'),
  };
  server = await startLab({ files });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const colourOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, node => (globalThis as unknown as { getComputedStyle(n: unknown): { fill: string } }).getComputedStyle(node).fill);

it('draws saved figures, follows the theme and the width of the cell, and asks no other machine', async () => {
  const { page, foreign } = await openNotebook(browser, server, 'saved.ipynb');
  for (let i = 0; i < figures.length; i++) {
    await page.locator('.jp-CodeCell').nth(i).scrollIntoViewIfNeeded();
    await page.locator('.jp-CodeCell').nth(i).locator('.tinylab-figure .main-svg').first().waitFor();
    await picture(page, `figure-${i}-light`, `.jp-CodeCell >> nth=${i}`);
  }
  await page.locator('.jp-CodeCell').first().scrollIntoViewIfNeeded();
  const title = '.tinylab-figure .gtitle';
  expect(await page.locator(title).first().textContent()).toBe('Loss <of> a small VGG & co');
  const light = await colourOf(page, title);
  await setTheme(page, 'JupyterLab Dark');
  await expect.poll(() => colourOf(page, title), { timeout: 60_000 }).not.toBe(light);
  for (let i = 0; i < figures.length; i++) {
    await page.locator('.jp-CodeCell').nth(i).scrollIntoViewIfNeeded();
    await picture(page, `figure-${i}-dark`, `.jp-CodeCell >> nth=${i}`);
  }
  await page.locator('.jp-CodeCell').first().scrollIntoViewIfNeeded();
  const width = async (): Promise<number> => (await page.locator('.tinylab-figure .main-svg').first().boundingBox())?.width ?? 0;
  const wide = await width();
  await page.setViewportSize({ width: 900, height: 900 });
  await expect.poll(width, { timeout: 60_000 }).toBeLessThan(wide - 200);
  expect(foreign).toEqual([]);
});

it("draws a stranger's figure without running or fetching what it brings", async () => {
  const { page, foreign } = await openNotebook(browser, server, 'stranger.ipynb');
  const figure = page.locator('.tinylab-figure');
  await figure.locator('.gtitle').waitFor();
  await figure.locator('.legendtext').waitFor();
  expect(await figure.locator('image, img, script, [onerror]').count()).toBe(0);
  expect(
    await figure.locator('a').evaluateAll(nodes => nodes.map(node => node.outerHTML).filter(html => /javascript:/i.test(html))),
  ).toEqual([]);
  expect(foreign).toEqual([]);
});
