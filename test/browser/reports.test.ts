import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudentGrade } from '../../labs-grading/gradebook/records.ts';
import { analyticsOf } from '../../labs-grading/report/analytics/analytics.ts';
import { analyticsPage } from '../../labs-grading/report/analytics/page.ts';
import { feedbackOf } from '../../labs-grading/report/feedback/feedback.ts';
import { feedbackPage } from '../../labs-grading/report/feedback/page.ts';
import { similarityPage } from '../../labs-grading/report/similarity/page.ts';
import { similarPairs } from '../../labs-grading/report/similarity/pairs.ts';
import { xssCorpus } from '../labs-grading/fixtures/xss.ts';
import { graded, labOf, right, saying, studentWith, wrong } from '../labs-grading/unit/report/samples.ts';
import { violations } from './axe.ts';
import { picture, startBrowser } from './lab.ts';

const home = 'http://pages.invalid/';
const beacon = 'http://beacon.invalid';
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

/** Opens a page of text without any network; returns it with everything that it asked for besides. */
async function opened(html: string, colorScheme: 'light' | 'dark' = 'light'): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 800 } });
  const asked: string[] = [];
  await context.route('**', route => {
    const url = route.request().url();
    if (url === home) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
    asked.push(url);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('dialog', dialog => void dialog.dismiss().then(() => asked.push('dialog')));
  await page.goto(home);
  return { page, asked };
}

const code = (name: string): string =>
  `function ${name}(items) {\n  let sum = 0;\n  for (const item of items) {\n    while (item.reads > 3 && !item.done) sum += item.bits ** 2 / (item.reads ?? 1);\n    if (item.kind === 'conv') sum *= item.kernel % 7 ? 3 : [1, 2, 3].at(-1);\n  }\n  return { sum, items: [...items].reverse() };\n}`;

/** The three pages, with `text` wherever a stranger has a say. */
function pagesSaying(text: string): Record<string, string> {
  const grade = saying(text);
  const lab = labOf([grade], { title: text });
  const answers = ['a', 'b'].map(name => ({
    student: text + name,
    cells: [{ id: text, source: `/* ${text.replaceAll('*/', '')} */\n${code(name)}` }],
  }));
  const pairs = similarPairs({ student: '', cells: [] }, answers, { threshold: 0.5, common: 4 });
  const found = { lab: text, title: text, threshold: 0.5, common: 4, compared: 2, refused: [{ student: text, why: text }] };
  return {
    feedback: feedbackPage(feedbackOf(lab, grade)),
    analytics: analyticsPage(analyticsOf(lab)),
    similarity: similarityPage({ ...found, models: [{ name: text, students: [text, text] }], pairs }, answers),
  };
}

/** Pages as they are on a usual day. */
function usualPages(): Record<string, string> {
  const arrays = { shape: [2, 3], expected: [0.1, -0.5, 0, 1.2, 3, null], got: [0.1, 0.5, 0, 1.2, 3, null] };
  const items = [wrong({ arrays }), ...Array.from({ length: 4 }, () => wrong()), right(), wrong({ hidden: true })];
  const of = (id: string, i: number): StudentGrade =>
    studentWith(id, [graded('a', i % 2 ? 5 : 0, { items: i % 2 ? [right()] : items }), graded('b', i % 5)]);
  const students = Array.from({ length: 12 }, (_, i) => of(`s${i}`, i));
  const lab = labOf(students, { title: 'Lab 01 · Pruning' });
  return {
    ...pagesSaying('A usual text, of several words.'),
    'feedback of a day': feedbackPage(feedbackOf(lab, students[0] as StudentGrade, { draft: true })),
    'analytics of a day': analyticsPage(analyticsOf(lab)),
  };
}

describe('reports', () => {
  it('act on nothing that strangers wrote', async () => {
    const corpus = xssCorpus(beacon);
    const raw = await opened(`<!doctype html><title>x</title>${corpus.join('\n')}`);
    await expect.poll(() => raw.asked.length, { message: 'without us it acts' }).toBeGreaterThan(9);
    for (const [name, html] of Object.entries(pagesSaying(corpus.join('\n')))) {
      const { page, asked } = await opened(html);
      await page.waitForLoadState('networkidle');
      expect(
        await page.locator('script, img, iframe, object, embed, link, form, input, [onerror], [onload], [href^="javascript"]').count(),
        name,
      ).toBe(0);
      expect(await page.locator('meta[http-equiv="Content-Security-Policy"]').count(), name).toBe(1);
      expect(asked, name).toEqual([]);
    }
  });

  it('run no script and ask for no picture even where markup should get in: the policy stands behind the escaping', async () => {
    const [page = ''] = Object.values(pagesSaying('text'));
    const { asked } = await opened(page.replace('</main>', `${xssCorpus(beacon).join('\n')}</main>`));
    await new Promise(done => setTimeout(done, 500));
    // A <meta> refresh is a navigation, which no policy of a page stops.
    expect(asked.filter(url => !url.endsWith(`/${xssCorpus(beacon).length - 1}`))).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('are accessible in %s mode', async scheme => {
    for (const [name, html] of Object.entries(usualPages())) {
      const { page } = await opened(html, scheme);
      expect(await violations(page), name).toEqual([]);
      if (name.startsWith('feedback')) await picture(page, `${name.replaceAll(' ', '-')}-${scheme}`, 'main');
    }
  });

  it('work with the keyboard, and print what is folded', async () => {
    const { page } = await opened(usualPages()['feedback of a day'] ?? '');
    const folded = page.locator('details .item').first();
    expect(await folded.isVisible()).toBe(false);
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await folded.isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await page.emulateMedia({ media: 'print' });
    expect((await folded.boundingBox())?.height).toBeGreaterThan(20);
  });
});
