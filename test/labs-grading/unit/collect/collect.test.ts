import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeZip } from '../../fixtures/mock-class/files.ts';
import { scratch, TestCourse } from './course.ts';

const at = '2026-11-20T12:00:00.000Z';

/** A folder with these files, all of one time. */
function folderWith(files: Record<string, string>, time = at): string {
  const folder = scratch();
  for (const [path, text] of Object.entries(files)) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
    utimesSync(place, new Date(time), new Date(time));
  }
  return folder;
}

describe('collect', () => {
  it('keeps the notebook and deliverables byte for byte, read-only, and names the rest', async () => {
    const course = await TestCourse.open();
    const source = folderWith({
      'ada/lab.ipynb': '{"a": 1}',
      'ada/deliverables/model.json': '{}',
      'ada/deliverables/model.safetensors': 'bytes',
      'ada/deliverables/../notes.md': 'mine',
      'ada/predictions/speed-up.json': '{}',
      'ada/deliverables/run.sh': 'rm',
      'ada/package.json': '{}',
      'ada/node_modules/x/index.js': 'x',
      'ada/node_modules/y/index.js': 'y',
      'ada/.ipynb_checkpoints/lab-checkpoint.ipynb': 'old',
      'ada/__MACOSX/._lab.ipynb': 'fork',
    });
    const { collected } = await course.collect(source);
    expect(await course.snapshots('ada')).toEqual([
      { 'deliverables/model.json': '{}', 'deliverables/model.safetensors': 'bytes', 'lab.ipynb': '{"a": 1}' },
    ]);
    expect(collected[0]?.anomalies.map(({ about, detail }) => `${about}: ${detail}`)).toEqual([
      'deliverables/run.sh: not kept: its name is not that of a deliverable',
      'node_modules/: not kept: programs would obey it (2 files)',
      'notes.md: not kept: only the notebook and deliverables are',
      'package.json: not kept: programs would obey it',
      'predictions/: not kept: guesses are never graded (1 file)',
    ]);
    const [{ folder = '' } = {}] = await course.book.submissions('lab', 'ada');
    expect(folder).toMatch(/\/submissions\/lab\/ada\/20261120T120000Z-[0-9a-f]{8}$/);
    for (const path of ['', 'deliverables']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o500);
    expect(statSync(join(folder, 'lab.ipynb')).mode & 0o777).toBe(0o400);
  });

  it('changes nothing when the same source is collected again', async () => {
    const course = await TestCourse.open();
    const source = folderWith({ 'ada/lab.ipynb': '1', 'bob/lab.ipynb': '2' });
    await course.collect(source);
    const before = course.state();
    const again = await course.collect(source);
    expect(again.collected.map(({ outcome }) => outcome)).toEqual(['same', 'same']);
    expect(course.state()).toEqual(before);
    expect(await course.book.submissions('lab')).toHaveLength(2);
  });

  it('keeps every hand-in; the same files handed in again are none, but going back to older ones is', async () => {
    const course = await TestCourse.open({ labs: { lab: { due: '2026-11-21T00:00:00Z' } } });
    const hand = (text: string, time: string) => course.collect(folderWith({ 'ada/lab.ipynb': text }, time));
    await hand('one', '2026-11-20T10:00:00.000Z');
    await hand('one', '2026-11-20T11:00:00.000Z');
    await hand('two', '2026-11-20T12:00:00.000Z');
    const back = await hand('one', '2026-11-21T01:00:00.000Z');
    expect(await course.snapshots('ada')).toEqual([{ 'lab.ipynb': 'one' }, { 'lab.ipynb': 'two' }, { 'lab.ipynb': 'one' }]);
    expect(back.collected[0]).toMatchObject({ outcome: 'new', daysLate: 1, timeFrom: 'file time' });
  });

  it('writes the record of a snapshot that a killed run left without one, and sweeps what it left unfinished', async () => {
    const source = folderWith({ 'ada/lab.ipynb': '1' });
    const course = await TestCourse.open();
    await course.collect(source);
    const other = await TestCourse.open();
    const [{ folder = '' } = {}] = await course.book.submissions('lab', 'ada');
    const parent = other.course.submissions('lab', 'ada');
    const half = join(parent, '.999999999.part');
    mkdirSync(join(half, 'deliverables'), { recursive: true });
    writeFileSync(join(half, 'lab.ipynb'), 'ha');
    for (const path of [join(half, 'deliverables'), half]) chmodSync(path, 0o555);
    execFileSync('cp', ['-rp', folder, parent]);
    await other.collect(source);
    expect(await other.book.submissions('lab', 'ada')).toHaveLength(1);
    await other.collect(folderWith({ 'ada/lab.ipynb': '2' }));
    expect(readdirSync(parent).filter(name => name.endsWith('.part'))).toEqual([]);
  });

  it('tells two submissions of one second apart, even if their digests begin alike', async () => {
    const course = await TestCourse.open();
    await course.collect(folderWith({ 'ada/lab.ipynb': '1' }));
    const [{ folder = '', digest = '' } = {}] = await course.book.submissions('lab', 'ada');
    const other = await TestCourse.open();
    const parent = other.course.submissions('lab', 'ada');
    const place = join(parent, basename(folder));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'lab.ipynb'), 'not the same');
    await other.collect(folderWith({ 'ada/lab.ipynb': '1' }));
    expect((await other.book.submissions('lab', 'ada')).map(one => one.folder)).toEqual([join(parent, `20261120T120000Z-${digest}`)]);
    expect(await other.snapshots('ada')).toEqual([{ 'lab.ipynb': '1' }]);
  });

  it('refuses links, pipes and odd names by name, and goes on', async () => {
    const source = folderWith({ 'ada/lab.ipynb': '1', 'bob/lab.ipynb': '2', 'cem/lab.ipynb': '3', secret: 'x', 'dan/lab.ipynb': '4' });
    symlinkSync(join(source, 'secret'), join(source, 'eve.ipynb'));
    mkdirSync(join(source, 'eve/deliverables'), { recursive: true });
    symlinkSync(join(source, 'secret'), join(source, 'eve/lab.ipynb'));
    symlinkSync(source, join(source, 'eve/folder'));
    linkSync(join(source, 'secret'), join(source, 'eve/deliverables/hard.json'));
    execFileSync('mkfifo', [join(source, 'eve/deliverables/pipe.json')]);
    for (const name of ['back\\slash', 'bell\u0007', '\u202egnp.x', '__proto__', 'con']) {
      mkdirSync(join(source, name));
      writeFileSync(join(source, name, 'lab.ipynb'), '{}');
    }
    writeFileSync(Buffer.concat([Buffer.from(`${source}/dan/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8');
    const course = await TestCourse.open();
    const { collected, refused } = await course.collect(source);
    const eve = collected.filter(({ student }) => student === 'eve').flatMap(({ anomalies }) => anomalies);
    expect(eve.map(({ about, detail }) => `${about}: ${detail}`).sort()).toEqual([
      'deliverables/hard.json: it has a second name (a hard link)',
      'deliverables/pipe.json: it is not a regular file',
      'eve.ipynb: the only notebook there is, taken as lab.ipynb',
      'folder: not kept: only the notebook and deliverables are',
      'lab.ipynb: it is a symbolic link',
      'lab.ipynb: it is a symbolic link',
    ]);
    expect(refused.map(({ reason }) => reason).sort()).toEqual([
      'its name has a backslash',
      'its name has control characters',
      'its name has invisible or direction-changing characters',
      'its name is not UTF-8',
      'its name is that of a device',
      'its name would change a prototype',
    ]);
    for (const student of ['ada', 'bob', 'cem', 'dan']) expect(await course.snapshots(student)).toHaveLength(1);
  });

  it('opens what students packed, whatever folder it was packed from, and believes no manifest', async () => {
    const folder = scratch();
    const text = (path: string, content: string) => ({ path, content: Buffer.from(content), at });
    const manifest = { files: { 'lab.ipynb': { sha256: '0'.repeat(64) }, 'deliverables/m.json': { sha256: 'x' } } };
    await writeZip(join(folder, 'ada/first.zip'), [text('my lab/lab.ipynb', 'n'), text('my lab/deliverables/a.json', 'a')]);
    await writeZip(join(folder, 'bob.zip'), [text('lab.ipynb', 'b'), text('manifest.json', JSON.stringify(manifest))]);
    const course = await TestCourse.open();
    const { collected } = await course.collect(folder);
    expect(await course.snapshots('ada')).toEqual([{ 'deliverables/a.json': 'a', 'lab.ipynb': 'n' }]);
    expect(collected.find(({ student }) => student === 'bob')?.anomalies).toEqual([
      { kind: 'changed', about: 'lab.ipynb', detail: 'it is not what was packed' },
      { kind: 'missing', about: 'deliverables/m.json', detail: 'the manifest names it, and it is not there' },
    ]);
  });

  it('takes the only notebook there is, and none of two', async () => {
    const course = await TestCourse.open();
    const { collected } = await course.collect(folderWith({ 'ada/mine.ipynb': 'n', 'bob/a.ipynb': '1', 'bob/b.ipynb': '2' }));
    expect(await course.snapshots('ada')).toEqual([{ 'lab.ipynb': 'n' }]);
    expect(collected.map(({ anomalies }) => anomalies[0]?.detail)).toEqual([
      'the only notebook there is, taken as lab.ipynb',
      'none of 2 notebooks has the lab’s name',
    ]);
  });

  it('refuses deliverables whose names differ in case only', async () => {
    const course = await TestCourse.open();
    await course.collect(folderWith({ 'ada/lab.ipynb': 'n', 'ada/deliverables/M.json': '1', 'ada/deliverables/m.json': '2' }));
    expect(await course.snapshots('ada')).toEqual([{ 'lab.ipynb': 'n' }]);
  });

  it('looks without writing in a dry run', async () => {
    const course = await TestCourse.open();
    const { collected } = await course.collect(folderWith({ 'ada/lab.ipynb': '1' }), { dryRun: true });
    expect(collected).toMatchObject([{ student: 'ada', outcome: 'new' }]);
    expect(await course.book.submissions('lab')).toEqual([]);
    expect(await course.book.students()).toEqual([]);
    expect(existsSync(course.course.submissions('lab'))).toBe(false);
  });

  it('begins no further student once it is told to stop', async () => {
    const course = await TestCourse.open();
    const controller = new AbortController();
    const source = folderWith({ 'ada/lab.ipynb': '1', 'bob/lab.ipynb': '2', 'cem/lab.ipynb': '3' });
    const stopped = await course.collect(source, { drain: controller.signal, onStudent: () => controller.abort() });
    expect(stopped.interrupted).toBe(true);
    expect((await course.book.submissions('lab')).map(({ student }) => student)).toEqual(['ada']);
    const rest = await course.collect(source);
    expect(rest.collected.map(({ outcome }) => outcome)).toEqual(['same', 'new', 'new']);
  });

  it.each([
    ['nowhere', /there is no such file/],
    [folderWith({ 'notes.txt': 'x' }), /Nobody’s work for lab is in the source \(read as folder\): it has notes\.txt/],
    [join(folderWith({ 'a.zip': 'PK no zip' }), 'a.zip'), /not a zip that can be read/],
  ])('says why nothing can be collected', async (source, message) => {
    const course = await TestCourse.open();
    await expect(course.collect(source)).rejects.toThrow(message);
    expect(await course.book.submissions('lab')).toEqual([]);
  });
});
