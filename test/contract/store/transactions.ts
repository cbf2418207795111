import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../labs-grading/gradebook/store/contract.ts';
import type { OpenStore } from './opening.ts';
import { gradingOf, manualOf, newPlace, reportOf, submissionOf } from './samples.ts';

const giveUp = new Error('no more of this');

/** What a store holds, in the words of a model that is a list. */
async function contentOf(store: Store): Promise<unknown> {
  const submissions = await store.submissions('lab');
  const gradings = await Promise.all(submissions.map(({ id }) => store.gradings(id)));
  return {
    submissions: submissions.map(({ student }) => student),
    gradings: gradings.map(of => of.map(({ gradeKey }) => gradeKey)),
    overrides: (await store.overrides('lab')).map(({ reason }) => reason),
  };
}

export function transactions(open: OpenStore): void {
  describe('in a transaction', () => {
    it('keeps all of it, and gives back what the work gave', async () => {
      const place = newPlace();
      const store = await open(place);
      const id = await store.transaction(async inside => {
        const submission = await inside.addSubmission(submissionOf(place, 'al'));
        await sleep(5);
        await inside.addGrading(gradingOf(submission.id, 'key'));
        expect(await inside.gradings(submission.id)).toHaveLength(1);
        return submission.id;
      });
      await store.close();
      const again = await open(place);
      expect((await again.submissions('lab')).map(one => one.id)).toEqual([id]);
      expect(await again.gradings(id)).toHaveLength(1);
      await again.close();
    });

    it('keeps nothing of it when the work throws, at once or later, and goes on', async () => {
      const place = newPlace();
      const store = await open(place);
      const before = await store.addSubmission(submissionOf(place, 'zoe'));
      const work = async (inside: Store): Promise<never> => {
        await inside.putStudents([{ id: 'al' }]);
        const { id } = await inside.addSubmission(submissionOf(place, 'al'));
        await inside.addGrading(gradingOf(id, 'key'));
        await inside.putManual(manualOf('al'));
        await inside.log('inside', null);
        await sleep(5);
        throw giveUp;
      };
      await expect(store.transaction(work)).rejects.toBe(giveUp);
      await expect(
        store.transaction(() => {
          throw giveUp;
        }),
      ).rejects.toBe(giveUp);
      const looks = async (looked: Store): Promise<void> => {
        expect(await looked.students()).toEqual([]);
        expect(await looked.submissions('lab')).toEqual([before]);
        expect(await looked.reportOf('key')).toBeUndefined();
        expect(await looked.manual('lab')).toEqual([]);
        expect(await looked.history()).toEqual([]);
      };
      await looks(store);
      expect((await store.putManual(manualOf('al'))).revision).toBe(1);
      await store.close();
      const again = await open(place);
      expect(await again.submissions('lab')).toEqual([before]);
      await again.close();
    });

    it('keeps the rest when one write of it fails and the work goes on', async () => {
      const place = newPlace();
      const store = await open(place);
      await store.transaction(async inside => {
        const { id } = await inside.addSubmission(submissionOf(place, 'al'));
        await expect(inside.addGrading(gradingOf(id + 1000, 'of nothing'))).rejects.toThrow();
        await expect(inside.putManual(manualOf('al', { revision: 3 }))).rejects.toMatchObject({ code: 'gradebook/stale' });
        await inside.addGrading(gradingOf(id, 'key'));
      });
      expect(await contentOf(store)).toEqual({ submissions: ['al'], gradings: [['key']], overrides: [] });
      expect(await store.reportOf('of nothing')).toBeUndefined();
      await store.close();
    });

    it('is alone: whatever else is asked of the store waits for its end, in the order in which it was asked', async () => {
      const place = newPlace();
      const store = await open(place);
      const order: string[] = [];
      const first = store.transaction(async inside => {
        await inside.addSubmission(submissionOf(place, 'a'));
        await sleep(30);
        await inside.addSubmission(submissionOf(place, 'b'));
        order.push('first');
      });
      const read = store.submissions('lab').then(found => {
        order.push('read');
        return found.map(({ student }) => student);
      });
      const written = store.addSubmission(submissionOf(place, 'c')).then(() => order.push('written'));
      const second = store.transaction(async inside => {
        order.push(`second sees ${(await inside.submissions('lab')).length}`);
      });
      await Promise.all([first, read, written, second]);
      expect(order).toEqual(['first', 'read', 'written', 'second sees 3']);
      expect(await read).toEqual(['a', 'b']);
      await store.close();
    });

    it('refuses what would never end or come too late: the store outside from inside, and the one inside from outside', async () => {
      const place = newPlace();
      const store = await open(place);
      let kept: Store | undefined;
      await store.transaction(async inside => {
        kept = inside;
        await expect(store.students()).rejects.toThrow('use the store that it gives');
        await expect(store.transaction(async () => {})).rejects.toThrow();
        await expect(inside.transaction(async () => {})).rejects.toThrow();
        await expect(inside.close()).rejects.toThrow();
      });
      await expect((kept as Store).putStudents([{ id: 'al' }])).rejects.toThrow('over');
      expect(await store.students()).toEqual([]);
      await store.close();
      await expect(store.students()).rejects.toThrow();
    });

    it('agrees with a list to which each is added as a whole or not at all', { timeout: 120_000 }, async () => {
      const step = fc.record({ kind: fc.constantFrom('submission', 'grading', 'override'), name: fc.integer({ min: 0, max: 4 }) });
      const batch = fc.record({ steps: fc.array(step, { maxLength: 5 }), fails: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { maxLength: 6 }), async batches => {
          const place = newPlace();
          const store = await open(place);
          let model = { students: new Map<string, string[]>(), overrides: [] as string[] };
          for (const { steps, fails } of batches) {
            const next = structuredClone(model);
            const work = async (inside: Store): Promise<void> => {
              for (const { kind, name } of steps) {
                const student = `s${name}`;
                if (kind === 'override') {
                  await inside.override({ lab: 'lab', student, question: 'a', score: 1, reason: student, by: 'ta' });
                  next.overrides.push(student);
                } else {
                  const { id } = await inside.addSubmission(submissionOf(place, student));
                  const keys = next.students.get(student) ?? [];
                  next.students.set(student, keys);
                  if (kind !== 'grading') continue;
                  await inside.addGrading(gradingOf(id, `key ${keys.length}`, reportOf(keys.length)));
                  keys.push(`key ${keys.length}`);
                }
              }
              if (fails) throw giveUp;
            };
            await store.transaction(work).then(
              () => {
                model = next;
              },
              error => expect(error).toBe(giveUp),
            );
          }
          await store.close();
          const again = await open(place);
          const students = [...model.students].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(await contentOf(again)).toEqual({
            submissions: students.map(([student]) => student),
            gradings: students.map(([, keys]) => keys),
            overrides: model.overrides,
          });
          await again.close();
        }),
        { numRuns: 15 },
      );
    });
  });
}
