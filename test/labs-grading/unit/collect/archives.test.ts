import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraderError } from '../../../../labs-grading/base/grader-error.ts';
import { Refused } from '../../../../labs-grading/collect/intake.ts';
import { zipSource } from '../../../../labs-grading/collect/zip-source.ts';
import { zip } from '../../../../scripts/submit/zip.mjs';
import { type Forged, forge } from '../../fixtures/forged-zip.ts';
import { scratch, TestCourse } from './course.ts';

const sound: Forged = { name: 'bob/lab.ipynb', content: Buffer.from('bob') };

/** Collects a forged archive; what was refused, of whom, and every file outside the course that was not there before. */
async function collect(archive: Buffer): Promise<{ told: string[]; course: TestCourse; stray: string[] }> {
  const course = await TestCourse.open({}, { inMemory: true });
  const folder = scratch();
  const file = join(folder, 'source.zip');
  writeFileSync(file, archive);
  const { collected, refused } = await course.collect(file, { layout: 'zip' });
  const told = [
    ...refused.map(({ path, reason }) => `${path}: ${reason}`),
    ...collected.flatMap(({ student, anomalies }) => anomalies.map(({ about, detail }) => `${student}: ${about}: ${detail}`)),
  ];
  const around = [...readdirSync(folder), ...readdirSync(dirname(course.course.folder))];
  return { told, course, stray: around.filter(name => name !== 'source.zip' && name !== 'course') };
}

const unixLink = Buffer.concat([Buffer.from([0x0d, 0x00, 18, 0]), Buffer.alloc(12), Buffer.from('target')]);

describe('hostile archives: refused by name, the rest goes on', () => {
  it.each<[string, Forged[], string]>([
    ['zip-slip', [{ name: '../../etc/lab.ipynb' }], 'its name leads out of the folder'],
    ['zip-slip inside', [{ name: 'ada/../../x/lab.ipynb' }], 'its name leads out of the folder'],
    ['absolute', [{ name: '/etc/cron.d/lab.ipynb' }], 'its name is absolute'],
    ['absolute, of Windows', [{ name: 'C:/lab.ipynb' }], 'its name is absolute'],
    ['backslashes', [{ name: '..\\..\\lab.ipynb' }], 'its name has a backslash'],
    ['symbolic link', [{ name: 'ada/lab.ipynb', mode: 0o120777, content: Buffer.from('/etc/passwd') }], 'it is a symbolic link'],
    ['hard link', [{ name: 'ada/lab.ipynb', extra: unixLink }], 'it is a link'],
    ['pipe', [{ name: 'ada/lab.ipynb', mode: 0o010644 }], 'it is a pipe'],
    ['device', [{ name: 'ada/lab.ipynb', mode: 0o020644 }], 'it is a device'],
    ['socket', [{ name: 'ada/lab.ipynb', mode: 0o140644 }], 'it is a socket'],
    ['bomb', [{ name: 'ada/lab.ipynb', content: Buffer.alloc(8 * 2 ** 20) }], 'times its size'],
    ['too large', [{ name: 'ada/lab.ipynb', size: 65 * 2 ** 20 }], 'at most 67108864 are read: clear its outputs'],
    ['a size that is a lie', [{ name: 'ada/lab.ipynb', content: Buffer.alloc(5000), size: 10 }], 'its data is broken'],
    ['a checksum that is a lie', [{ name: 'ada/lab.ipynb', crc: 1 }], 'the checksum does not fit'],
    ['encrypted', [{ name: 'ada/lab.ipynb', flags: 0x801 }], 'it is encrypted'],
    ['unknown compression', [{ name: 'ada/lab.ipynb', method: 97 }], 'its compression (method 97) is not supported'],
    ['twice', [{ name: 'ada/lab.ipynb' }, { name: 'ada/lab.ipynb', content: Buffer.from('y') }], 'the archive has it more than once'],
    ['control characters', [{ name: 'ada/\u001b[2J/lab.ipynb' }], 'its name has control characters'],
    ['direction', [{ name: 'ada/\u202elab.ipynb' }], 'its name has invisible or direction-changing characters'],
    ['device name', [{ name: 'nul/lab.ipynb' }], 'its name is that of a device'],
    ['prototype', [{ name: '__proto__/lab.ipynb' }], 'its name would change a prototype'],
    ['huge name', [{ name: `ada/${'x'.repeat(300)}/lab.ipynb` }], 'a part of its name is longer than 255 bytes'],
    ['huge path', [{ name: `${'x/'.repeat(2000)}lab.ipynb` }], 'its name is longer than 1024 bytes'],
    ['deep', [{ name: `${'x/'.repeat(200)}lab.ipynb` }], 'it lies more than 32 folders deep'],
    ['not UTF-8', [{ name: Buffer.from([0x61, 0x64, 0x61, 0x2f, 0xff, 0xfe]) }], 'its name is not UTF-8'],
    ['no name', [{ name: '' }], 'it has no name'],
    [
      'nested archive',
      [{ name: 'ada/inner.zip', content: forge([{ name: 'deep.zip', content: forge([{ name: 'lab.ipynb' }]) }]) }],
      'deep.zip: not kept',
    ],
    [
      'slip in a student’s own archive',
      [{ name: 'ada/mine.zip', content: forge([{ name: '../lab.ipynb' }]) }],
      'mine.zip: ../lab.ipynb: its name leads out',
    ],
    [
      'cut short',
      [{ name: 'ada/mine.zip', content: forge([{ name: 'lab.ipynb' }]).subarray(0, 40) }],
      'mine.zip: the archive was not opened',
    ],
    ['planted configuration', [{ name: 'ada/lab.ipynb' }, { name: 'ada/.npmrc' }], '.npmrc: not kept: programs would obey it'],
  ])('%s', async (_name, entries, reason) => {
    const { told, course, stray } = await collect(forge([...entries, sound]));
    expect(told.join('\n')).toContain(reason);
    expect(await course.snapshots('bob')).toEqual([{ 'lab.ipynb': 'bob' }]);
    expect(stray).toEqual([]);
  });

  it('takes the same entries when nothing is wrong with them', async () => {
    const entries = [{ name: 'ada/lab.ipynb', content: Buffer.from('{}') }, { name: 'ada/deliverables/m.json', method: 0 }, sound];
    const { told, course } = await collect(forge(entries));
    expect(told).toEqual([]);
    expect((await course.book.submissions('lab', 'ada'))[0]?.source).toBe('zip: source; time: zip entry without a time zone');
    expect(await course.snapshots('ada')).toEqual([{ 'deliverables/m.json': 'x', 'lab.ipynb': '{}' }]);
  });
});

