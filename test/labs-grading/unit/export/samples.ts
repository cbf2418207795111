import type { StudentRecord } from '../../../../labs-grading/collect/records.ts';
import { graded, labOf, studentWith } from '../report/samples.ts';

const student = (record: StudentRecord, scores: readonly [number, number], more: Parameters<typeof studentWith>[2] = {}) =>
  studentWith(record.id, [graded('a', scores[0]), graded('b', scores[1])], { student: record, ...more });

/** Four students: one late, one whose name is a formula, one not graded yet, one who handed nothing in. */
export const grades = labOf(
  [
    student(
      { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.org', ids: { canvas: '101', moodle: '7001', blackboard: 'alovelace' } },
      [5, 2.5],
      {
        latePenalty: 0.5,
        lateReason: 'one day',
        score: 7,
      },
    ),
    student({ id: 'bob', name: '=Bob, "the\nbuilder"', email: 'bob@example.org', ids: { canvas: '102', moodle: '7002' } }, [0, 1 / 3]),
    student({ id: 'cyd', name: 'Charisse, Cyd', ids: { login: 'cyd@example.org' } }, [0, 0], { grading: undefined }),
    student({ id: 'dan', name: 'Dan Dare', email: 'dan@example.org', section: 'B' }, [0, 0], {
      submission: undefined,
      grading: undefined,
      submissions: 0,
    }),
  ],
  { lab: '01-pruning', title: 'Pruning', due: '2026-11-20T12:00:00Z' },
);

/** An uploaded table. */
export const uploaded = (text: string | Buffer, file = 'table.csv') => ({ gradebook: { bytes: Buffer.from(text as string), file } });

/** What an export wrote into its only file. */
export const contentOf = ({ files }: { files: readonly { content: Buffer | string }[] }): string => String(files[0]?.content);
