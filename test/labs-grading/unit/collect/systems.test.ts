import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printable, visible } from '../../../../labs-grading/base/text.ts';
import type { CollectOptions, CollectReport } from '../../../../labs-grading/collect/collect.ts';
import { forge } from '../../fixtures/forged-zip.ts';
import { scratch, TestCourse } from './course.ts';

type Files = Readonly<Record<string, string | Buffer>>;

/** What collecting these files keeps, by student. */
async function collected(files: Files, options: Partial<CollectOptions> & { csv?: string } = {}) {
  const source = scratch();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
  const course = await TestCourse.open({}, { inMemory: true });
  const report = await course.collect(source, options);
  return { report, kept: (report: CollectReport) => report.collected.map(({ student, files: own }) => [student, [...own].sort()]) };
}

const students = (report: CollectReport): string[] => report.collected.map(({ student }) => student).sort();
const told = (report: CollectReport): string => JSON.stringify([report.collected.map(({ anomalies }) => anomalies), report.refused]);

describe('the layout of a source is what most of its entries say', () => {
  const plain = { 'ada/lab.ipynb': 'a', 'ben/lab.ipynb': 'b', 'eve/lab.ipynb': 'e' };
  const nbgrader = { 'ada/lab/lab.ipynb': 'a', 'ben/lab/lab.ipynb': 'b', 'eve/lab/lab.ipynb': 'e' };

  it.each<[string, Files, string]>([
    ['a folder of the lab’s name', { ...plain, 'mallory/lab/lab.ipynb': 'm' }, 'folder'],
    [
      'that, and many files in it',
      { ...plain, ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`mallory/lab/${i === 0 ? 'lab' : i}.ipynb`, 'm'])) },
      'folder',
    ],
    ['a notebook without the assignment’s folder', { ...nbgrader, 'mallory/lab.ipynb': 'm' }, 'nbgrader'],
    ['a name as Moodle writes them', { ...plain, 'mallory_7_assignsubmission_file_/lab.ipynb': 'm' }, 'folder'],
    ['a file as Canvas writes them', { ...plain, 'mallory_1_2_lab.ipynb': 'm' }, 'folder'],
  ])('one student hands in %s', async (_, files, layout) => {
    const { report } = await collected(files);
    expect(report.layout).toBe(layout);
    expect(students(report).length).toBe(4);
    expect(report.collected.every(({ files: own }) => own.includes('lab.ipynb'))).toBe(true);
  });

  it('and a person is asked where it is not most', async () => {
    const half = { 'ada/lab.ipynb': 'a', 'ben/lab.ipynb': 'b', 'eve/lab/lab.ipynb': 'e', 'mallory/lab/lab.ipynb': 'm' };
    await expect(collected(half)).rejects.toThrow('laid out in two ways: 2 of 4 entries as nbgrader');
    expect(students((await collected(half, { layout: 'folder' })).report)).toHaveLength(4);
  });
});

it('Canvas: one student is one submission, whatever numbers its files have', async () => {
  const { report, kept } = await collected(
    {
      'hopperg_2_91_lab-1.ipynb': 'x',
      'hopperg_2_92_net.json': '{}',
      'hopperg_2_93_net.safetensors': '1',
      'lovelacea_1_94_lab-3.ipynb': 'x',
      'lovelacea_1_95_net-1.json': '{}',
      'lovelacea_1_96_resnet-18.json': '{}',
      'mullerj_3_97_lab.ipynb': 'old',
      'mullerj_3_98_lab-1.ipynb': 'new',
      'obrienb_4_99_lab-1.zip': forge([{ name: 'lab.ipynb' }, { name: 'deliverables/net.json' }]),
      'obrienb_4_99_more.json': '{}',
      'strange.txt': 'x',
    },
    { delivers: ['net', 'resnet-18'] },
  );
  expect(report.layout).toBe('canvas');
  expect(kept(report).map(([, files]) => files)).toEqual([
    ['deliverables/net.json', 'deliverables/net.safetensors', 'lab.ipynb'],
    ['deliverables/net.json', 'deliverables/resnet-18.json', 'lab.ipynb'],
    ['lab.ipynb'],
    ['deliverables/more.json', 'deliverables/net.json', 'lab.ipynb'],
  ]);
  expect(told(report)).toContain('uploaded before lab-1.ipynb, which counts');
  expect(report.refused).toEqual([{ path: 'strange.txt', reason: expect.stringContaining('nobody knows whose it is') }]);
});

