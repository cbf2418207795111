import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe.ts';
import { picture, startBrowser } from './lab.ts';
import { openReview, said, text, title, writers } from './review.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

describe('the review page', () => {
  it('grades from the keyboard alone, and re-points every answer at once', async () => {
    const { cls, errors, page: newPage, end } = await openReview(browser);
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
    expect((await cls.book.manual('words')).map(({ student, items, comment, grader }) => [student, items, comment, grader])).toEqual([
      ['ada7', ['noise'], 'Which bits, 1 or 2?', 'bo'],
      ['alan', ['noise', 'wrong'], '', 'bo'],
    ]);
    expect((await cls.grades()).students.map(({ score }) => score)).toEqual([8, 3, 0]);
    expect(errors).toEqual([]);
    await end();
  });

  it('keeps a comment bank, shows the changes against the stub and the checks beside them', async () => {
    const { cls, page: newPage, end } = await openReview(browser);
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

  it('grades answers with the same text together, and leaves what is graded alone', async () => {
    const why = 'No idea.';
    const {
      cls,
      page: newPage,
      end,
    } = await openReview(browser, { students: [...writers, ...['hal', 'joe', 'kim'].map(id => ({ id, why }))] });
    await cls.book.putManual({
      lab: 'words',
      student: 'joe',
      question: 'why',
      grader: 'cy',
      items: [],
      adjustment: 0,
      comment: '',
      revision: 0,
    });
    const page = await newPage();
    await page.keyboard.press('j');
    await title(page, 'Alan Turing');
    await page.keyboard.press('3');
    await picture(page, 'review-alike');
    await page.getByRole('button', { name: 'Apply here and to 2 ungraded with the same text' }).click();
    await said(page, 'Alan Turing and 2 more with the same text have this grade.');
    expect(await text(page, '#progress-text')).toBe('4 of 6 graded');
    const grades = (await cls.book.manual('words')).map(({ student, items, grader }) => [student, items, grader]);
    expect(grades).toEqual([
      ['alan', ['wrong'], 'bo'],
      ['hal', ['wrong'], 'bo'],
      ['joe', [], 'cy'],
      ['kim', ['wrong'], 'bo'],
    ]);
    await end();
  });

  it('loses nothing when two grade the same answer', async () => {
    const { cls, page: newPage, end } = await openReview(browser);
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
    expect(await cls.book.manual('words')).toHaveLength(1);
    await two.getByRole('button', { name: 'Merge both' }).click();
    await two.locator('#answer').focus();
    await two.keyboard.press('a');
    await said(two, 'Ada Lovelace: 4 points applied.');
    expect((await cls.book.manual('words'))[0]).toMatchObject({ items: ['compares'], comment: 'mine', grader: 'bo', revision: 2 });
    await one.locator('#saved', { hasText: 'revision 2' }).waitFor();
    expect(await one.inputValue('#comment')).toBe('mine');
    await end();
  });

  it('tells no name in blind mode, in any byte that reaches the page', async () => {
    const { server, context, end } = await openReview(browser, { blind: true });
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
    } = await openReview(browser, { students: writers.map(writer => ({ ...writer, outputs })), colorScheme });
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
    await page.locator('#outputs iframe').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, `review-${colorScheme}`);
    expect(await page.evaluate(() => (globalThis as unknown as Scroll).document.documentElement.scrollWidth)).toBeLessThanOrEqual(1000);
    const frame = await page.locator('#outputs iframe').getAttribute('src');
    await page.goto(new URL(frame ?? '', server.url).href);
    await page.locator('table').waitFor();
    await end();
  });
});

interface Scroll {
  readonly document: { readonly documentElement: { readonly scrollWidth: number } };
}
