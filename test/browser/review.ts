import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Review } from '../../labs-grading/review/review.ts';
import { type ReviewServer, startReview } from '../../labs-grading/review/server.ts';
import { type ReviewClass, reviewClass, type Writer } from '../labs-grading/fixtures/review-class.ts';

const half = 'function half(x: number): number {\n  return x / 2;\n}';
/** A small class: three answers in words, and three functions with 4, 2 and 0 points. */
export const writers: readonly Writer[] = [
  { id: 'ada7', name: 'Ada Lovelace', why: 'Weights are noisy, says Ada.', half, score: 4 },
  { id: 'alan', name: 'Alan Turing', why: 'No idea.', half, score: 2 },
  { id: 'grace', name: 'Grace Hopper', why: 'Redundancy.\n\nNothing else.', half, score: 0 },
];

/** A review of a class, served to a browser of its own. */
export interface Opened {
  readonly cls: ReviewClass;
  readonly server: ReviewServer;
  readonly context: BrowserContext;
  /** What went wrong in any of the pages. */
  readonly errors: readonly string[];
  page(): Promise<Page>;
  end(): Promise<void>;
}

export interface OpenedOptions {
  readonly students?: readonly Writer[];
  readonly blind?: boolean;
  readonly colorScheme?: 'light' | 'dark';
}

/** Writes the class, starts the server and opens as many pages as are asked for. */
export async function openReview(browser: Browser, options: OpenedOptions = {}): Promise<Opened> {
  const { students = writers, blind = false, colorScheme = 'light' } = options;
  const errors: string[] = [];
  const cls = await reviewClass(students);
  const server = await startReview(new Review(cls, { blind, grader: 'bo' }));
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, colorScheme });
  const page = async (): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => errors.push(error.message));
    page.on('console', message => void (message.type() === 'error' && errors.push(message.text())));
    await page.goto(server.url);
    await page.locator('#text pre, #text iframe').first().waitFor();
    return page;
  };
  const end = async (): Promise<void> => {
    await context.close();
    await server.close();
    await cls.end();
  };
  return { cls, server, context, errors, page, end };
}
export const text = (page: Page, selector: string): Promise<string | null> => page.locator(selector).textContent();
export const said = (page: Page, what: string | RegExp): Promise<void> => page.locator('#status', { hasText: what }).waitFor();
export const title = (page: Page, name: string): Promise<void> => page.locator('#answer-title', { hasText: name }).waitFor();
