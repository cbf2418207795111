import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong with the page, or with what a selector finds in it, in a line each. Frames are left out. */
export async function violations(page: Page, selector?: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    include =>
      (globalThis as unknown as { axe: typeof axe }).axe
        .run({ exclude: ['iframe'], ...(include && { include: [include] }) }, { iframes: false })
        .then(({ violations }) => violations),
    selector,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
