import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeChanged, writeWhole } from '../../../labs-grading/base/write-whole.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-write-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a file written whole', () => {
  it('replaces what was there, in folders that it makes, and leaves nothing beside it', () => {
    const file = join(root, 'a/b/file.txt');
    writeWhole(file, 'one');
    writeWhole(file, Buffer.from('two'), { flush: true, mode: 0o600 });
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(root, 'a/b'))).toEqual(['file.txt']);
  });

  it('leaves nothing half-written when it cannot take its place', () => {
    mkdirSync(join(root, 'taken/inside'), { recursive: true });
    expect(() => writeWhole(join(root, 'taken'), 'text')).toThrow();
    expect(readdirSync(root)).toEqual(['a', 'taken']);
  });

  it('is left alone where it says the same already', () => {
    const file = join(root, 'a/same.txt');
    expect(writeChanged(file, 'text')).toBe(true);
    chmodSync(file, 0o640);
    expect(writeChanged(file, 'text')).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(writeChanged(file, 'other')).toBe(true);
  });
});