describe('properties', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'ada/lab.ipynb',
      'bob/lab.ipynb',
      'ada/deliverables/m.json',
      '../x',
      '/x',
      'a\\b',
      'ada/',
      '__proto__/a',
      'ada/mine.zip',
    ),
    fc.string({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
  );
  const entry: fc.Arbitrary<Forged> = fc.record(
    {
      name,
      content: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
      mode: fc.constantFrom(0o100644, 0o120777, 0o010644, 0o040755, 0),
      flags: fc.constantFrom(0, 0x800, 0x801, 0xffff),
      method: fc.constantFrom(0, 8, 12, 97),
      size: fc.integer({ min: 0, max: 0xffffffff }),
      crc: fc.nat(),
      extra: fc.uint8Array({ maxLength: 30 }).map(bytes => Buffer.from(bytes)),
    },
    { requiredKeys: ['name'] },
  );

  it('any archive, sound or broken: read without another error than a named one, and no name that leads elsewhere', async () => {
    const noise = fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), noise, async (entries, changes) => {
        const archive = forge(entries);
        for (const [at, value] of changes) archive[at % archive.length] = value;
        const source = await zipSource(archive).catch(() => undefined);
        for (const file of source?.files ?? []) {
          expect(file.path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|\\/);
          await file.read(1000).catch(error => expect(error).toBeInstanceOf(Refused));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('any archive, collected: writes nothing outside its course', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async entries => {
        try {
          const { course, stray } = await collect(forge([sound, ...entries]));
          expect(stray).toEqual([]);
          for (const { folder } of await course.book.submissions('lab')) expect(folder.startsWith(course.course.folder)).toBe(true);
          await course.book.close();
        } catch (error) {
          expect(error).toBeInstanceOf(GraderError);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('a sound archive comes back byte for byte', async () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}\.json$/), fc.uint8Array({ maxLength: 3000 }), { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(files, async content => {
        const source = await zipSource(zip(new Map(Object.entries(content).map(([path, bytes]) => [path, Buffer.from(bytes)]))));
        const read = await Promise.all(source.files.map(async file => [file.path, await file.read(3000)]));
        expect(Object.fromEntries(read)).toEqual(
          Object.fromEntries(Object.entries(content).map(([path, bytes]) => [path, Buffer.from(bytes)])),
        );
      }),
      { numRuns: 100 },
    );
  });
});