it('Moodle: everybody of the archive is listed, also who wrote online text only; what fits two people says so', async () => {
  const { report } = await collected({
    'Jörg Müller_201_assignsubmission_file_/lab.ipynb': 'x',
    'Bob O’Brien_203_assignsubmission_file_lab.ipynb': 'x',
    'Online Only_205_assignsubmission_onlinetext_/onlinetext.html': 'x',
    'Flat Text_206_assignsubmission_onlinetext_onlinetext.html': 'x',
    'Eve X_1_assignsubmission_file_y_2_assignsubmission_file_lab.ipynb': 'x',
  });
  expect(report.collected).toHaveLength(5);
  const text = report.collected.find(({ student }) => student.startsWith('Online'));
  expect(text).toMatchObject({
    files: [],
    anomalies: expect.arrayContaining([expect.objectContaining({ kind: 'missing', about: 'lab.ipynb' })]),
  });
  const odd = report.collected.filter(({ anomalies }) => anomalies.some(({ detail }) => detail.includes('fits several people')));
  expect(odd).toHaveLength(1);
});

describe('who has an empty folder is listed, as a hand-in of nothing', () => {
  const moodle = (name: string) => `${name}_assignsubmission_file_/`;
  const names: readonly [string, readonly string[], string][] = [
    ['Moodle', [`${moodle('Ada_1')}lab.ipynb`, `${moodle('Ben_2')}lab.ipynb`, moodle('Eve_3')], 'Eve'],
    ['Moodle, with a folder for no text', [`${moodle('Ada_1')}lab.ipynb`, 'Eve_3_assignsubmission_onlinetext_/', moodle('Eve_3')], 'Eve'],
    ['a zip of folders', ['ada/', 'ada/lab.ipynb', 'ben/lab.ipynb', 'eve/'], 'eve'],
    ['a zip of a folder of folders', ['all/', 'all/ada/', 'all/ada/lab.ipynb', 'all/ben/lab.ipynb', 'all/eve/'], 'eve'],
    ['a folder in the empty folder', ['ada/lab.ipynb', 'ben/lab.ipynb', 'eve/', 'eve/deliverables/'], 'eve'],
    ['what systems leave lying around', ['ada/lab.ipynb', 'ben/lab.ipynb', 'eve/.DS_Store', '__MACOSX/eve/._x', '.DS_Store'], 'eve'],
    ['that, in a folder of folders', ['all/ada/lab.ipynb', 'all/ben/lab.ipynb', 'all/eve/.ipynb_checkpoints/'], 'eve'],
    ['more empty ones than others', ['ada/lab/lab.ipynb', 'ben/lab/lab.ipynb', 'eve/lab/', 'a/', 'b/', 'c/', 'd/', 'e/'], 'eve'],
    ['one student alone', ['eve/'], 'eve'],
  ];

  it.each(names)('%s', async (_, paths, who) => {
    const source = join(scratch(), 'all.zip');
    writeFileSync(source, forge(paths.map(name => ({ name, content: Buffer.from(name.endsWith('/') ? '' : 'x') }))));
    const course = await TestCourse.open({}, { inMemory: true });
    const { collected } = await course.collect(source);
    const [empty, ...more] = collected.filter(({ student }) => student.startsWith(who));
    expect(more).toEqual([]);
    expect(empty).toMatchObject({ files: [], anomalies: [{ kind: 'missing', about: 'lab.ipynb', detail: 'nothing was handed in' }] });
    expect(collected.filter(({ files }) => files.length === 1)).toHaveLength(paths.filter(path => path.endsWith('lab.ipynb')).length);
    // Listed once: the same source again says nothing new, and an empty folder takes back nothing.
    expect((await course.collect(source)).collected.map(({ outcome }) => outcome)).toEqual(collected.map(() => 'same'));
  });

  it('on disk, and what was handed in before stays', async () => {
    const course = await TestCourse.open({}, { inMemory: true });
    const [first, later] = [scratch(), scratch()];
    for (const path of [join(first, 'eve'), join(later, 'eve'), join(later, 'bo')]) mkdirSync(path);
    writeFileSync(join(first, 'eve/lab.ipynb'), 'x');
    await course.collect(first);
    const { collected } = await course.collect(later);
    expect(collected).toMatchObject([
      { student: 'bo', outcome: 'new', files: [] },
      { student: 'eve', outcome: 'same' },
    ]);
  });

  it('Gradescope, also where the export has no folder for it', async () => {
    const person = (name: string) => `  :submitters:\n  - :name: ${name}\n    :sid: '${name}'\n  :created_at: 2026-01-02 03:04:05 Z\n`;
    const { report } = await collected({
      'submission_metadata.yml': `submission_1:\n${person('Ada')}submission_2:\n${person('Eve')}`,
      'submission_1/lab.ipynb': 'x',
    });
    expect(report.collected).toMatchObject([{ files: ['lab.ipynb'] }, { files: [], submittedAt: '2026-01-02T03:04:05.000Z' }]);
  });
});

