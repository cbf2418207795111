import { describe, expect, it } from 'vitest';
import { tarEntries } from '../../../lib/data/tar.ts';
import { tar } from './archive.ts';

const text = (s: string) => new TextEncoder().encode(s);
const read = (archive: Uint8Array) => [...tarEntries(archive)].map(e => [e.path, new TextDecoder().decode(e.content)]);

describe('tarEntries', () => {
  it('finds regular files, whatever their length, and skips folders and links', () => {
    const long = 'x'.repeat(513);
    const archive = tar([
      ['folder/', text(''), '5'],
      ['folder/a.txt', text('hello')],
      ['link', text(''), '2'],
      ['empty', text('')],
      ['long', text(long)],
      ['even', text('y'.repeat(512))],
    ]);
    expect(read(archive)).toEqual([
      ['folder/a.txt', 'hello'],
      ['empty', ''],
      ['long', long],
      ['even', 'y'.repeat(512)],
    ]);
  });

  it('understands long names, GNU and pax', () => {
    const name = `${'d/'.repeat(80)}file`;
    const pax = ` path=${name}\n`;
    const archive = tar([
      ['././@LongLink', text(`${name}\0`), 'L'],
      ['cut', text('gnu')],
      ['pax', text(`${pax.length + 3}${pax}`), 'x'],
      ['cut', text('pax')],
      ['short', text('none')],
    ]);
    expect(read(archive)).toEqual([
      [name, 'gnu'],
      [name, 'pax'],
      ['short', 'none'],
    ]);
  });

  it.each([
    ['a header that changed', (b: Uint8Array) => b.fill(7, 3, 5)],
    ['an end that is missing', (b: Uint8Array) => b.subarray(0, 700)],
  ])('refuses %s', (_, damage) => {
    const archive = damage(Uint8Array.from(tar([['file', text('z'.repeat(600))]])));
    expect(() => read(archive)).toThrow(expect.objectContaining({ code: 'data/tar' }));
  });
});
