import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, deliver, encodeModel, type LabError, loadModel, mlp, question, tf, withParameters } from 'tinylab';
import { encode, readDeliverable, runQuestion, saveDeliverable } from 'tinylab/grading';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { sessionWith } from './scope.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tinylab-deliver-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const net = mlp({ classes: 2, input: [3], hidden: [], seed: 1 });

/** A file of this many bytes that takes no room on the disk. */
function truncate(path: string, bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as LabError).code;
  }
  return 'nothing thrown';
};

describe('a deliverable', () => {
  it.each([
    ['a number', Number.NaN],
    ['an array', array([2, 2], [1, 2, 3, 4], 'int8')],
    ['records', [{ a: 1 }, { a: 2 }]],
    ['a record of models', { net, other: net }],
  ])('comes back as it was handed in: %s', (_, value) => {
    saveDeliverable(folder, 'it', value);
    expect(readDeliverable(folder, 'it')).toEqual(value);
    expect(readdirSync(folder)).toEqual(['it.json']);
  });

  it('that is nothing is refused, with what to write', async () => {
    const forgotten = deliver('it', async () => {
      await Promise.resolve(net);
    });
    await expect(forgotten).rejects.toMatchObject({
      code: 'deliver/nothing',
      message: expect.stringContaining("deliver('it'"),
      hint: expect.stringMatching(/return/),
    });
    await expect(deliver('it', () => undefined)).rejects.toMatchObject({ code: 'deliver/nothing' });
  });

  it('that ran away names the parameter where it did', () => {
    const value = array([3, 2], [1, 2, Number.NaN, 4, 5, 6]);
    const wild = withParameters(net, { 'dense-1.kernel': { value } });
    saveDeliverable(folder, 'it', wild);
    const q = question('it', { points: 1, uses: ['it'] }, async asked => void asked.asModel(await asked.deliverable('it')));
    return runQuestion(q, sessionWith({}, folder), { seed: 1 }).then(({ items }) => {
      expect(items[0]).toMatchObject({
        got: expect.stringMatching(/^dense-1\.kernel is not finite: value 2 is NaN\. Training went astray/),
        hint: expect.stringMatching(/lower learning rate/),
      });
    });
  });

  it('that is a model is a model as the library saves it', () => {
    saveDeliverable(folder, 'it', net);
    expect(readdirSync(folder).sort()).toEqual(['it.json', 'it.safetensors']);
    expect(readDeliverable(folder, 'it')).toEqual(net);
    expect(loadModel(join(folder, 'it'))).toEqual(net);
  });

  it('takes the place of the one before, and leaves no file of it', () => {
    for (const value of [net, 1, net, mlp({ classes: 3, input: [4], hidden: [2], seed: 2 }), [2]]) {
      saveDeliverable(folder, 'it', value);
      expect(readDeliverable(folder, 'it')).toEqual(value);
    }
    expect(readdirSync(folder)).toEqual(['it.json']);
  });

  it('whose save was cut short is refused, or still the one before', () => {
    const cut = (before: unknown): void => {
      saveDeliverable(folder, 'it', before);
      saveDeliverable(folder, 'next', mlp({ classes: 2, input: [3], hidden: [], seed: 2 }));
      // the values are moved to their place first
      renameSync(join(folder, 'next.safetensors'), join(folder, 'it.safetensors'));
    };
    cut(net);
    expect(codeOf(() => readDeliverable(folder, 'it'))).toBe('model/digest');
    cut([1]);
    expect(readDeliverable(folder, 'it')).toEqual([1]);
    expect(codeOf(() => readDeliverable(folder, 'next'))).toBe('deliver/missing');
  });

  it('that only looks like a model is refused before anything is written', () => {
    const [first] = net.nodes;
    expect(codeOf(() => saveDeliverable(folder, 'it', { ...net, nodes: [first, first] }))).toBe('model/duplicate');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a link', (path: string) => symlinkSync('/etc/hostname', path), 'deliver/refused'],
    ['a folder', (path: string) => mkdirSync(path), 'deliver/refused'],
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'deliver/refused'],
    ['empty', (path: string) => writeFileSync(path, ''), 'model/header'],
    ['too long', (path: string) => writeFileSync(path, Buffer.concat([encodeModel(net).values, Buffer.alloc(4)])), 'model/offsets'],
    ['too large', (path: string) => truncate(path, 97 * 2 ** 20), 'deliver/refused'],
    ['not there', () => {}, 'deliver/missing'],
  ])('is refused by name when the values of a model are %s', (_, make, code) => {
    saveDeliverable(folder, 'it', net);
    rmSync(join(folder, 'it.safetensors'));
    make(join(folder, 'it.safetensors'));
    expect(codeOf(() => readDeliverable(folder, 'it'))).toBe(code);
  });

  it('in the form of the codec cannot be a model: nothing would have checked its graph', () => {
    writeFileSync(join(folder, 'it.json'), JSON.stringify({ format: 'tinylab deliverable', version: 1, value: encode(net) }));
    expect(codeOf(() => readDeliverable(folder, 'it'))).toBe('deliver/refused');
  });

  it('stays as it was when a later result cannot be saved', () => {
    saveDeliverable(folder, 'it', 1);
    const tensor = tf.scalar(1);
    expect(codeOf(() => saveDeliverable(folder, 'it', tensor))).toBe('codec/kind');
    tensor.dispose();
    expect(readDeliverable(folder, 'it')).toBe(1);
  });

  it.each([
    ['a link', (path: string) => symlinkSync('/etc/hostname', path), 'deliver/refused'],
    ['a folder', (path: string) => mkdirSync(path), 'deliver/refused'],
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'deliver/refused'],
    ['no JSON', (path: string) => writeFileSync(path, '{'), 'deliver/refused'],
    ['null', (path: string) => writeFileSync(path, 'null'), 'deliver/refused'],
    ['another version', (path: string) => writeFileSync(path, '{"format":"tinylab deliverable","version":2,"value":1}'), 'deliver/refused'],
    [
      'a value in no form of the codec',
      (path: string) => writeFileSync(path, '{"format":"tinylab deliverable","version":1,"value":[1]}'),
      'codec/malformed',
    ],
    ['nothing', () => {}, 'deliver/missing'],
  ])('is refused by name when the file is %s', (_, make, code) => {
    make(join(folder, 'it.json'));
    expect(codeOf(() => readDeliverable(folder, 'it'))).toBe(code);
  });

  it.each(['../it', 'a/b', '', '.hidden', 'x'.repeat(65)])('cannot be called %j', name => {
    expect(codeOf(() => saveDeliverable(folder, name, 1))).toBe('deliver/name');
    expect(codeOf(() => readDeliverable(folder, name))).toBe('deliver/name');
  });

  it('is what a question asks for; without it the question fails and says why', async () => {
    const asks = question('q', { points: 1, uses: ['it'] }, async q => void q.equal(await q.deliverable('it'), 7));
    const report = async () => runQuestion(asks, sessionWith({}, folder), { seed: 1 });
    expect((await report()).items[0]).toMatchObject({
      reason: 'missing',
      got: 'Nothing was handed in as it.',
      hint: expect.stringContaining("deliver('it'"),
    });
    saveDeliverable(folder, 'it', 7);
    expect((await report()).state).toBe('passed');
    writeFileSync(join(folder, 'it.json'), '{');
    expect((await report()).items[0]).toMatchObject({ reason: 'refused' });
  });

  it('of a model must be made of the ops that the question allows, before anything runs', async () => {
    saveDeliverable(folder, 'net', mlp({ classes: 2, input: [2], hidden: [3], seed: 1 }));
    const asks = (ops?: readonly string[]) =>
      question('q', { points: 1, uses: ['net'], ...(ops && { ops }) }, async q => {
        q.asModel(await q.deliverable('net'));
        q.true(true, { asked: 'a model' });
      });
    const report = (ops?: readonly string[]) => runQuestion(asks(ops), sessionWith({}, folder), { seed: 1 });
    expect((await report()).state).toBe('passed');
    expect((await report(['input', 'flatten', 'dense', 'relu'])).state).toBe('passed');
    const refused = await report(['input', 'flatten', 'dense']);
    expect(refused.state).toBe('failed');
    expect(refused.items[0]).toMatchObject({
      got: expect.stringMatching(/op relu is not allowed here/),
      hint: 'Allowed: input, flatten, dense.',
    });
    expect(() => asks(['dens'])).toThrow(/there is no op "dens"; ops: .*\bdense, /);
  });

  it('of a model can be measured for accuracy', async () => {
    const images = array([4, 2], [1, 0, 0, 1, 1, 0, 0, 1]);
    const labels = array([4], [0, 1, 0, 0], 'int32');
    const net = mlp({ classes: 2, input: [2], hidden: [], seed: 1 });
    const [kernel = ''] = Object.keys(net.parameters).filter(name => net.parameters[name]?.value.shape.length === 2);
    const identity = { ...net.parameters[kernel], value: array([2, 2], [1, 0, 0, 1]), trainable: true };
    saveDeliverable(folder, 'net', { ...net, parameters: { ...net.parameters, [kernel]: identity } });
    const shares: number[] = [];
    const asks = question('q', { points: 1, uses: ['net'] }, async q => {
      shares.push(await q.accuracy(q.asModel(await q.deliverable('net')), { images, labels }));
      q.true((shares[0] as number) > 0.7, { asked: 'an accuracy above 0.7' });
    });
    expect((await runQuestion(asks, sessionWith({}, folder), { seed: 1 })).state).toBe('passed');
    expect(shares).toEqual([0.75]);
  });
});

