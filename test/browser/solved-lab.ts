import { basename } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Mutant } from '../../labs-grading/lab/mutant.ts';
import { markOf } from '../../labs-grading/release/cells.ts';
import { labFiles, loadQuestions } from '../../labs-grading/release/lab-files.ts';
import { loadMutants } from '../../labs-grading/release/mutants.ts';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { labCells } from '../../labs-grading/release/student.ts';
import { violations } from './axe.ts';
import { htmlOf, type LabServer, type Output, outputsOf, picture, runAll, setTheme, startBrowser, startLab } from './lab.ts';

/** JupyterLab on a copy of a lab's folder, in which `solved.ipynb` is the lab with its solutions and `mistakes.ipynb` one with a known mistake in each. */
async function startSolvedLab(folder: string): Promise<LabServer> {
  const lab = labFiles(basename(folder));
  const mistakes = await mistakesOf(folder);
  const cells = labCells(lab);
  const mistaken = cells.map(cell => ({ ...cell, source: mistakes.get(markOf(cell)?.grade_id ?? '')?.answer ?? cell.source }));
  const files = { [`${folder}/solved.ipynb`]: formatNotebook(cells), [`${folder}/mistakes.ipynb`]: formatNotebook(mistaken) };
  return startLab({ copies: { [folder]: folder }, files });
}

/** The first known mistake of each question that delivers nothing, and that needs nothing of one with a mistake. */
async function mistakesOf(folder: string): Promise<ReadonlyMap<string, Mutant>> {
  const lab = labFiles(basename(folder));
  const known = (await loadMutants(lab)).filter(({ answer }) => !answer.includes('deliver('));
  const chosen = new Map<string, Mutant>();
  const mistaken = new Set<string>();
  for (const { id, uses, needs = [] } of (await loadQuestions(lab)).questions) {
    const mutant = known.find(({ question }) => question === id);
    if (!mutant || needs.some(name => mistaken.has(name))) continue;
    chosen.set(id, mutant);
    for (const name of uses) mistaken.add(name);
  }
  return chosen;
}

/** A solved lab's server and a browser, started before the tests of a file and stopped after them. */
export function solvedLab(folder: string): { server(): LabServer; browser(): Browser } {
  let server: LabServer | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    server = await startSolvedLab(folder);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return { server: () => server as LabServer, browser: () => browser as Browser };
}

/** Saves a picture of each cell with output, so that a person can look through the lab. */
export async function pictures(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 1600 }); // a cell that is taller than the page would be cut
  const cells = page.locator('.jp-CodeCell');
  for (let i = 0; i < (await cells.count()); i++) {
    await cells.nth(i).scrollIntoViewIfNeeded();
    if ((await cells.nth(i).locator('.jp-OutputArea-output').count()) > 0) await picture(page, `${name}-${i}`, `.jp-CodeCell >> nth=${i}`);
  }
}

/** Looks at what the cells have shown in both themes: pictures of it, and axe finds nothing wrong. */
export async function seen(page: Page, name: string): Promise<void> {
  for (const [theme, mark] of [
    ['JupyterLab Light', ''],
    ['JupyterLab Dark', '-dark'],
  ] as const) {
    await setTheme(page, theme);
    await pictures(page, `${name}${mark}`);
    expect(await violations(page, '.jp-OutputArea-output'), theme).toEqual([]);
  }
}

/** nbconvert's page of a notebook that has run shows every figure of it, without asking anybody for anything. */
export async function expectExported(page: Page, server: LabServer, path: string): Promise<void> {
  const figures = figuresIn((await outputsOf(page)).flat());
  const file = await htmlOf(page, server, path);
  const exported = await (page.context().browser() as Browser).newPage({ viewport: { width: 1280, height: 1600 }, offline: true });
  await exported.goto(`file://${file}`, { waitUntil: 'domcontentloaded' });
  const drawn = exported.locator('.jp-RenderedSVG img:visible');
  expect(await drawn.count(), 'figures of the exported page').toBe(figures);
  const { height } = (await drawn.last().boundingBox()) ?? { height: 0 };
  expect(height).toBeGreaterThan(100);
  await drawn.last().scrollIntoViewIfNeeded();
  await picture(exported, basename(path, '.ipynb').concat('-exported'));
  await exported.close();
}

/** The untouched notebook: its checks say what is missing, and the run stops at the first cell that needs an answer. */
export async function expectUntouched(page: Page, name: string): Promise<void> {
  await runAll(page);
  await seen(page, `${name}-untouched`);
  const cells = await outputsOf(page);
  // a lab that first asks for a letter stops before any check
  for (const card of cardsOf(cells.flat())) expect(card).toMatch(/^✗ .*: 0 \/ \d+ points/);
  const stopped = cells.findIndex(outputs => outputs.some(output => output.output_type === 'error'));
  expect(cells[stopped]?.at(-1)).toMatchObject({ evalue: expect.stringContaining('Not answered yet') });
  expect(cells.slice(stopped + 1).flat()).toEqual([]);
}

/** The lab with a known mistake in each answer: its cells run, and every mistake is told with its hint. */
export async function expectMistakesTold(page: Page, folder: string): Promise<void> {
  await runAll(page);
  const outputs = (await outputsOf(page)).flat();
  expect(outputs.filter(output => output.output_type === 'error')).toEqual([]);
  const cards = cardsOf(outputs).join('\n');
  const untold = [...(await mistakesOf(folder)).values()].filter(({ hint }) => !cards.includes(hint));
  expect(untold.map(({ question, name }) => `${question}: ${name}`)).toEqual([]);
}

/** Texts of the check cards among some outputs. */
export const cardsOf = (outputs: readonly Output[]): string[] =>
  outputs.map(output => String(output.data?.['text/plain'] ?? '')).filter(text => /^. .*: [\d.]+ \/ \d+( bonus)? points/.test(text));

/** No cell failed, and every check card is green; of more than `cards` of them. */
export function expectSolved(outputs: readonly Output[], cards: number): void {
  expect(outputs.filter(output => output.output_type === 'error')).toEqual([]);
  expect(cardsOf(outputs).length).toBeGreaterThan(cards);
  expect(cardsOf(outputs).filter(text => !text.startsWith('✓'))).toEqual([]);
}

/** How many Plotly figures are among some outputs. */
export const figuresIn = (outputs: readonly Output[]): number =>
  outputs.filter(output => output.data?.['application/vnd.plotly.v1+json']).length;
