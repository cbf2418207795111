import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputPage, outputPolicy } from '../../labs-grading/review/output-page.ts';
import { outputsOf, shownOutputs } from '../../labs-grading/review/outputs.ts';
import { xssCorpus } from '../labs-grading/fixtures/xss.ts';
import { startBrowser } from './lab.ts';
import { openReview, said } from './review.ts';

/** Notes who asks it for anything. */
let beacon: Server;
let beaconUrl = '';
const heard = new Set<string>();
let corpus: readonly string[] = [];
let browser: Browser;

beforeAll(async () => {
  beacon = createServer((request, response) => {
    if (request.url !== '/favicon.ico') heard.add(request.url ?? '');
    response.end();
  });
  await new Promise<void>(done => beacon.listen(0, '127.0.0.1', done));
  beaconUrl = `http://127.0.0.1:${(beacon.address() as AddressInfo).port}`;
  corpus = xssCorpus(beaconUrl);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  beacon?.close();
});

/** Opens a page with one document a frame, each with or without a policy, and gives all their time to act; `defended` ones stay to be seen. */
async function show(
  documents: readonly string[],
  { policy, defended = true }: { policy?: string; defended?: boolean } = {},
): Promise<void> {
  const server = createServer(({ url = '/' }, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (url !== '/' && policy !== undefined) response.setHeader('Content-Security-Policy', policy);
    const frames = documents.map((_, number) => `<iframe src="/${number}"></iframe>`).join('');
    response.end(url === '/' ? frames : (documents[Number(url.slice(1))] ?? ''));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { waitUntil: 'load' });
  await page.waitForTimeout(1000);
  const frames = page.mainFrame().childFrames();
  expect(frames).toHaveLength(documents.length);
  if (defended) await Promise.all(frames.map(frame => frame.locator('main').waitFor({ state: 'attached' })));
  await page.close();
  server.closeAllConnections();
  server.close();
}

const htmlOutput = (html: string): object => ({ output_type: 'display_data', metadata: {}, data: { 'text/html': html } });
const unchanged = (html: string): string => html;
const documentsOf = (clean?: (html: string) => string): string[] =>
  corpus.map(html => outputPage(shownOutputs(outputsOf([htmlOutput(html)]), clean && { clean })));

describe('a stranger’s outputs and answers', () => {
  it('act where nothing stops them: each attack is one', async () => {
    heard.clear();
    await show(documentsOf(unchanged), { defended: false });
    expect(corpus.filter((_, number) => !heard.has(`/${number}`))).toEqual([]);
  });

  it('are harmless by each of the two defences alone', async () => {
    heard.clear();
    await show(documentsOf());
    expect([...heard], 'sanitised, without a policy').toEqual([]);
    await show(documentsOf(unchanged), { policy: outputPolicy });
    expect([...heard], 'with a policy, not sanitised').toEqual([]);
  });

  it('are harmless in the page', async () => {
    heard.clear();
    const attack = corpus.join('\n');
    const outputs = [
      ...corpus.map(htmlOutput),
      { output_type: 'stream', text: attack },
      { output_type: 'error', ename: attack, evalue: attack },
    ];
    const {
      cls,
      errors,
      page: newPage,
      end,
    } = await openReview(browser, { students: [{ id: 'mallory', name: `Mal${corpus[1]}`, why: attack, half: attack, outputs, score: 0 }] });
    const page = await newPage();
    await page.keyboard.press('d');
    const comment = corpus.slice(0, 12).join('');
    await page.fill('#comment', comment);
    await page.getByRole('button', { name: 'Add this comment' }).click();
    await page.locator('#bank button', { hasText: '<script>' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await said(page, 'applied');
    await page.selectOption('#question', 'half');
    const frame = page.frameLocator('#outputs iframe');
    await frame.locator('pre').first().waitFor();
    expect(await page.locator('#outputs iframe').getAttribute('sandbox')).toBe('');
    await page.waitForTimeout(300);
    expect((await cls.book.manual('words'))[0]?.comment).toBe(comment);
    expect([...heard]).toEqual([]);
    // The defences at work, and a picture that is none.
    expect(errors.filter(error => !/Content Security Policy|sandbox|ERR_INVALID_URL/.test(error))).toEqual([]);
    await end();
  });

  it('cannot reach the page from another site', async () => {
    const { server, context, page: newPage, cls, end } = await openReview(browser);
    await newPage();
    const evil = await context.newPage();
    await evil.goto(beaconUrl);
    const target = new URL(server.url).origin;
    const reached = await evil.evaluate(async url => {
      const get = await fetch(`${url}/api/page`, { credentials: 'include' }).then(
        () => 'read',
        () => 'refused',
      );
      const body = '{"grader":"eve","edit":{"change":"add comment","text":"x"}}';
      await fetch(`${url}/api/rubric/why`, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(() => undefined);
      return get;
    }, target);
    expect(reached).toBe('refused');
    expect(readFileSync(cls.rubricFile, 'utf8')).not.toContain('"x"');
    await end();
  });
});
