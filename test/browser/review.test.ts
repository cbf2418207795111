import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputPage, outputPolicy } from '../../labs-grading/review/output-page.ts';
import { outputsSchema, shownOutputs } from '../../labs-grading/review/outputs.ts';
import { Review } from '../../labs-grading/review/review.ts';
import { type ReviewServer, startReview } from '../../labs-grading/review/server.ts';
import { type ReviewClass, reviewClass, type Writer } from '../labs-grading/fixtures/review-class.ts';
import { xssCorpus } from '../labs-grading/fixtures/xss.ts';
import { picture, startBrowser } from './lab.ts';

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

const half = 'function half(x: number): number {\n  return x / 2;\n}';
const writers: readonly Writer[] = [
  { id: 'ada7', name: 'Ada Lovelace', why: 'Weights are noisy, says Ada.', half, score: 4 },
  { id: 'alan', name: 'Alan Turing', why: 'No idea.', half, score: 2 },
  { id: 'grace', name: 'Grace Hopper', why: 'Redundancy.\n\nNothing else.', half, score: 0 },
];

interface Opened {
  readonly cls: ReviewClass;
  readonly server: ReviewServer;
  readonly context: BrowserContext;
  page(): Promise<Page>;
  end(): Promise<void>;
}

async function opened(students = writers, { blind = false, colorScheme = 'light' as 'light' | 'dark' } = {}): Promise<Opened> {
  const cls = reviewClass(students);
  const server = await startReview(new Review(cls, { blind, grader: 'bo' }));
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, colorScheme });
  const page = async (): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => errors.push(error.message));
    page.on('console', message => void (message.type() === 'error' && errors.push(message.text())));
    await page.goto(server.url);
    await page.locator('#text pre').waitFor();
    return page;
  };
  const end = async (): Promise<void> => {
    await context.close();
    await server.close();
    cls.end();
  };
  return { cls, server, context, page, end };
}
const errors: string[] = [];

const text = (page: Page, selector: string): Promise<string | null> => page.locator(selector).textContent();
const said = (page: Page, what: string | RegExp): Promise<void> => page.locator('#status', { hasText: what }).waitFor();
const title = (page: Page, name: string): Promise<void> => page.locator('#answer-title', { hasText: name }).waitFor();

