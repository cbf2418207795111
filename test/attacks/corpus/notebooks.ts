import { notebook } from '../../labs-grading/fixtures/mini-lab/notebook.ts';
import type { Attack } from '../attack.ts';
import { cells, notebookWith, solutions, withoutAdd } from '../lab.ts';
import { add, frame } from './source.ts';

type Raw = Record<string, unknown> & { id: string; source: string; metadata: { nbgrader?: Record<string, unknown> }; outputs?: unknown[] };

/** The notebook without a right `add`, changed as JSON. */
function changed(change: (all: Raw[], whole: Record<string, unknown>) => Raw[]): string {
  const whole = JSON.parse(notebookWith(withoutAdd)) as { cells: Raw[] };
  const all = change(whole.cells, whole as unknown as Record<string, unknown>);
  return JSON.stringify({ ...whole, cells: all });
}

const right: Raw = { id: 'late-add', cell_type: 'code', source: solutions.add, metadata: {}, outputs: [], execution_count: null };
const markup = '\n```\n````\n<script>alert("tinylab-xss")</script><img src=x onerror=alert("tinylab-xss")>';

/** Rows 13 and 15 to 17: notebooks that are not what was handed out, and values that are more than values. */
export const notebookAttacks: readonly Attack[] = [
  {
    row: 13,
    name: 'check cell edited',
    notebook: notebook(cells(withoutAdd).map(cell => (cell.id === 'add-check' ? { ...cell, source: 'true;' } : cell))),
    states: ['failed'],
    anomaly: /^changed add-check/,
    works: ({ verdicts }) => verdicts.cells === 'passed',
  },
  {
    row: 13,
    name: 'check cell deleted',
    notebook: notebook(cells(withoutAdd).filter(({ id }) => id !== 'add-check')),
    states: ['failed'],
    anomaly: /^missing add-check/,
    works: ({ verdicts }) => verdicts.cells === 'passed',
  },
  {
    row: 13,
    name: 'check cell turned into text',
    notebook: notebook(cells(withoutAdd).map(cell => (cell.id === 'add-check' ? { ...cell, type: 'markdown' as const } : cell))),
    states: ['failed'],
    anomaly: /^changed add-check/,
    works: ({ verdicts }) => verdicts.cells === 'passed',
  },
  {
    row: 13,
    name: 'check cell duplicated and emptied',
    notebook: changed(all =>
      all.flatMap(cell =>
        cell.id === 'add-check'
          ? [
              { ...cell, source: '' },
              { ...cell, id: 'copy', source: '' },
            ]
          : [cell],
      ),
    ),
    states: ['failed'],
    anomaly: /^(duplicated|changed) add-check/,
    works: ({ verdicts }) => verdicts.cells === 'passed',
  },
  {
    row: 13,
    name: 'given cell that replaces the checks',
    notebook: changed(all => all.map(cell => (cell.id === 'imports' ? { ...cell, source: 'globalThis.check = async () => {};' } : cell))),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.cells === 'passed',
  },
  {
    row: 13,
    name: 'points raised in the metadata',
    notebook: changed(all =>
      all.map(cell => (cell.metadata.nbgrader ? { ...cell, metadata: { nbgrader: { ...cell.metadata.nbgrader, points: 1000 } } } : cell)),
    ),
    states: ['failed'],
    works: ({ points }) => points >= 1000,
  },
  {
    row: 13,
    name: 'cell of one’s own that claims to be a graded one',
    notebook: changed(all => [
      ...all.filter(({ id }) => id !== 'add-check'),
      {
        ...right,
        source:
          'globalThis.add = (a: number, b: number) => 0; globalThis.check = async () => {}; console.log("add: passed"); process.exit(0);',
        metadata: { nbgrader: { grade_id: 'add-check', grade: true, solution: false, points: 2 } },
      },
    ]),
    states: ['failed'],
    anomaly: /^changed add-check/,
    works: ({ verdicts }) => verdicts.exit === 'passed',
  },
  {
    row: 13,
    name: 'saved outputs that say passed',
    notebook: changed(all =>
      all.map(cell =>
        cell.id === 'add-check' ? { ...cell, outputs: [{ output_type: 'stream', name: 'stdout', text: 'add: passed' }] } : cell,
      ),
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.saved === 'passed',
  },
  {
    row: 15,
    name: 'prototype key in the notebook',
    notebook: notebookWith(withoutAdd).replace(
      '"metadata":{}',
      '"metadata":{"__proto__":{"passed":true},"constructor":{"prototype":{"passed":true}}}',
    ),
    states: ['failed'],
    works: ({ polluted }) => polluted,
  },
  {
    row: 15,
    name: 'prototype key in an answer',
    answers: add(
      `const value = JSON.parse('{"__proto__":{"passed":true,"add":true},"kind":"number"}');\n${frame('\'{"__proto__":{"passed":true}}\'')}\nreturn value;`,
    ),
    states: ['failed', 'crashed'],
    works: ({ polluted }) => polluted,
  },
  {
    row: 16,
    name: 'script in saved outputs',
    notebook: changed(all =>
      all.map(cell =>
        cell.id === 'add'
          ? {
              ...cell,
              outputs: [
                {
                  output_type: 'display_data',
                  metadata: {},
                  data: { 'text/html': markup, 'image/svg+xml': `<svg onload='alert("tinylab-xss")'/>` },
                },
              ],
            }
          : cell,
      ),
    ),
    states: ['failed'],
    works: ({ page }) => page.includes('<script>alert("tinylab-xss")'),
  },
  {
    row: 16,
    name: 'script in an error and in what is printed',
    answers: add(`throw new Error(${JSON.stringify(markup)});`, `console.log(${JSON.stringify(markup)});`),
    states: ['failed'],
    works: ({ page }) => page.includes('<script>alert("tinylab-xss")'),
  },
  {
    row: 16,
    name: 'terminal escapes in an error',
    answers: add("throw new Error('\\u001b[2J\\u001b]0;tinylab-title\\u0007\\u202e\\r\\nx: 10/10');"),
    states: ['failed'],
    works: ({ page }) => page.includes('\u001b[2J'),
  },
  {
    row: 17,
    name: 'hidden inputs carried over to a later question',
    answers: {
      ...add('inputs.push(a, b);\nreturn 0;', 'const inputs: number[] = [];'),
      scale:
        "function scale(x: number[], by: number): number[] {\n  console.log('inputs', inputs.join());\n  throw new Error('inputs: ' + inputs.join() + ' ' + inputs.map(v => String(v)).join(' '));\n}",
      answer: "const answer: any = { get value() { return 'inputs ' + inputs.join(); }, toJSON() { return inputs.join(); } };",
    },
    states: ['failed'],
    rest: 0,
    works: ({ page }) => page.includes('7310977'),
  },
  {
    row: 17,
    name: 'hidden inputs in the hint of an error of one’s own',
    answers: {
      ...add('inputs.push(a, b);\nreturn 0;', 'const inputs: number[] = [];'),
      scale: `function scale(x: number[], by: number): number[] {
  const { LabError = Error } = require('tinylab');
  const fault = { kind: 'refused', message: inputs.join(), hint: inputs.join(' '), where: inputs.join('.') };
  throw Object.assign(new LabError('deliver/missing', inputs.join(), inputs.join(' ')), { name: 'StudentFault', fault, hint: inputs.join(' ') });
}`,
    },
    states: ['failed'],
    rest: 0,
    works: ({ page }) => page.includes('7310977'),
  },
  {
    row: 17,
    name: 'hidden inputs in the hint of a forged fault',
    answers: {
      ...add(
        'inputs.push(a, b);\nreturn 0;',
        `const inputs: number[] = [];
let id = '';
const parse = JSON.parse;
JSON.parse = ((text: string, ...rest: any[]) => { const value = parse(text, ...rest); if (value && value.op) id = value.id; return value; }) as any;
const forge = (kind: string) => { const text = inputs.join(' ');${frame(
          'JSON.stringify({ id, ok: false, fault: { kind, message: text, hint: text, where: text } })',
        )} };`,
      ),
      scale: "let turn = 0;\nfunction scale(): any { forge(['refused', 'missing', 'staff'][turn++ % 3]!); return new Promise(() => {}); }",
      answer: 'const answer: any = { get value() { forge("not a function"); return new Promise(() => {}); } };',
    },
    states: ['failed'],
    rest: 0,
    works: ({ page }) => page.includes('7310977'),
  },
];
