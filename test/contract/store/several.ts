import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Opening, OpenStore } from './opening.ts';
import { gradingOf, manualOf, newPlace, submissionOf } from './samples.ts';

export function severalWriters({ open, module }: Opening): void {
  describe('for several at once', () => {
    it('loses nothing that two write at the same time, and lets each see the other’s', { timeout: 60_000 }, async () => {
      const place = newPlace();
      const stores = [await open(place), await open(place)];
      const each = 25;
      const write = async (store: Awaited<ReturnType<OpenStore>>, who: number): Promise<void> => {
        for (let i = 0; i < each; i++) {
          const { id } = await store.addSubmission(submissionOf(place, `s${i}`));
          await store.addGrading(gradingOf(id, `key ${who} ${i}`));
        }
      };
      await Promise.all(stores.map(write));
      for (const store of stores) {
        const submissions = await store.submissions('lab');
        expect(submissions).toHaveLength(each);
        const gradings = (await Promise.all(submissions.map(({ id }) => store.gradings(id)))).flat();
        expect(gradings).toHaveLength(2 * each);
        expect(new Set(gradings.map(({ id }) => id)).size).toBe(2 * each);
      }
      for (const store of stores) await store.close();
    });

    // A store that waits without giving way would wait for its own patience, which is longer than this.
    it('lets one wait for the other’s transaction without holding it up', { timeout: 20_000 }, async () => {
      const place = newPlace();
      const [one, two] = [await open(place), await open(place)];
      const long = one.transaction(async inside => {
        await inside.putStudents([{ id: 'al' }]);
        for (let i = 0; i < 10; i++) await sleep(20);
        await inside.putStudents([{ id: 'bo' }]);
      });
      await sleep(20);
      expect(await two.students(), 'nothing of it is seen before its end').toEqual([]);
      const waited = two.putStudents([{ id: 'cy' }]);
      await Promise.all([long, waited]);
      for (const store of [one, two]) {
        expect((await store.students()).map(({ id }) => id)).toEqual(['al', 'bo', 'cy']);
        await store.close();
      }
    });

    it('tells the second of two who graded the same answer, and keeps the first', async () => {
      const place = newPlace();
      const [one, two] = [await open(place), await open(place)];
      const both = await Promise.allSettled([one.putManual(manualOf('al')), two.putManual(manualOf('al', { grader: 'tb' }))]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = both.find(result => result.status === 'rejected');
      expect(lost?.reason).toMatchObject({ code: 'gradebook/stale' });
      const [kept] = await two.manual('lab');
      expect(lost?.reason.message).toContain(kept?.grader);
      expect((await two.putManual(manualOf('al', { revision: 1, grader: 'tc' }))).revision).toBe(2);
      expect(await one.manual('lab')).toMatchObject([{ grader: 'tc', revision: 2 }]);
      for (const store of [one, two]) await store.close();
    });

    it('keeps what a process had written when it was killed, and no half of anything', { timeout: 120_000 }, async () => {
      const place = newPlace();
      const told: number[] = [];
      for (let kill = 0; kill < 3; kill++) {
        const child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'writer.ts'), module, place], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const gone = new Promise(resolve => child.once('close', resolve));
        const enough = told.length + 3 + 4 * kill;
        for await (const line of createInterface(child.stdout)) {
          told.push(Number(line));
          if (told.length >= enough) child.kill('SIGKILL');
        }
        await gone;
        const store = await open(place);
        const submissions = await store.submissions('lab');
        const gradings = await Promise.all(submissions.map(({ id }) => store.gradings(id)));
        expect(
          gradings.every(({ length }) => length === 1),
          'a submission comes with its grading',
        ).toBe(true);
        const kept = gradings.flat().map(({ id }) => id);
        expect(kept).toEqual(expect.arrayContaining(told));
        expect(kept.length - told.length, 'at most the one that was not told yet, each time').toBeLessThanOrEqual(kill + 1);
        await store.close();
      }
    });
  });
}