/** What axe finds wrong with the page, in a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe
      .run({ exclude: ['iframe'] }, { iframes: false })
      .then(({ violations }) => violations),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('the review page', () => {
  it('grades from the keyboard alone, and re-points every answer at once', async () => {
    const { cls, page: newPage, end } = await opened();
    const page = await newPage();
    await title(page, 'Ada Lovelace');
    await page.keyboard.press('1');
    await page.keyboard.press('c');
    await page.keyboard.type('Which bits, 1 or 2?');
    await page.keyboard.press('Escape');
    expect(await text(page, '#score')).toBe('3');
    await page.keyboard.press('a');
    await said(page, 'Ada Lovelace: 3 points applied.');
    await page.keyboard.press('j');
    await title(page, 'Alan Turing');
    await page.keyboard.press('1');
    await page.keyboard.press('3');
    await page.keyboard.press('Control+Enter');
    await said(page, 'Alan Turing: 0 points applied.');
    await page.keyboard.press('k');
    await title(page, 'Ada Lovelace');
    await page.keyboard.press('n');
    await title(page, 'Grace Hopper');
    expect(await text(page, '#progress-text')).toBe('2 of 3 graded');
    await page.keyboard.press('e');
    await page.fill('#points-noise', '-1');
    await page.keyboard.press('Tab');
    await said(page, '2 answers have this item; 2 scores changed.');
    await page.locator('#rows li:nth-child(1) .number', { hasText: '4' }).waitFor();
    const rubric = JSON.parse(readFileSync(cls.rubricFile, 'utf8')) as { questions: { why: { items: { points: number }[] } } };
    expect(rubric.questions.why.items[0]?.points).toBe(-1);
    expect(cls.book.manual('words').map(({ student, items, comment, grader }) => [student, items, comment, grader])).toEqual([
      ['ada7', ['noise'], 'Which bits, 1 or 2?', 'bo'],
      ['alan', ['noise', 'wrong'], '', 'bo'],
    ]);
    expect(cls.grades().students.map(({ score }) => score)).toEqual([8, 3, 0]);
    await end();
  });

  it('keeps a comment bank, shows the changes against the stub and the checks beside them', async () => {
    const { cls, page: newPage, end } = await opened();
    const page = await newPage();
    await page.getByRole('button', { name: 'Nicely put.' }).click();
    expect(await page.inputValue('#comment')).toBe('Nicely put.');
    await page.fill('#comment', 'Say more.');
    await page.getByRole('button', { name: 'Add this comment' }).click();
    await page.locator('#bank button', { hasText: 'Say more.' }).waitFor();
    expect(readFileSync(cls.rubricFile, 'utf8')).toContain('Say more.');
    page.on('dialog', dialog => void dialog.accept());
    await page.selectOption('#question', 'half');
    await page.locator('ins', { hasText: 'return x / 2;' }).waitFor();
    expect(await page.locator('del').allTextContents()).toEqual(['  // YOUR CODE HERE', '  throw new Error("Not answered yet.");']);
    await page.keyboard.press('j');
    await title(page, 'Alan Turing');
    await page.locator('.failed', { hasText: 'half(3) (hidden)' }).waitFor();
    expect(await text(page, '#origin')).toBe('The checks gave 2. Lab total: 2 of 9.');
    await page.keyboard.press('d');
    await page.locator('del').first().waitFor({ state: 'detached' });
    await end();
  });

  it('loses nothing when two grade the same answer', async () => {
    const { cls, page: newPage, end } = await opened();
    const [one, two] = [await newPage(), await newPage()];
    await one.fill('#grader', 'cy');
    await two.locator('.here', { hasText: 'is here' }).waitFor();
    await two.fill('#comment', 'mine');
    await two.keyboard.press('Escape');
    await one.bringToFront();
    await one.locator('#answer').focus();
    await one.keyboard.press('2');
    await one.keyboard.press('a');
    await said(one, 'points applied');
    await two.bringToFront();
    await two.locator('#conflict h3', { hasText: 'cy graded this answer while you did' }).waitFor();
    expect(await two.locator('.versions').textContent()).toMatch(/Theirs[\s\S]*Compares the rounding error[\s\S]*Yours[\s\S]*“mine”/);
    expect(await violations(two)).toEqual([]);
    await picture(two, 'review-conflict');
    await two.keyboard.press('a');
    expect(cls.book.manual('words')).toHaveLength(1);
    await two.getByRole('button', { name: 'Merge both' }).click();
    await two.locator('#answer').focus();
    await two.keyboard.press('a');
    await said(two, 'Ada Lovelace: 4 points applied.');
    expect(cls.book.manual('words')[0]).toMatchObject({ items: ['compares'], comment: 'mine', grader: 'bo', revision: 2 });
    await one.locator('#saved', { hasText: 'revision 2' }).waitFor();
    expect(await one.inputValue('#comment')).toBe('mine');
    await end();
  });

  it('tells no name in blind mode, in any byte that reaches the page', async () => {
    const { server, context, end } = await opened(writers, { blind: true });
    const page = await context.newPage();
    const bodies: Promise<string>[] = [];
    page.on('response', response => {
      if (!response.url().includes('/api/events/')) bodies.push(response.text().catch(() => ''));
    });
    await page.goto(server.url);
    for (const label of ['Answer 1', 'Answer 2', 'Answer 3']) {
      await title(page, label);
      await page.keyboard.press('1');
      await page.keyboard.press('a');
      await said(page, `${label}: 3 points applied.`);
      await page.keyboard.press('j');
    }
    const bytes = [...(await Promise.all(bodies)), await page.content()].join('\n');
    expect(bytes).toContain('▮▮▮');
    expect(bytes).not.toMatch(/\bada\b|ada7|lovelace|alan|turing|grace|hopper/i);
    await picture(page, 'review-blind');
    await end();
  });

  it.each(['light', 'dark'] as const)('is accessible, %s', async colorScheme => {
    const outputs = [
      { output_type: 'stream', name: 'stdout', text: '1.5\n' },
      { output_type: 'display_data', data: { 'text/html': '<table><tr><th>a</th></tr></table>' } },
    ];
    const {
      server,
      page: newPage,
      end,
    } = await opened(
      writers.map(writer => ({ ...writer, outputs })),
      { colorScheme },
    );
    const page = await newPage();
    await page.keyboard.press('1');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('e');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('u');
    await page.keyboard.press('?');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.selectOption('#question', 'half');
    await page.locator('iframe').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, `review-${colorScheme}`);
    expect(await page.evaluate(() => (globalThis as unknown as Scroll).document.documentElement.scrollWidth)).toBeLessThanOrEqual(1000);
    const frame = await page.locator('iframe').getAttribute('src');
    await page.goto(new URL(frame ?? '', server.url).href);
    await page.locator('table').waitFor();
    await end();
  });
});

interface Scroll {
  readonly document: { readonly documentElement: { readonly scrollWidth: number } };
}

/** Opens a page with one document a frame, each with or without a policy, gives all their time to act, and counts those that are shown. */
async function show(documents: readonly string[], policy?: string): Promise<number> {
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
  const shown = await Promise.all(
    frames.map(frame =>
      frame
        .locator('main')
        .waitFor({ state: 'attached', timeout: 3000 })
        .then(() => 1)
        .catch(() => 0),
    ),
  );
  await page.close();
  server.closeAllConnections();
  server.close();
  return shown.reduce<number>((sum, count) => sum + count, 0);
}

