import { basename } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { labFiles } from '../../labs-grading/release/lab-files.ts';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { labCells } from '../../labs-grading/release/student.ts';
import { type LabServer, type Output, picture, startBrowser, startLab } from './lab.ts';

/** JupyterLab on a copy of a lab's folder, in which `solved.ipynb` is the lab with its solutions. */
function startSolvedLab(folder: string): Promise<LabServer> {
  const files = { [`${folder}/solved.ipynb`]: formatNotebook(labCells(labFiles(basename(folder)))) };
  return startLab({ copies: { [folder]: folder }, files });
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
  const cells = page.locator('.jp-CodeCell');
  for (let i = 0; i < (await cells.count()); i++) {
    await cells.nth(i).scrollIntoViewIfNeeded();
    if ((await cells.nth(i).locator('.jp-OutputArea-output').count()) > 0) await picture(page, `${name}-${i}`, `.jp-CodeCell >> nth=${i}`);
  }
}

/** Texts of the check cards among some outputs. */
export const cardsOf = (outputs: readonly Output[]): string[] =>
  outputs.map(output => String(output.data?.['text/plain'] ?? '')).filter(text => /^. .*: \d+ \/ \d+ points/.test(text));

/** No cell failed, and every check card is green; of more than `cards` of them. */
export function expectSolved(outputs: readonly Output[], cards: number): void {
  expect(outputs.filter(output => output.output_type === 'error')).toEqual([]);
  expect(cardsOf(outputs).length).toBeGreaterThan(cards);
  expect(cardsOf(outputs).filter(text => !text.startsWith('✓'))).toEqual([]);
}

/** How many Plotly figures are among some outputs. */
export const figuresIn = (outputs: readonly Output[]): number =>
  outputs.filter(output => output.data?.['application/vnd.plotly.v1+json']).length;
