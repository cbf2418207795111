import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { courseIn } from '../../labs-grading/collect/course.ts';
import { openGradebook } from '../../labs-grading/gradebook/store/sqlite-store.ts';
import { gradeUnderKills } from './kill/killed-run.ts';
import { writeClass } from './kill/mock-class.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-kill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

// The whole of it, some minutes: TINYLAB_KILLS=20 npx vitest run --project grading test/labs-grading/kill.test.ts
const whole = process.env.TINYLAB_KILLS !== undefined;
const kills = Number(process.env.TINYLAB_KILLS ?? 5);
const size = whole ? { students: 500, distinct: 60 } : { students: 120, distinct: 14 };

it(`grades ${size.students} submissions alike, whatever of it is killed ${kills} times`, { timeout: 1_800_000 }, async () => {
  const source = writeClass(join(root, 'in'), { ...size, seed: 11 });
  const { distinct } = size;
  const still = await gradeUnderKills({ course: join(root, 'still'), source, distinct, kills: 0, seed: 1 });
  const shaken = await gradeUnderKills({ course: join(root, 'shaken'), source, distinct, kills, seed: 2 });
  if (whole) for (const { residentMiB, ...run } of [still, shaken]) console.log({ ...run, memoryMiB: span(residentMiB) });

  expect(still).toMatchObject({ students: size.students, killed: [], starts: 1 });
  const third = Math.ceil(still.residentMiB.length / 3);
  const growth = median(still.residentMiB.slice(-third)) - median(still.residentMiB.slice(0, third));
  expect(Math.abs(growth), 'the supervisor keeps nothing of what it has written').toBeLessThan(20);
  expect(shaken.killed).toHaveLength(kills);
  expect(new Set(shaken.killed).size).toBe(5);
  expect(shaken.starts).toBeGreaterThanOrEqual(1 + shaken.killed.filter(kind => kind === 'supervisor').length);
  expect(shaken.grades).toBe(still.grades);

  const book = await openGradebook(courseIn(join(root, 'shaken')));
  const submissions = await book.submissions('mini-lab');
  expect(submissions).toHaveLength(size.students);
  const gradings = await Promise.all(submissions.map(({ id }) => book.gradings(id)));
  expect(gradings.every(({ length }) => length >= 1)).toBe(true);
  await book.close();
});

const span = (values: readonly number[]): string => `${Math.min(...values)} to ${Math.max(...values)}`;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