const htmlOutput = (html: string): object => ({ output_type: 'display_data', metadata: {}, data: { 'text/html': html } });
const unchanged = (html: string): string => html;
const documentsOf = (clean?: (html: string) => string): string[] =>
  corpus.map(html => outputPage(shownOutputs(outputsSchema.parse([htmlOutput(html)]), clean && { clean })));

describe('a stranger’s outputs and answers', () => {
  it('act where nothing stops them: each attack is one', async () => {
    heard.clear();
    await show(documentsOf(unchanged));
    expect(corpus.filter((_, number) => !heard.has(`/${number}`))).toEqual([]);
  });

  it('are harmless by each of the two defences alone', async () => {
    heard.clear();
    expect(await show(documentsOf())).toBe(corpus.length);
    expect([...heard], 'sanitised, without a policy').toEqual([]);
    expect(await show(documentsOf(unchanged), outputPolicy)).toBe(corpus.length);
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
      page: newPage,
      end,
    } = await opened([{ id: 'mallory', name: `Mal${corpus[1]}`, why: attack, half: attack, outputs, score: 0 }]);
    const page = await newPage();
    await page.keyboard.press('d');
    const comment = corpus.slice(0, 12).join('');
    await page.fill('#comment', comment);
    await page.getByRole('button', { name: 'Add this comment' }).click();
    await page.locator('#bank button', { hasText: '<script>' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await said(page, 'applied');
    await page.selectOption('#question', 'half');
    const frame = page.frameLocator('iframe');
    await frame.locator('pre').first().waitFor();
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
    await page.waitForTimeout(300);
    expect(cls.book.manual('words')[0]?.comment).toBe(comment);
    expect([...heard]).toEqual([]);
    await end();
  });

  it('cannot reach the page from another site', async () => {
    const { server, context, page: newPage, cls, end } = await opened();
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

  it('leave no error behind', () => {
    const expected = /Content Security Policy|sandbox|ERR_INVALID_URL/; // the defences at work, and a picture that is none
    expect(errors.filter(error => !expected.test(error))).toEqual([]);
  });
});
