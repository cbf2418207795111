import { describe, expect, it } from 'vitest';
import type { StudentRecord } from '../../../labs-grading/collect/records.ts';
import type { LabGrades } from '../../../labs-grading/gradebook/records.ts';
import type { Store } from '../../../labs-grading/gradebook/store/contract.ts';
import type { OpenStore } from './opening.ts';
import { gradingOf, manualOf, newPlace, reportOf, submissionOf } from './samples.ts';

/** Texts that have broken other stores: quotes, wildcards, other scripts, what joins with the sign before it, what is longer than a page. */
const oddTexts = [
  `'; DROP TABLE attempts; --`,
  '"double" `back` \\slash\\ %like_ $1 ?1 :name @x',
  'line\nline\r\n\ttab',
  'Zoë, Ṽıŋćęñţ, 山田太郎, Ωμέγα, ‏עברית, é',
  '👩‍👩‍👧‍👦🏳️‍🌈 𝔘𝔫𝔦',
  'null',
  '{"json": [1, "\\u0000"]}',
  'x'.repeat(100_000),
];

const lab = { lab: 'lab', title: 'Lab', version: 'v1', questions: [{ question: 'a', title: 'A', points: 5, manual: false }] };

/** Opens a new store, does something with it, and looks at it again as another opening of the same place shows it. */
async function written(open: OpenStore, write: (store: Store, place: string) => Promise<void>, look: (store: Store) => Promise<void>) {
  const place = newPlace();
  const first = await open(place);
  await write(first, place);
  await look(first);
  await first.close();
  const again = await open(place);
  await look(again);
  await again.close();
}

