import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Changes } from '../../../../labs-grading/review/changes.ts';
import { Review } from '../../../../labs-grading/review/review.ts';
import { routes } from '../../../../labs-grading/review/routes.ts';
import { reviewClass } from '../../fixtures/review-class.ts';

const cls = await reviewClass([{ id: 'ada', why: 'Noise.' }]);
const review = new Review(cls, { blind: false, grader: 'bo' });
const changes = new Changes(review);
const files = new Map([['/', { type: 'text/html', body: 'the page' }]]);
const app = routes({ review, changes, files, token: 'right', port: () => 8000 });
const host = '127.0.0.1:8000';
const url = `http://${host}`;
let cookie = '';

beforeAll(async () => {
  const entered = await app.request(`${url}/?token=right`, { headers: { host } });
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
  const set = entered.headers.get('set-cookie') ?? '';
  expect(set).toMatch(/HttpOnly.*SameSite=Strict/);
  cookie = set.split(';')[0] ?? '';
});
afterAll(async () => {
  changes.close();
  await cls.end();
});

const save = async (headers: Record<string, string>, body: unknown = grade): Promise<Response> => {
  const path = `/api/answers/why/${(await review.rows('why'))[0]?.key}`;
  return app.request(url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
};
const grade = { grader: 'bo', items: [], adjustment: 0, comment: '', revision: 99 };

describe('the door', () => {
  it('opens to the cookie at its own address, and to nothing else', async () => {
    const header = (right: string, ...wrong: (string | undefined)[]) => fc.constantFrom<string | undefined>(right, right, right, ...wrong);
    const headers = fc.record({
      host: header(host, 'localhost:8000', 'evil.example:8000', '127.0.0.1:8001', '127.0.0.1'),
      origin: header(url, undefined, 'null', 'http://evil.example', 'http://127.0.0.1:8001'),
      'sec-fetch-site': header('same-origin', undefined, 'none', 'cross-site', 'same-site'),
      cookie: header('right', undefined, 'tinylab-review-8000=guess', 'tinylab-review-8001=right'),
    });
    await fc.assert(
      fc.asyncProperty(headers, async given => {
        const sent = { ...given, cookie: given.cookie === 'right' ? cookie : given.cookie };
        const present = Object.fromEntries(Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined));
        const ours = given.host === host || given.host === 'localhost:8000';
        const site = [undefined, 'same-origin', 'none'].includes(given['sec-fetch-site']);
        const allowed = ours && site && given.origin === `http://${given.host}` && given.cookie === 'right';
        expect((await save(present)).status).toBe(allowed ? 409 : 403);
      }),
      { numRuns: 150 },
    );
    expect(await cls.book.manual('words')).toEqual([]);
  });

  it('takes no other token', async () => {
    for (const token of ['', 'wrong', 'righ', 'rightt']) {
      const refused = await app.request(`${url}/?token=${token}`, { headers: { host } });
      expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });

  it('lets nothing of a stranger run in the page, and nothing at all in the frame', async () => {
    const page = await app.request(`${url}/`, { headers: { host, cookie } });
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const frame = await app.request(`${url}/outputs/why/${(await review.rows('why'))[0]?.key}`, { headers: { host, cookie } });
    const framed = frame.headers.get('content-security-policy') ?? '';
    expect(framed).toMatch(/^default-src 'none'; img-src data:; style-src 'sha256-[^;]*; .*; sandbox$/);
    expect(frame.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('what is sent', () => {
  const ours = (): Record<string, string> => ({ host, cookie, origin: url });

  it('is refused by name where it cannot mean anything, and changes nothing', async () => {
    for (const wrong of [
      {},
      'text',
      { ...grade, grader: ' ' },
      { ...grade, adjustment: 1e9 },
      { ...grade, items: [7] },
      { ...grade, student: 'x' },
    ]) {
      const refused = await save(ours(), wrong);
      expect(refused.status).toBe(400);
      expect(((await refused.json()) as { reason: string }).reason).toMatch(/\w: /);
    }
    expect((await save(ours(), { ...grade, comment: 'x'.repeat(300_000) })).status).toBe(413);
    expect(await cls.book.manual('words')).toEqual([]);
  });

  it('is not found, or cannot be done, with a reason', async () => {
    const get = (path: string): Promise<Response> => Promise.resolve(app.request(url + path, { headers: { host, cookie } }));
    expect((await get('/api/answers/why/nobody')).status).toBe(404);
    expect((await get('/outputs/why/nobody')).status).toBe(404);
    const unknown = await get('/api/page?question=__proto__');
    expect([unknown.status, await unknown.json()]).toEqual([404, { reason: expect.stringContaining('has no question "__proto__"') }]);
  });
});