describe('deliver', () => {
  it('runs the work in a notebook and saves it; with hooks it returns what was saved', () => {
    const line = "const it = await deliver('it', () => { ran = true; return [1, 2]; });";
    const tell = 'console.log(JSON.stringify({ it, ran }));';
    const first = inProcess(folder, `import { deliver } from 'tinylab';\nlet ran = false;\n${line}\n${tell}`);
    expect(JSON.parse(first)).toEqual({ it: [1, 2], ran: true });
    expect(readFileSync(join(folder, 'deliverables/it.json'), 'utf8')).toContain('tinylab deliverable');
    const hooks = `setCheckHooks({ deliverables: ${JSON.stringify(join(folder, 'deliverables'))}, saved: true, staff: false });`;
    const second = inProcess(
      folder,
      `import { deliver } from 'tinylab';
import { setCheckHooks } from 'tinylab/grading';\n${hooks}\nlet ran = false;\n${line}\n${tell}`,
    );
    expect(JSON.parse(second)).toEqual({ it: [1, 2], ran: false });
    const missing = "try { await deliver('other', () => 1); } catch (error) { console.log(error.code); }";
    expect(
      inProcess(
        folder,
        `import { deliver } from 'tinylab';
import { setCheckHooks } from 'tinylab/grading';\n${hooks}\n${missing}`,
      ),
    ).toBe('deliver/missing');
  });
});
