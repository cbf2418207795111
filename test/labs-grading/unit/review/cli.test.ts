import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reviewClass } from '../../fixtures/review-class.ts';

const cli = join(import.meta.dirname, '../../../../labs-grading/cli.ts');
const cls = await reviewClass([{ id: 'ada', why: 'Noise.' }, { id: 'bo' }]);
afterAll(() => cls.end());
const lab = join(cls.folder, 'words');
const review = (...args: string[]): string[] => [cli, 'review', lab, '--course', join(cls.folder, 'course'), ...args];

describe('tinylab review', () => {
  it('shows an address that lets its owner in, and ends with Ctrl-C', async () => {
    const child = spawn(process.execPath, review('--grader', 'cy'), { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', chunk => (out += chunk));
    while (!out.includes('Ctrl-C')) await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(out)?.[0] ?? '';
    const entered = await fetch(url, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/api/page', url), { headers: { cookie } });
    expect(await page.json()).toMatchObject({ lab: 'words', grader: 'cy', question: { question: 'why' }, rows: [{ label: 'ada' }] });
    expect(await (await fetch(new URL('/review.js', url), { headers: { cookie } })).text()).toContain('EventSource');
    expect((await fetch(new URL('/', url))).status).toBe(403);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(out).toContain('why: 0 of 1 graded.');
  });

  it('says what cannot be reviewed', async () => {
    const run = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });
    const unknown = run(...review('--question', 'other'));
    expect([unknown.status, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('The lab has no question "other".\n  It has: why, half.'),
    ]);
    const empty = await reviewClass([{ id: 'bo' }]);
    const nobody = run(cli, 'review', lab, '--course', join(empty.folder, 'course'));
    await empty.end();
    expect([nobody.status, nobody.stderr]).toEqual([2, expect.stringContaining('Nobody has handed in words.\n  Collect first')]);
  });
});