export function keepsWhatWasWritten(open: OpenStore): void {
  describe('keeps', () => {
    it('nothing of a course that is empty, and takes back nothing then', async () => {
      await written(
        open,
        async () => {},
        async store => {
          for (const found of [store.students(), store.submissions('lab'), store.gradings(1), store.overrides('lab'), store.manual('lab')])
            expect(await found).toEqual([]);
          for (const found of [store.lab('lab'), store.grading(1), store.reportOf('key'), store.published('lab')])
            expect(await found).toBeUndefined();
          expect(await store.gradeKeys('lab')).toEqual(new Map());
          expect(await store.history()).toEqual([]);
        },
      );
    });

    it.each(oddTexts.map((text, i) => [i, text] as const))('text %i letter by letter, wherever text may stand', async (_, text) => {
      const student: StudentRecord = { id: 'al', name: text, email: text, section: text, ids: { canvas: text } };
      const question = text.slice(0, 200);
      const report = reportOf(3, {
        cells: [{ id: text, state: 'error', message: text }],
        anomalies: [{ kind: 'changed', about: text, detail: text }],
      });
      let kept: unknown[] = [];
      await written(
        open,
        async (store, place) => {
          await store.putStudents([student]);
          await store.putLab({ ...lab, lab: question, title: text });
          const submission = await store.addSubmission(
            submissionOf(place, 'al', { lab: question, digest: text, source: text, labVersion: text, anomalies: report.anomalies }),
          );
          const grading = await store.addGrading(gradingOf(submission.id, text, report));
          await store.override({ lab: question, student: 'al', question, score: 1, reason: text, by: text });
          const manual = await store.putManual(manualOf('al', { lab: question, question, grader: text, comment: text, items: [text] }));
          await store.log(text, { text });
          kept = [[submission], grading, report, [manual]];
        },
        async store => {
          expect(await store.students()).toEqual([student]);
          expect(await store.lab(question)).toEqual({ ...lab, lab: question, title: text });
          const [submission] = await store.submissions(question);
          expect([
            await store.submissions(question, 'al'),
            await store.grading(submission?.id as number, text),
            await store.reportOf(text),
            await store.manual(question, 'al'),
          ]).toEqual(kept);
          expect(await store.overrides(question)).toMatchObject([{ question, reason: text, by: text }]);
          expect((await store.history()).at(-1)).toMatchObject({ action: text, detail: { text } });
        },
      );
    });

    it('numbers and times as they are: fractions, 0, nothing', async () => {
      await written(
        open,
        async (store, place) => {
          const { id } = await store.addSubmission(submissionOf(place, 'al', { submittedAt: '2026-11-22T23:59:59.123+05:30' }));
          await store.addGrading({ ...gradingOf(id, 'key', reportOf(1 / 3)), wallMs: 0.1 + 0.2 });
          for (const score of [0, 2.5, undefined])
            await store.override({ lab: 'lab', student: 'al', question: 'a', score, reason: '', by: 'ta' });
        },
        async store => {
          const [submission] = await store.submissions('lab');
          expect(submission).toMatchObject({ submittedAt: '2026-11-22T23:59:59.123+05:30' });
          expect(submission).not.toHaveProperty('labVersion');
          expect(await store.grading(submission?.id as number)).toMatchObject({ wallMs: 0.1 + 0.2, report: { score: 1 / 3 } });
          expect((await store.overrides('lab')).map(({ score }) => score)).toEqual([0, 2.5, undefined]);
        },
      );
    });

    it('its order: students by id, submissions by student and coming, the rest by coming', async () => {
      const ids = ['b', 'B', 'a', '_', '10', '9', 'a-b', 'a.b', 'A'];
      const sorted = ['10', '9', 'A', 'B', '_', 'a', 'a-b', 'a.b', 'b'];
      await written(
        open,
        async (store, place) => {
          await store.putStudents(ids.map(id => ({ id })));
          for (const digest of ['one', 'two']) for (const id of ids) await store.addSubmission(submissionOf(place, id, { digest }));
          for (const id of ids) await store.putManual(manualOf(id));
          for (const reason of ids) await store.override({ lab: 'lab', student: 'a', question: 'a', score: 1, reason, by: 'ta' });
          await store.addSubmission(submissionOf(place, 'a', { lab: 'other' }));
        },
        async store => {
          expect((await store.students()).map(({ id }) => id)).toEqual(sorted);
          expect((await store.submissions('lab')).map(({ student, digest }) => [student, digest])).toEqual(
            sorted.flatMap(id => [
              [id, 'one'],
              [id, 'two'],
            ]),
          );
          expect((await store.submissions('lab', 'a')).map(({ digest }) => digest)).toEqual(['one', 'two']);
          expect((await store.manual('lab')).map(({ student }) => student)).toEqual(sorted);
          expect((await store.overrides('lab')).map(({ reason }) => reason)).toEqual(ids);
          expect((await store.history()).map(({ detail }) => (detail as { reason: string }).reason)).toEqual(ids);
        },
      );
    });

    it('every grading: numbers grow, the latest comes first to hand, the first report of a key stays', async () => {
      await written(
        open,
        async (store, place) => {
          const { id } = await store.addSubmission(submissionOf(place, 'al'));
          const other = await store.addSubmission(submissionOf(place, 'bo'));
          const broken = reportOf(0, { notGradable: 'the checker broke' });
          const made = [];
          for (const [key, report] of [
            ['one', broken],
            ['one', reportOf(1)],
            ['two', reportOf(2)],
            ['one', reportOf(3)],
          ] as const)
            made.push((await store.addGrading(gradingOf(id, key, report))).id);
          expect(made.toSorted((a, b) => a - b)).toEqual(made);
          expect(new Set(made).size).toBe(4);
          await store.addGrading(gradingOf(other.id, 'one', reportOf(3)));
          await store.remember('kept', reportOf(4));
          await store.remember('kept', reportOf(5));
          await store.remember('broken', broken);
        },
        async store => {
          const [al, bo] = await store.submissions('lab');
          const [id, other] = [al?.id as number, bo?.id as number];
          expect((await store.gradings(id)).map(({ report }) => report.score)).toEqual([0, 1, 2, 3]);
          expect((await store.grading(id))?.report.score).toBe(3);
          expect((await store.grading(id, 'two'))?.report.score).toBe(2);
          expect(await store.grading(other, 'two')).toBeUndefined();
          expect([(await store.reportOf('one'))?.score, (await store.reportOf('kept'))?.score, await store.reportOf('broken')]).toEqual([
            1,
            4,
            undefined,
          ]);
          expect(await store.gradeKeys('lab')).toEqual(
            new Map([
              [id, ['one', 'two', 'one']],
              [other, ['one']],
            ]),
          );
        },
      );
    });

    it('a thing once, however often it is added', async () => {
      await written(
        open,
        async (store, place) => {
          const one = await store.addSubmission(submissionOf(place, 'al', { source: 'first' }));
          expect(await store.addSubmission(submissionOf(place, 'al', { source: 'second', anomalies: [] }))).toEqual(one);
          const later = await store.addSubmission(submissionOf(place, 'al', { submittedAt: '2026-11-23T12:00:00.000Z' }));
          expect(later.id).toBeGreaterThan(one.id);
          await store.putStudents([{ id: 'al' }, { id: 'bo', name: 'Bo' }]);
          await store.putStudents([{ id: 'al', name: 'Al' }]);
          for (const version of ['v1', 'v1', 'v2']) await store.putLab({ ...lab, version });
        },
        async store => {
          expect((await store.submissions('lab')).map(({ source }) => source)).toEqual(['first', 'folder: in']);
          expect(await store.students()).toEqual([
            { id: 'al', name: 'Al' },
            { id: 'bo', name: 'Bo' },
          ]);
          expect((await store.lab('lab'))?.version).toBe('v2');
        },
      );
    });

    it('what was published, whatever is graded later, and each time under a greater number', async () => {
      let first: LabGrades | undefined;
      await written(
        open,
        async (store, place) => {
          const submission = await store.addSubmission(submissionOf(place, 'al'));
          const grading = await store.addGrading(gradingOf(submission.id, 'key'));
          const student = { student: { id: 'al' }, submission, grading, submissions: 1, questions: [], raw: 5, latePenalty: 0 };
          first = { lab: 'lab', title: 'Lab', version: 'v1', questions: [], students: [{ ...student, score: 5, maximum: 5 }] };
          const number = await store.publish({ ...first, version: 'v0' }, 'ta');
          expect(await store.publish(first, 'ta')).toBeGreaterThan(number);
          await store.addGrading(gradingOf(submission.id, 'key', reportOf(0)));
          expect(await store.publish({ ...first, lab: 'other' }, 'ta')).toBeGreaterThan(number + 1);
        },
        async store => expect(await store.published('lab')).toEqual(first),
      );
    });
  });
}
