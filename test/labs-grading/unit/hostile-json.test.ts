import { expect, it } from 'vitest';
import { parseHostile } from '../../../labs-grading/base/json.ts';
import { labVersionOf } from '../../../labs-grading/collect/lab-version.ts';
import { parseNotebook } from '../../../labs-grading/lab/notebook.ts';

const cell = (source: string): string => `{"id":"add","cell_type":"code","metadata":{},"source":${source}}`;
const notebook = (cells: string): string => `{"nbformat":4,"metadata":{"tinylab":{"version":"v1"}},"cells":[${cells}]}`;
const many = (one: string, count: number): string => `[${`${one},`.repeat(count)}${one}]`;

it.each([
  ['a source of ten million numbers', notebook(cell(many('0', 10_000_000))), 'more than 5000000 values'],
  ['a source of half a million numbers', notebook(cell(many('0', 500_000))), 'no notebook of format 4: cells.0.source'],
  ['six million empty outputs', notebook(cell('""').replace('"source"', `"outputs":${many('{}', 6_000_000)},"source"`)), 'more than'],
  ['half a million cells', notebook(many('0', 500_000).slice(1, -1)), 'more than 2000 cells'],
  ['deep nesting', '['.repeat(10_000_000), 'nested more than 200 deep'],
  ['a bare null', 'null', 'no notebook of format 4'],
])('%s is refused within little memory', (_, text, wrong) => {
  const before = process.memoryUsage().heapUsed;
  expect(parseNotebook(text)).toEqual({ wrong: expect.stringContaining(wrong) });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 2 ** 20);
});

it('what stands inside text does not count, and a notebook of large outputs is read', () => {
  const text = notebook(cell(JSON.stringify('[,'.repeat(2_000_000))));
  expect(parseNotebook(text)).toMatchObject({ cells: [{ id: 'add' }], version: 'v1' });
  expect(parseNotebook(notebook(cell('["a","b"]')))).toMatchObject({ cells: [{ source: 'ab' }] });
  expect(parseHostile('{"a":"\\"[["}')).toEqual({ value: { a: '"[[' } });
  expect(labVersionOf(Buffer.from(text))).toBe('v1');
  expect(labVersionOf(Buffer.from(many('0', 10_000_000)))).toBeUndefined();
});
