import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  drawn,
  type LabServer,
  notebook,
  openNotebook,
  outputsOf,
  picture,
  setTheme,
  startBrowser,
  startLab,
  startRun,
  watched,
} from './lab.ts';

const moving = `import { check, compare, fit, liveFigure, macs, mlp, modelSize, parameters, plot, random, show, strokeGlyphs, table } from 'tinylab';
const rng = random(1);
const picture = liveFigure(plot.line([1]));
const seen: number[] = [];
for (let i = 0; i < 120; i++) {
  seen.push(rng.next());
  picture.update(plot.line(seen, { title: 'Moves', x: 'Step', y: 'Value' }));
  await new Promise(done => setTimeout(done, 50));
}
picture.flush();`;
const shown = `show(
  'three',
  plot.bar({ conv1: 3, conv2: 5 }, { title: 'Work', y: { title: 'Work', unit: 'MACs' } }),
  table([{ layer: 'a<b', macs: 12345 }]),
);`;
const last = "plot.heatmap([[1, 2], [3, 4]], { values: true, title: 'Cells' })";
const failing = "const width: number = 3;\nthrow new Error('boom <b>');";

const checks = `import { lab, question } from 'tinylab';
export default lab('09-test', [
  question('add', { points: 10, title: 'Add two numbers', uses: ['add'] }, async q => {
    for (const [a, b] of [[1, 2], [3, 0], [-4, 4]] as const) {
      q.equal(await q.call('add', a, b), a + b, { known: [[a - b, 'You subtracted <b>; add them.']] });
    }
  }),
]);`;
const training = `const train = strokeGlyphs({ count: 4096, seed: 1 });
const net = mlp({ input: [28, 28, 1], hidden: [64], classes: train.classes.length, seed: 1 });
const trained = await fit(net, train, { epochs: 16, batchSize: 16, seed: 1, validation: train });`;

const imports = "import { check, checkAll, compare, fit, macs, mlp, modelSize, parameters, show, strokeGlyphs } from 'tinylab';";
const wrong = 'function add(a: number, b: number): number {\n  return a - b;\n}';
const compared = 'show(compare({ narrow: mlp({ hidden: [32] }), wide: mlp() }, { parameters, macs, modelSize }));';

let server: LabServer;
let browser: Browser;

beforeAll(async () => {
  const files = {
    'notebooks/09-test/checks.ts': checks,
    'notebooks/09-test/live.ipynb': notebook([moving, shown, last, failing, "console.log('never')"]),
    'notebooks/09-test/lab.ipynb': notebook([imports, training, wrong, "await check('add')", compared, 'await checkAll()']),
  };
  server = await startLab({ files });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('a notebook on the TypeScript kernel', () => {
  it('runs from the top: the picture moves in place, values are shown, a failing cell is red and stops the run', async () => {
    const { page, foreign } = await openNotebook(browser, server, 'notebooks/09-test/live.ipynb');
    const run = await startRun(page);
    const surface = await page.waitForSelector('.tinylab-figure .main-svg');
    const states = await watched(page, 0, run.running);
    await run.ended;
    expect(states.length).toBeGreaterThan(3);
    expect(states).toEqual([...states].sort((a, b) => a - b));
    expect(await drawn(page, 0)).toBe(119);
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
    await page.close();
  });

  it('shows training as it goes and a card that explains a mistake', async () => {
    const { page } = await openNotebook(browser, server, 'notebooks/09-test/lab.ipynb');
    await setTheme(page, 'JupyterLab Light');
    const run = await startRun(page);
    const states = await watched(page, 0, run.running);
    await run.ended;
    expect(states.length).toBeGreaterThan(3);
    expect(states).toEqual([...states].sort((a, b) => a - b));
    const [, trained, , checked, , all] = (await outputsOf(page)).map(cell => cell.map(output => output.data ?? output));
    expect(trained).toHaveLength(2);
    expect(JSON.stringify(trained)).toContain('validation');
    expect(checked?.[0]).toMatchObject({ 'text/plain': expect.stringContaining('You subtracted <b>; add them.') });
    expect(all?.[0]).toMatchObject({ 'text/plain': expect.stringContaining('09-test') });
    const card = page.locator('.jp-RenderedHTML', { hasText: 'Add two numbers' });
    await card.first().scrollIntoViewIfNeeded();
    expect(await card.first().textContent()).toContain('You subtracted <b>; add them.');
    for (const theme of ['Light', 'Dark']) {
      await setTheme(page, `JupyterLab ${theme}`);
      await page.locator('.jp-CodeCell').nth(1).scrollIntoViewIfNeeded();
      await picture(page, `training-${theme.toLowerCase()}`);
      await page.locator('.jp-CodeCell').nth(5).scrollIntoViewIfNeeded();
      await picture(page, `cards-${theme.toLowerCase()}`);
    }
    await page.close();
  });
});
