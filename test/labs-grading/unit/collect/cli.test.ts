import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CollectReport } from '../../../../labs-grading/collect/collect.ts';
import { courseIn } from '../../../../labs-grading/collect/course.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import { type MockClass, mockClass } from '../../fixtures/mock-class.ts';
import { scratch, tree } from './course.ts';

const cli = join(import.meta.dirname, '../../../../labs-grading/cli.ts');
const submit = join(import.meta.dirname, '../../../../scripts/submit.mjs');
const lab = '00-basics';
const students = 60;

let mock: MockClass;
let source: string;

beforeAll(async () => {
  mock = await mockClass(lab, { students, seed: 9, distinct: true });
  source = await mock.write('zip', scratch());
});

const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [cli, 'collect', lab, ...args, '--course', folder], { encoding: 'utf8' });

/** Every record has its snapshot, whole, and every snapshot its record. */
async function consistent(folder: string): Promise<{ submissions: number; partial: number }> {
  const course = courseIn(folder);
  const book = await openGradebook(course);
  const records = await book.submissions(lab);
  await book.close();
  const root = course.submissions(lab);
  const folders = readdirSync(root).flatMap(student => readdirSync(join(root, student)).map(name => join(root, student, name)));
  const whole = folders.filter(path => !path.endsWith('.part'));
  for (const record of records) expect(whole).toContain(record.folder);
  // A snapshot comes just before its record, so a killed run may leave one more.
  expect(whole.length - records.length).toBeLessThanOrEqual(1);
  return { submissions: records.length, partial: folders.length - whole.length };
}

/** Starts collecting and sends a signal after the first students. */
function interrupted(folder: string, signal: NodeJS.Signals): Promise<number | null> {
  const child = spawn(process.execPath, [cli, 'collect', lab, source, '--course', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let lines = 0;
  child.stderr.on('data', data => {
    lines += String(data).split('\n').length - 1;
    if (lines > 5) child.kill(signal);
  });
  return new Promise(resolve => child.on('close', code => resolve(code)));
}

describe('tinylab collect', () => {
  it('collects with the course’s own roster, and says by its exit code whether someone should look', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'roster.csv'), mock.roster);
    writeFileSync(join(folder, 'course.json'), JSON.stringify({ labs: { [lab]: { due: mock.due } } }));
    const { status, stdout } = run(folder, source, '--json');
    const report = JSON.parse(stdout) as CollectReport;
    expect(status).toBe(1);
    expect(new Set(report.collected.map(({ student }) => student)).size).toBe(students);
    const again = run(folder, source);
    expect(again.stdout).toContain(`0 new, ${report.collected.length} there already`);
  });

  it.each<[NodeJS.Signals, number | null]>([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ])('%s leaves nothing half-written, and the next run completes it', async (signal, code) => {
    const folder = scratch();
    expect(await interrupted(folder, signal)).toBe(code);
    const { submissions, partial } = await consistent(folder);
    expect(submissions).toBeLessThan(students);
    if (signal === 'SIGINT') expect(partial).toBe(0);
    run(folder, source);
    const handIns = mock.students.filter(({ kind }) => kind === 'sound').flatMap(one => one.handIns).length;
    const after = await consistent(folder);
    expect(after.partial).toBe(0);
    expect(after.submissions).toBeGreaterThanOrEqual(handIns);
  });

  it('writes nothing in a dry run, nor when it is used wrongly', () => {
    const folder = join(scratch(), 'course');
    expect(run(folder, source, '--dry-run').stdout).toContain('would be new');
    expect(existsSync(folder)).toBe(false);
    expect(run(folder, join(folder, 'nowhere'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no such file or folder'),
    });
    mkdirSync(folder);
    writeFileSync(join(folder, 'course.json'), '{"labs": {"00-basics": {"due": "soon"}}}');
    expect(run(folder, source)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/course\.json: labs\.00-basics\.due: expected a time/),
    });
  });

  it('gets back what submit packed, byte for byte', async () => {
    const work = scratch();
    const folder = scratch();
    const [
      {
        handIns: [handIn],
      } = { handIns: [] },
    ] = mock.students.filter(({ kind }) => kind === 'sound');
    mkdirSync(join(work, 'deliverables'));
    writeFileSync(join(work, `${lab}.ipynb`), handIn?.files[0]?.content ?? '');
    writeFileSync(join(work, 'deliverables/net.json'), '{"format": "tinylab deliverable"}');
    writeFileSync(join(work, 'deliverables/net.safetensors'), Buffer.from([0, 255, 10, 13]));
    mkdirSync(join(work, 'handed-in/ada'), { recursive: true });
    spawnSync(process.execPath, [submit, join(work, `${lab}.ipynb`), '--out', join(work, 'handed-in/ada/work.zip')]);
    expect(run(folder, join(work, 'handed-in'), '--json').status).toBe(1);
    const book = await openGradebook(courseIn(folder));
    const [submission] = await book.submissions(lab, 'ada');
    expect(submission?.anomalies).toEqual([]);
    const sent = tree(work);
    const expected = Object.fromEntries(Object.entries(sent).filter(([path]) => !path.startsWith('handed-in/')));
    expect(tree(submission?.folder ?? '')).toEqual(expected);
    await book.close();
  });
});
