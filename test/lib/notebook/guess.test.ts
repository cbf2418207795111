import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { array, displaySymbol, mlp, type NDArray, type Prediction, predict, tf, zeros } from '../../../lib/index.ts';
import { inNotebook } from './host.ts';
import { parseXml } from './xml.ts';

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const textOf = (card: Prediction): string => String(card[displaySymbol]()['text/plain']);
const huge = (path: string): void => {
  writeFileSync(path, '');
  truncateSync(path, 2 ** 40);
};
const file = (id: string): string => join('predictions', `${id}.json`);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tinylab-guess-'));
  vi.spyOn(process, 'cwd').mockReturnValue(home);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
});

describe('a guess', () => {
  it.each([
    ['a number', 8],
    ['zero', 0],
    ['a word', 'dense-1'],
    ['no', false],
    ['a list', [0.5, 1e-300, -3]],
    ['numbers by name', { 'the first': 0.2, 'the best': 0.7 }],
    ['names that are special elsewhere', JSON.parse('{"__proto__": 1, "constructor": 2}')],
  ])('is stored once: %s', async (_, value) => {
    const first = await predict('it', value);
    expect(first).toMatchObject({ id: 'it', locked: false, problem: undefined });
    expect(first.value).toEqual(value);
    const before = readFileSync(join(home, file('it')), 'utf8');
    const second = await predict('it', 'something else');
    expect(second.locked).toBe(true);
    expect(second.value).toEqual(value);
    expect(readFileSync(join(home, file('it')), 'utf8')).toBe(before);
    expect(readdirSync(join(home, 'predictions'))).toEqual(['it.json']);
  });

  it('that differs is told kindly what is locked, and how to start again, which works', async () => {
    await predict('speed-up', 8);
    const card = await predict('speed-up', 3.2);
    expect(textOf(card)).toMatch(/locked: 8\n.*3\.2 was not stored.*\n.*delete predictions\/speed-up\.json/s);
    rmSync(join(home, file('speed-up')));
    expect(await predict('speed-up', 3.2)).toMatchObject({ value: 3.2, locked: false });
  });

  it('that is the same again is no other one, whatever the order of its names', async () => {
    await predict('it', { a: 1, b: 2 });
    const again = await predict('it', { b: 2, a: 1 });
    expect(again.locked).toBe(false);
    expect(textOf(again)).toContain('Your guess: a: 1, b: 2');
  });

  it('tells a list from numbers by the names 0, 1, and a number from its text', async () => {
    await predict('list', [1, 2]);
    expect((await predict('list', { 0: 1, 1: 2 })).locked).toBe(true);
    await predict('text', '1');
    expect((await predict('text', 1)).locked).toBe(true);
  });

  it.each([['?'], [' ? '], [''], [{ a: 1, b: '?' as const }], [['?' as const, 2]]])('is none as long as it is open: %j', async open => {
    const card = await predict('it', open);
    expect(card).toMatchObject({ value: undefined, locked: false });
    expect(textOf(card)).toContain('No guess yet');
    expect(existsSync(join(home, 'predictions'))).toBe(false);
    expect(await predict('it', 1)).toMatchObject({ value: 1 });
  });

  it('is the first of those made at the same time', async () => {
    const cards = await Promise.all([1, 2, 3].map(value => predict('it', value)));
    expect(cards.map(({ value }) => value)).toEqual([1, 1, 1]);
    expect(cards.map(({ locked }) => locked)).toEqual([false, true, true]);
  });

  it('is the first also of those that several programs make, and outlives them', async () => {
    const module = join(import.meta.dirname, '../../../lib/notebook/guess/store.ts');
    const code = (value: number) =>
      `const { keepFirst } = await import(${JSON.stringify(module)}); console.log(JSON.stringify(keepFirst('it', ${value}).guess));`;
    const runs = await Promise.all(
      [1, 2, 3, 4].map(value =>
        promisify(execFile)(process.execPath, ['--experimental-transform-types', '--input-type=module', '-e', code(value)], { cwd: home }),
      ),
    );
    const heard = new Set(runs.map(({ stdout }) => stdout.trim()));
    expect(heard.size).toBe(1);
    expect(String((await predict('it', 9)).value)).toBe([...heard][0]);
    expect(readdirSync(join(home, 'predictions'))).toEqual(['it.json']);
  }, 60_000);

  it.each([
    ['NaN', Number.NaN, /NaN/],
    ['infinity', Number.POSITIVE_INFINITY, /Infinity/],
    ['nothing', undefined, /undefined/],
    ['null', null, /null/],
    ['a function', () => 1, /function: call it/],
    ['a promise', Promise.resolve(1), /promise: wait for it/],
    ['an array of the library', array([1], [1]), /Array\.from\(x\.data\)/],
    ['a typed array', new Float32Array(2), /typed array/],
    ['a bigint', 3n, /leave the n out/],
    ['a symbol', Symbol('s'), /symbol/],
    ['a date', new Date(), /class Date/],
    ['a map', new Map([['a', 1]]), /class Map/],
    ['NaN inside', { a: 1, b: Number.NaN }, /^.*b of the guess is NaN/],
    ['text inside', ['one'], /Number 1 of the guess is text/],
    ['a list of lists', [[1]], /Number 1 of the guess is a list/],
    ['a hole', new Array(2), /undefined/],
    ['an empty record', {}, /no number/],
    ['a proxy', new Proxy({ a: 1 }, {}), /proxy/],
    ['too many', new Array(101).fill(1), /101 numbers/],
    ['too long', 'x'.repeat(1001), /1001 characters/],
    ['a long name', { ['x'.repeat(101)]: 1 }, /101 characters/],
  ])('is refused by name: %s', async (_, value, message) => {
    await expect(predict('it', value as never)).rejects.toMatchObject({ code: 'guess/value', message: expect.stringMatching(message) });
    expect(existsSync(join(home, 'predictions'))).toBe(false);
  });

  it('that is a tensor is refused', async () => {
    const tensor = tf.scalar(1);
    await expect(predict('it', tensor as never)).rejects.toThrow(/a tensor: read its numbers/);
    tensor.dispose();
  });

  it.each(['', '../it', 'a/b', '.hidden', 'a b', 'x'.repeat(65), 'a.json', 'a\0b', 'ü'])('cannot be called %j', async id => {
    await expect(predict(id, 1)).rejects.toEqual(coded('guess/id'));
  });

  it.each([
    ['no JSON', '{"format":'],
    ['null', 'null'],
    ['another format', '{"format":"x","version":1,"id":"it","guess":1}'],
    ['another version', '{"format":"tinylab guess","version":2,"id":"it","guess":1}'],
    ['another guess', '{"format":"tinylab guess","version":1,"id":"other","guess":1}'],
    ['no number', '{"format":"tinylab guess","version":1,"id":"it","guess":{"a":"<b>"}}'],
    ['nothing', ''],
    ['nested deeply', `{"format":"tinylab guess","version":1,"id":"it","guess":${'['.repeat(50_000)}`],
  ])('whose file is none (%s) is told, and nothing is overwritten', async (_, content) => {
    mkdirSync(join(home, 'predictions'));
    writeFileSync(join(home, file('it')), content);
    const card = await predict('it', 1);
    expect(card).toMatchObject({ value: undefined, problem: { code: 'guess/file' } });
    expect(textOf(card)).toMatch(/guess\/file.*\n.*Delete predictions\/it\.json/s);
    expect(readFileSync(join(home, file('it')), 'utf8')).toBe(content);
    rmSync(join(home, file('it')));
    expect(await predict('it', 1)).toMatchObject({ value: 1, problem: undefined });
  });

  it.each([
    ['a huge file', huge],
    ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a link to nowhere', (path: string) => symlinkSync('/nowhere/at/all', path)],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('is not read from %s', async (_, plant) => {
    mkdirSync(join(home, 'predictions'));
    plant(join(home, file('it')));
    expect(await predict('it', 1)).toMatchObject({ value: undefined, problem: { code: 'guess/file' } });
  });

  it('holds until the kernel stops where it cannot be written, and is written once it can', async () => {
    writeFileSync(join(home, 'predictions'), 'a file where the folder should be');
    const first = await predict('it', 1);
    expect(first).toMatchObject({ value: 1, locked: false, problem: { code: 'guess/folder' } });
    expect(textOf(first)).toMatch(/guess\/folder.*\n.*Go on/s);
    const second = await predict('it', 2);
    expect(second).toMatchObject({ value: 1, locked: true });
    expect(textOf(second)).toMatch(/restart the kernel/);
    rmSync(join(home, 'predictions'));
    expect(await predict('it', 2)).toMatchObject({ value: 1, locked: true, problem: undefined });
    expect(readFileSync(join(home, file('it')), 'utf8')).toContain('"guess":1');
  });

  it('that is locked is told at once in a notebook, where a cell shows its last value only', async () => {
    const calm = await inNotebook(() => predict('it', 1));
    expect(calm).toEqual([]);
    const shown = await inNotebook(async () => {
      await predict('it', 2);
    });
    expect(shown).toHaveLength(1);
    expect(shown[0]?.bundle['text/plain']).toMatch(/locked: 1/);
  });

  it('shows what a student wrote as text', async () => {
    const word = `<img src=x onerror="alert(1)"> & 'more'`;
    const { 'text/html': html } = (await predict('it', word))[displaySymbol]();
    expect(html).not.toContain('<img');
    parseXml([String(html)]);
  });
});

describe('predict of a model', () => {
  it('is as it was', () => {
    const model = mlp({ input: [2], hidden: [], classes: 3 });
    const y = predict(model, zeros([4, 2]), { batchSize: 2 });
    expectTypeOf(y).toEqualTypeOf<NDArray>();
    expectTypeOf<typeof predict>().toBeCallableWith('it', 1);
    expect(y.shape).toEqual([4, 3]);
    expect(existsSync(join(home, 'predictions'))).toBe(false);
  });

  it.each([[5], [undefined], [null], [true]])('and of neither a model nor a name (%j) is refused by name', first => {
    expect(() => predict(first as never, 1)).toThrow(coded('guess/id'));
  });
});
