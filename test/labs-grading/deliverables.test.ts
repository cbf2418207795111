import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, filled, type Model, mlp, saveDeliverable, withParameters } from 'tinylab';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader, type SubmissionReport } from '../../labs-grading/run/grade-notebook.ts';
import { deliverLab, deliverNotebook } from './fixtures/deliver-lab.ts';

const limits = { cellCpuMs: 4_000, evaluateCpuMs: 4_000, wallFactor: 10, memoryBytes: 800 * 2 ** 20 };
const grader = openGrader(deliverLab, { limits });
const root = mkdtempSync(join(tmpdir(), 'tinylab-students-'));
afterAll(async () => {
  await grader.close();
  rmSync(root, { recursive: true });
});

let students = 0;
/** A student's folder with a folder for deliverables. */
function student(prepare: (deliverables: string) => void): string {
  const folder = join(root, `student-${++students}`);
  mkdirSync(join(folder, 'deliverables'), { recursive: true });
  prepare(join(folder, 'deliverables'));
  return folder;
}

const grade = (folder: string | undefined, full = false): Promise<SubmissionReport> =>
  grader.grade({ notebook: deliverNotebook, deliverables: folder, seed: 1, full });
const outcome = (report: SubmissionReport): string[] =>
  report.questions.map(({ question, score, state }) => `${question} ${score} ${state}`);
const item = (report: SubmissionReport, question: string) => report.questions.find(q => q.question === question)?.items.at(-1);

/** A net whose last bias makes class 0 win. */
function rightNet(): Model {
  const net = mlp({ input: [2, 2, 1], hidden: [], classes: 3 });
  const names = Object.keys(net.parameters);
  const changed = names.map(name => {
    const { shape } = (net.parameters[name] as Model['parameters'][string]).value;
    return [name, { value: shape.length === 1 ? array(shape, [1, 0, 0]) : filled(shape, 0) }] as const;
  });
  return withParameters(net, Object.fromEntries(changed));
}

/** The text of a right net with something replaced. */
function tampered(folder: string, change: (text: string) => string): void {
  saveDeliverable(folder, 'net', rightNet());
  const path = join(folder, 'net.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('deliverables', () => {
  it('are taken as they were handed in, and the work is not run', async () => {
    const folder = student(deliverables => {
      saveDeliverable(deliverables, 'numbers', [1, 2, 3]);
      saveDeliverable(deliverables, 'net', rightNet());
    });
    const report = await grade(folder);
    expect(outcome(report)).toEqual(['numbers 2 passed', 'net 3 passed']);
    expect(report.cells.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('come from the work itself in a full run', async () => {
    const report = await grade(undefined, true);
    expect(outcome(report)).toEqual(['numbers 2 passed', 'net 0 failed']);
    expect(report.cells.find(({ id }) => id === 'net')?.message).toContain('the work ran');
  });

  it('that are missing cost their own question, with a name for it', async () => {
    const report = await grade(student(deliverables => saveDeliverable(deliverables, 'numbers', [1, 2, 3])));
    expect(outcome(report)).toEqual(['numbers 2 passed', 'net 0 failed']);
    expect(item(report, 'net')?.reason).toBe('missing');
    expect(outcome(await grade(undefined))).toEqual(['numbers 0 failed', 'net 0 failed']);
  });

  it('that are wrong earn nothing', async () => {
    const report = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'numbers', [1, 2, 4]);
        saveDeliverable(deliverables, 'net', mlp({ input: [2, 2, 1], hidden: [], classes: 3, seed: 5 }));
      }),
    );
    expect(report.score).toBe(0);
  });

  it('that are links, pipes or folders are never opened', async () => {
    const report = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'spare', [1, 2, 3]);
        symlinkSync('/etc/hostname', join(deliverables, 'numbers.json'));
        linkSync(join(deliverables, 'spare.json'), join(deliverables, 'copy.json'));
        execFileSync('mkfifo', [join(deliverables, 'net.json')]);
        mkdirSync(join(deliverables, 'folder.json'));
        writeFileSync(join(deliverables, '..json'), '');
        writeFileSync(join(deliverables, 'a b.json'), '');
      }),
    );
    expect(outcome(report)).toEqual(['numbers 0 failed', 'net 0 failed']);
    expect(report.anomalies.map(({ about, kind }) => `${kind} ${about}`).sort()).toEqual([
      'refused a b.json',
      'refused copy.json',
      'refused folder.json',
      'refused net.json',
      'refused numbers.json',
      'refused spare.json',
    ]);
  });

  it.each([
    ['no JSON', () => '{{{'],
    ['another format', (text: string) => text.replace('tinylab deliverable', 'pickle')],
    ['a very deep value', () => `{"format":"tinylab deliverable","version":1,"value":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['data cut short', (text: string) => text.replace(/"data":"[^"]{4}/, '"data":"')],
    ['a shape that its data does not fill', (text: string) => text.replace('"shape":[3]', '"shape":[1000000000]')],
    ['a prototype key', (text: string) => text.replace('"nodes"', '"__proto__"')],
    ['an op that does not exist', (text: string) => text.replaceAll('"dense"', '"system"')],
    ['a node that reads itself', (text: string) => text.replaceAll('"flatten', '"dense')],
    ['weights that are not finite', (text: string) => text.replace(/"data":"[A-Za-z0-9+/=]{16}"/, '"data":"AADAfwAAAAAAAAAA"')],
  ])('with %s are refused by name', async (_, change) => {
    const report = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'numbers', [1, 2, 3]);
        tampered(deliverables, change as (text: string) => string);
      }),
    );
    expect(report.notGradable).toBeUndefined();
    expect(outcome(report)).toEqual(['numbers 2 passed', 'net 0 failed']);
  });

  it('of a net that would need all memory end their own evaluator only', async () => {
    const report = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'numbers', [1, 2, 3]);
        tampered(deliverables, text =>
          text.replace('["shape",{"kind":"list","items":[2,2,1]}]', '["shape",{"kind":"list","items":[90000,90000,1]}]'),
        );
      }),
    );
    expect(report.questions.find(({ question }) => question === 'numbers')?.score).toBe(2);
    expect(report.questions.find(({ question }) => question === 'net')?.score).toBe(0);
    expect(report.notGradable).toBeUndefined();
  });

  it('leave no copy behind', () => {
    expect(readdirSync(tmpdir()).filter(name => name.startsWith(`tinylab-handed-in-${process.pid}-`))).toEqual([]);
  });
});