it('bounds what the archives of one student unpack to, all together', async () => {
  const bomb = () =>
    forge([
      { name: 'lab.ipynb', content: Buffer.alloc(900_000, 'ab') },
      {
        name: 'deliverables/net.safetensors',
        content: Buffer.concat([Buffer.alloc(15_000_000), Buffer.from(Array.from({ length: 80_000 }, (_, i) => (i * 7919) % 251))]),
      },
    ]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`ada/${i}.zip`, bomb()]));
  const { report } = await collected({ ...many, 'ben/lab.ipynb': 'x' });
  const course = report.collected.filter(({ student }) => student === 'ada');
  expect(course.filter(({ files }) => files.includes('deliverables/net.safetensors')).length).toBeLessThan(15);
  expect(told(report)).toContain('more than 20 archives of one student');
  expect(report.collected.find(({ student }) => student === 'ben')?.files).toEqual(['lab.ipynb']);
}, 60_000);

it('says which time stamp is no time, and that the file’s counts', async () => {
  const at = (text: string) => ({ 'ada/lab/lab.ipynb': 'x', 'ada/lab/timestamp.txt': text });
  for (const [text, why] of [
    ['2026-11-20 12:00:00 IST', 'IST is the name of several zones'],
    ['2026-02-30 12:00:00 UTC', 'it is no time'],
  ] as const) {
    const { report } = await collected(at(text));
    expect(report.collected[0]).toMatchObject({
      timeFrom: 'file time',
      anomalies: [{ about: 'timestamp.txt', detail: expect.stringContaining(why) }],
    });
  }
  expect((await collected(at('2026-11-20 12:00:00 UTC'))).report.collected[0]).toMatchObject({ timeFrom: 'timestamp.txt', anomalies: [] });
});

describe('characters that nobody sees', () => {
  const unseen = ['\u200e', '\u200f', '\u202e', '\u2066', '\u200b', '\u2060', '\ufeff', '\u00ad', '\u3164', '\u{e0041}', '\u{e0100}'];

  it.each(unseen)('%j is shown as � and is no part of a name', one => {
    expect(printable(`A${one}da`)).toBe('A\ufffdda');
    expect(visible(`A${one}da`)).toBe('Ada');
  });

  it('stay where people write them: in emoji and in scripts that join letters', () => {
    for (const text of ['👩\u200d💻', '❤\ufe0f', 'می\u200cخواهم', 'क\u094d\u200dष', 'Zoë 王']) expect(printable(text)).toBe(text);
    expect(printable('A\u200dda')).toBe('A\ufffdda');
  });

  it('stand in no record of a student, and hide nobody', async () => {
    const { report } = await collected(
      {
        'Ada\u{e0041} Lovelace_1_assignsubmission_file_/lab.ipynb': 'x',
        'Bo_2_assignsubmission_file_/la\u{e0042}b.ipynb': 'x',
        'Cy_3_assignsubmission_file_/lab.ipynb': 'x',
      },
      { layout: 'moodle', csv: 'id,name\nada,Ada Lovelace\ncy,Cy' },
    );
    expect(report.refused.map(({ reason }) => reason)).toEqual(Array(2).fill('its name has invisible or direction-changing characters'));
    expect(students(report)).toEqual(['cy']);
  });
});
