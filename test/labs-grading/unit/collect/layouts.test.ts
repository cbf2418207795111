import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseMetadata } from '../../../../labs-grading/collect/layouts/gradescope.ts';
import { parseTimestamp } from '../../../../labs-grading/collect/layouts/nbgrader.ts';
import type { Layout } from '../../../../labs-grading/collect/parcel.ts';
import { writeZip } from '../../fixtures/mock-class/files.ts';
import { type MockClass, mockClass } from '../../fixtures/mock-class.ts';
import { scratch, TestCourse } from './course.ts';

const lab = '00-basics';
let mock: MockClass;

beforeAll(async () => {
  mock = await mockClass(lab, { students: 40, seed: 5, distinct: true });
});

const time = (at: string): number => Date.parse(at);

describe('a person who takes a name that stands for somebody else', () => {
  it.each([
    ['canvas', ['lovelaceada_101_900_lab.ipynb', 'x_101_7_202_901_lab.ipynb']],
    ['moodle', ['Ada Lovelace_11_assignsubmission_file_/lab.ipynb', 'Ada Lovelace_12_assignsubmission_file_/lab.ipynb']],
  ] as const)('%s: both hand-ins are kept and marked', async (layout, paths) => {
    const folder = scratch();
    for (const [i, path] of paths.entries()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `notebook ${i}`);
    }
    const course = await TestCourse.open({}, { inMemory: true });
    const { collected } = await course.collect(folder, { layout, csv: 'id,name,canvas\nada,Ada Lovelace,101\neve,Eve X,202' });
    expect(collected.map(({ student, outcome }) => [student, outcome])).toEqual([
      ['ada', 'new'],
      ['ada', 'new'],
    ]);
    for (const { anomalies } of collected) expect(anomalies[0]).toMatchObject({ kind: 'duplicated', about: 'name' });
  });
});

describe('Moodle’s marks in names that people chose', () => {
  const collected = async (paths: readonly string[]): Promise<unknown[]> => {
    const folder = scratch();
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), path);
    }
    const course = await TestCourse.open({}, { inMemory: true });
    const report = await course.collect(folder, { layout: 'moodle', csv: 'id,name,moodle\nada,Ada Lovelace,777\neve,Eve X,111' });
    return report.collected.map(({ student, known, anomalies }) => [student, known, anomalies.some(({ about }) => about === 'name')]);
  };
  const honest = ['Ada Lovelace_777_assignsubmission_file_lab.ipynb', 'Eve X_111_assignsubmission_file_lab.ipynb'];

  it.each([
    ['a file', 'Eve X_111_assignsubmission_file_x_777_assignsubmission_file_lab.ipynb'],
    ['a person', 'x_777_assignsubmission_file_Eve X_111_assignsubmission_file_lab.ipynb'],
    ['a folder', 'x_777_assignsubmission_file_Eve X_111_assignsubmission_file_/lab.ipynb'],
  ])('in the name of %s: nobody else’s work is touched, and the file stands by itself, known to nobody', async (_, path) => {
    const found = await collected([...honest, path]);
    expect(found).toContainEqual(['ada', true, false]);
    expect(found).toContainEqual(['eve', true, false]);
    expect(found.filter(one => (one as unknown[])[1] === false)).toHaveLength(1);
    expect(found).toHaveLength(3);
  });

  it('two people under one number are both kept and marked', async () => {
    const found = await collected(['Ada Lovelace_777_assignsubmission_file_lab.ipynb', 'Eve X_777_assignsubmission_file_lab.ipynb']);
    expect(found).toHaveLength(2);
    expect(found.some(one => (one as unknown[])[2])).toBe(true);
  });
});

describe('a class of 40, in every layout', () => {
  it.each<[Layout, string]>([
    ['folder', 'file time'],
    ['zip', 'zip entry'],
    ['canvas', 'marked LATE'],
    ['moodle', 'zip entry'],
    ['gradescope', 'submission_metadata.yml'],
    ['nbgrader', 'timestamp.txt'],
  ])('%s', async (layout, timeFrom) => {
    const { course, book, ...rest } = await TestCourse.open({ labs: { [lab]: { due: mock.due } } });
    const source = await mock.write(layout, join(scratch(), layout));
    const collect = TestCourse.prototype.collect.bind({ course, book, ...rest } as TestCourse);
    const report = await collect(source, { lab, csv: mock.roster });
    expect(report.layout).toBe(layout);
    expect(report.missing).toEqual([]);
    expect(report.collected.filter(({ known }) => !known)).toEqual([]);
    for (const student of mock.students) {
      const found = report.collected.filter(one => one.student === student.id);
      const last = student.handIns.at(-1);
      if (student.kind === 'broken') {
        expect(found.length, student.id).toBeGreaterThan(0);
        continue;
      }
      // Canvas knows only whether a student was late; hand-ins before the last are lost in what other systems give out.
      const keepsAll = ['folder', 'zip'].includes(layout);
      expect(found.length, student.id).toBe(keepsAll ? student.handIns.length : 1);
      expect(found.at(-1)?.timeFrom).toContain(timeFrom);
      expect((found.at(-1)?.daysLate ?? 0) > 0, student.id).toBe(time(last?.at ?? '') > time(mock.due));
      if (layout !== 'canvas') expect(time(found.at(-1)?.submittedAt ?? '')).toBe(time(last?.at ?? ''));
    }
    await book.close();
  });
});

