import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, encodeModel, filled, type Model, mlp, withParameters } from 'tinylab';
import { encode, saveDeliverable } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import type { SubmissionReport } from '../../labs-grading/run/submission-report.ts';
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

/** The files of a right net with something replaced; the digest fits, as a hostile hand would see to. */
function tampered(folder: string, { graph = text => text, values = bytes => bytes }: Tampering): void {
  const encoded = encodeModel(rightNet());
  const bytes = values(Buffer.from(encoded.values));
  const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
  const text = graph(Buffer.from(encoded.graph).toString()).replace(sha256(encoded.values), sha256(bytes));
  writeFileSync(join(folder, 'net.safetensors'), bytes);
  writeFileSync(join(folder, 'net.json'), text);
}

interface Tampering {
  readonly graph?: (text: string) => string;
  readonly values?: (bytes: Buffer) => Buffer;
}

/** The header of the values with something replaced by as many characters. */
const header =
  (pattern: string | RegExp, by: string) =>
  (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString('latin1').replace(pattern, by), 'latin1');

describe('deliverables', () => {
  it('of an older version of the lab are found under their new names', async () => {
    const [old, now] = ['1', '2'].map(digit => digit.repeat(16)) as [string, string];
    const pinned = (text: string, version: string): string => {
      const json = JSON.parse(text);
      return JSON.stringify({ ...json, metadata: { ...json.metadata, tinylab: { lab: 'deliver-lab', version } } });
    };
    const earlier = pinned(
      deliverNotebook.replaceAll("deliver('numbers'", "deliver('list'").replaceAll("deliver('net'", "deliver('model'"),
      old,
    );
    const step = { from: old, to: now, renamed: {}, added: [], dropped: [], points: {}, deliverables: { list: 'numbers', model: 'net' } };
    const folder = student(deliverables => {
      saveDeliverable(deliverables, 'list', [1, 2, 3]);
      saveDeliverable(deliverables, 'model', rightNet());
    });
    for (const [migrations, scores] of [
      [[step], [2, 3]],
      [[], [0, 0]],
    ] as const) {
      const newer = openGrader({ ...deliverLab, pristine: pinned(deliverNotebook, now), migrations }, { limits });
      try {
        const report = await newer.grade({ notebook: earlier, deliverables: folder, seed: 1 });
        expect(report.questions.map(({ score }) => score)).toEqual(scores);
      } finally {
        await newer.close();
      }
    }
  });

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

  it.each<[string, Tampering, string]>([
    ['no JSON', { graph: () => '{{{' }, 'net.json is not a deliverable'],
    ['another format', { graph: text => text.replace('tinylab model', 'pickle') }, 'net.json is not a deliverable'],
    ['another version', { graph: text => text.replace('"version": 1', '"version": 9') }, 'version 1'],
    [
      'a very deep value',
      { graph: () => `{"format":"tinylab deliverable","version":1,"value":${'['.repeat(1e5)}${']'.repeat(1e5)}}` },
      'list',
    ],
    [
      'a model in the form of values',
      { graph: () => JSON.stringify({ format: 'tinylab deliverable', version: 1, value: encode(rightNet()) }) },
      'two files',
    ],
    ['values cut short', { values: bytes => bytes.subarray(0, -4) }, 'the file at'],
    ['values that go on', { values: bytes => Buffer.concat([bytes, bytes.subarray(-4)]) }, 'the file at'],
    ['tensors that overlap', { values: header(/"data_offsets":\[\d+/, '"data_offsets":[4') }, 'offsets'],
    ['a shape that its data does not fill', { values: header('"shape":[3]', '"shape":[9]') }, 'offsets'],
    ['a name that no parameter has', { graph: text => text.replaceAll('.bias', '.bios') }, 'no tensor'],
    ['the same name twice', { values: header('__metadata__', 'dense-1.bias') }, 'dense-1.bias'],
    ['a field that nobody knows', { graph: text => text.replace('"nodes"', '"also": 1, "nodes"') }, 'unknown field'],
    ['a prototype key', { graph: text => text.replace('"nodes"', '"__proto__": 1, "nodes"') }, '__proto__'],
    ['an op that does not exist', { graph: text => text.replaceAll('"dense"', '"system"') }, 'system'],
    ['a node that reads itself', { graph: text => text.replace(/"inputs": \[\s*"input"/, '"inputs": ["flatten"') }, 'flatten'],
    ['weights that are not finite', { values: bytes => Buffer.concat([bytes.subarray(0, -4), Buffer.from([0, 0, 0xc0, 0x7f])]) }, 'NaN'],
    [
      'activations that would need all memory',
      { graph: text => text.replace(/"shape": \[\s*2,\s*2,\s*1\s*\]/, '"shape": [90000, 90000, 1]') },
      'limit',
    ],
  ])('with %s are refused by name', async (_, tampering, message) => {
    const report = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'numbers', [1, 2, 3]);
        tampered(deliverables, tampering);
      }),
    );
    expect(report.notGradable).toBeUndefined();
    expect(outcome(report)).toEqual(['numbers 2 passed', 'net 0 failed']);
    expect(item(report, 'net')).toMatchObject({ reason: 'refused', got: expect.stringContaining(message) });
  });

  it('of which one file is missing or a link are refused, and values without a graph are not even copied', async () => {
    const halved = await grade(
      student(deliverables => {
        saveDeliverable(deliverables, 'net', rightNet());
        rmSync(join(deliverables, 'net.safetensors'));
        symlinkSync('/etc/hostname', join(deliverables, 'net.safetensors'));
        writeFileSync(join(deliverables, 'numbers.safetensors'), '');
      }),
    );
    expect(halved.anomalies.map(({ about, kind }) => `${kind} ${about}`)).toEqual([
      'refused net.safetensors',
      'refused numbers.safetensors',
    ]);
    expect(item(halved, 'net')).toMatchObject({ reason: 'missing', got: expect.stringContaining('without net.safetensors') });
    expect(halved.score).toBe(0);
  });

  it('leave no copy behind', async () => {
    await grader.close();
    expect(readdirSync(tmpdir()).filter(name => name.startsWith(`tinylab-handed-in-${process.pid}-`))).toEqual([]);
  });
});
