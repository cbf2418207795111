import { expect, it } from 'vitest';
import { labVersionOf } from '../../../labs-grading/collect/lab-version.ts';
import { linesAgainst } from '../../../labs-grading/review/answer.ts';
import { outputsOf, shownOutputs } from '../../../labs-grading/review/outputs.ts';
import { parseHostile, readNotebook as parseNotebook } from '../../../scripts/notebook/reader.mjs';

const cell = (source: string): string => `{"id":"add","cell_type":"code","metadata":{},"source":${source}}`;
const notebook = (cells: string): string => `{"nbformat":4,"metadata":{"tinylab":{"version":"v1"}},"cells":[${cells}]}`;
const many = (one: string, count: number): string => `[${`${one},`.repeat(count)}${one}]`;

it.each([
  ['a source of ten million numbers', notebook(cell(many('0', 10_000_000))), 'more than 5000000 values'],
  [
    'a source of half a million numbers',
    notebook(cell(many('0', 500_000))),
    'no cell can be read: cell 1: cell 1 is skipped: its text is a list with a number in it',
  ],
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

const output = (more: object): object => ({ output_type: 'display_data', ...more });
const wrongTexts = Array(2_000_000).fill(0);
const keys = Object.fromEntries(Array.from({ length: 500_000 }, (_, i) => [`k${i}`, 0]));

it.each<[string, unknown, number]>([
  ['two million outputs that are none', wrongTexts, 0],
  ['two million outputs', Array(2_000_000).fill(output({ text: 'a' })), 1000],
  ['text of two million numbers', [output({ text: wrongTexts, data: { 'text/plain': wrongTexts, 'text/html': wrongTexts } })], 1],
  ['half a million media types', [output({ data: keys })], 1],
  ['prototypes', [output({ data: JSON.parse('{"__proto__":{"text/html":"<b>x"}}'), text: { toString: 1 }, ename: {}, evalue: [] })], 1],
])('%s are read in a moment', (_, outputs, count) => {
  const [start, before] = [performance.now(), process.memoryUsage().heapUsed];
  const read = outputsOf(outputs);
  const shown = shownOutputs(read);
  expect([read.length, performance.now() - start < 2_000]).toEqual([count, true]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
  expect(shown.length).toBeLessThanOrEqual(41);
});

it.each([
  ['one of ten million lines', 'x\n'.repeat(10_000_000)],
  ['one line of twenty million characters', 'x'.repeat(20_000_000)],
  ['a hundred thousand lines, none like another', Array.from({ length: 50_000 }, (_, i) => i).join('\n')],
])('%s as an answer is laid against its stub in a moment', (_, answer) => {
  const start = performance.now();
  const lines = linesAgainst('const a = 1;\n// your code\n', answer);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(lines.length).toBeLessThan(110_000);
  expect(lines.some(({ text }) => text.startsWith('… cut'))).toBe(answer.length > 200_000);
  expect(lines.some(({ kind, text }) => kind === 'removed' && text.includes('your code'))).toBe(true);
});