describe('what layouts write', () => {
  const yaml = [
    '---',
    'submission_7:',
    '  :submitters:',
    "  - :name: Ada O'Neill",
    "    :sid: '007'",
    '    :email: ada@example.edu',
    '  - :name: "Bob \\u00fc"',
    '    :email: bob@example.edu',
    '  :created_at: 2026-11-22 05:23:31.482350000 -08:00',
    '  :results:',
    '    output: |',
    '      submission_8:',
    '        :submitters:',
    '        - :name: Mallory',
    'submission_9:',
    '  :created_at: yesterday',
  ].join('\n');

  it('Gradescope’s metadata: groups, times with zones, and nothing that a student printed', () => {
    const found = parseMetadata(yaml);
    expect([...found.keys()]).toEqual(['submission_7', 'submission_9']);
    expect(found.get('submission_7')).toEqual({
      who: [
        { name: "Ada O'Neill", ids: { gradescope: '007', email: 'ada@example.edu' } },
        { name: 'Bob ü', ids: { email: 'bob@example.edu' } },
      ],
      createdAt: '2026-11-22T13:23:31.482Z',
    });
    expect(found.get('submission_9')).toEqual({ who: [], oddTime: 'yesterday' });
  });

  it('a group’s submission is every member’s', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'submission_7'));
    writeFileSync(join(folder, 'submission_metadata.yml'), yaml);
    writeFileSync(join(folder, 'submission_7/lab.ipynb'), '{}');
    const course = await TestCourse.open();
    const report = await course.collect(folder, { csv: 'id,name,email,sis\nada,Ada,,007\nbob,Bob,bob@example.edu,\n' });
    expect(report.collected.map(({ student, submittedAt }) => [student, submittedAt])).toEqual([
      ['ada', '2026-11-22T13:23:31.482Z'],
      ['bob', '2026-11-22T13:23:31.482Z'],
    ]);
  });

  it.each([
    ['2015-02-02 15:58:23.948203 UTC', '2015-02-02T15:58:23.948Z'],
    ['2015-02-02 15:58:23.948203', '2015-02-02T15:58:23.948Z'],
    ['2015-02-02 15:58:23.948203 America/Los_Angeles\n', '2015-02-02T23:58:23.948Z'],
    ['2015-07-02 15:58:23 America/Los_Angeles', '2015-07-02T22:58:23.000Z'],
    ['2015-02-02T15:58:23+0100', '2015-02-02T14:58:23.000Z'],
    ['2026-03-29 01:30:00 Europe/Berlin', '2026-03-29T00:30:00.000Z'],
    ['2026-03-29 03:30:00 Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2015-02-02 15:58:23 Mars/Olympus', undefined],
    ['soon', undefined],
    ['2026-02-30 12:00:00 UTC', undefined],
    ['2026-11-20 12:00:00 IST', undefined],
    ['2026-11-20 12:00:00 CST', undefined],
    ['2026-11-20 12:00:00 CET', '2026-11-20T11:00:00.000Z'],
    ['2026-11-20 12:00:00 EST', '2026-11-20T17:00:00.000Z'],
    ['2026-11-20 12:00:00 Asia/Kolkata', '2026-11-20T06:30:00.000Z'],
  ])('nbgrader’s timestamp %j', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it('Canvas: one submission of files with numbers of their own, deliverables that were uploaded beside the notebook, archives that were packed', async () => {
    const file = join(scratch(), 'submissions.zip');
    const at = '2026-11-24T12:00:00.000Z';
    const text = (path: string, content: string) => ({ path, content: Buffer.from(content), at });
    await writeZip(file, [
      text('lovelaceada_11_91_lab.ipynb', 'first'),
      text('lovelaceada_11_91_lab-1.ipynb', 'second'),
      text('lovelaceada_11_91_model-1.json', 'm'),
      text('lovelaceada_11_91_net-5.json', 'n'),
      text('bobb_LATE_12_92_lab.ipynb', 'late'),
    ]);
    const course = await TestCourse.open({ labs: { lab: { due: '2026-11-23T00:00:00Z' } } });
    const report = await course.collect(file, { delivers: ['model', 'net-5'], csv: 'id,name,canvas\nada,Ada Lovelace,\nbob,Bob B,12\n' });
    expect(report.layout).toBe('canvas');
    expect(await course.snapshots('ada')).toEqual([
      { 'deliverables/model.json': 'm', 'deliverables/net-5.json': 'n', 'lab.ipynb': 'second' },
    ]);
    expect(report.collected.map(({ student, daysLate, timeFrom }) => [student, daysLate, timeFrom])).toEqual([
      ['bob', 1, 'marked LATE'],
      ['ada', 0, 'not marked LATE'],
    ]);
    expect(report.collected[0]?.anomalies).toEqual([
      { kind: 'missing', about: 'time', detail: 'marked LATE, and not how late: counted as the first day' },
    ]);
  });
});
