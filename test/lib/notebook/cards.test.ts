import { type ColumnTable, table as columns, desc, op } from 'arquero';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labReport } from '../../../lib/grading.ts';
import {
  type CheckItem,
  type CheckReport,
  checkCard,
  compare,
  displaySymbol,
  LabError,
  labCard,
  macs,
  mlp,
  parameters,
  show,
  table,
} from '../../../lib/index.ts';
import { progressBundle } from '../../../lib/notebook/progress.ts';
import { tableBundle } from '../../../lib/notebook/table.ts';
import { inNotebook } from './host.ts';
import { parseXml } from './xml.ts';

const item = (changes: Partial<CheckItem>): CheckItem => {
  return { id: 'a.1', asked: 'macs(2, 3)', passed: false, hidden: false, reason: 'wrong', ...changes };
};
const report = (changes: Partial<CheckReport>): CheckReport => {
  return { question: 'macs', title: 'Count MACs', points: 10, score: 4, state: 'partial', parts: [], items: [], staff: [], ...changes };
};
const right = item({ id: 'a.2', asked: 'macs(1, 1)', passed: true, reason: 'right' });
const wrong = item({ expected: '6', got: '12', where: 'cell 4, line 2', hint: 'A MAC is one multiplication and one addition.' });
const bundleOf = (value: { [displaySymbol](): Readonly<Record<string, unknown>> }): Record<string, string> =>
  value[displaySymbol]() as Record<string, string>;

/** Our HTML is XML as well, so a strict parser can say what it holds. */
const parseHtml = (documents: readonly string[]) => parseXml(documents);

describe('the check card', () => {
  it('says in words what was asked, expected and returned, where, and a hint', () => {
    expect(bundleOf(checkCard(report({ items: [right, wrong] })))['text/plain']).toBe(
      [
        '◐ Count MACs: 4 / 10 points (partial)',
        '  ✓ macs(1, 1)',
        '  ✗ macs(2, 3)',
        '      expected: 6',
        '      got: 12',
        '      where: cell 4, line 2',
        '      hint: A MAC is one multiplication and one addition.',
      ].join('\n'),
    );
  });

  it('shows failures openly and folds away what passed', () => {
    const html = bundleOf(checkCard(report({ items: [right, wrong] })))['text/html'] as string;
    expect(html.indexOf('macs(2, 3)')).toBeLessThan(html.indexOf('<details'));
    expect(html.indexOf('macs(1, 1)')).toBeGreaterThan(html.indexOf('<details'));
    const all = bundleOf(checkCard(report({ state: 'passed', score: 10, items: [right] })))['text/html'] as string;
    expect(all).not.toContain('<details');
    expect(all).toContain('10 / 10 points');
  });

  it('gives a hint once, and folds away failures after the third', () => {
    const bundle = bundleOf(checkCard(report({ items: [1, 2, 3, 4, 5].map(n => ({ ...wrong, asked: `case ${n}`, where: '' })) })));
    expect(bundle['text/html']?.split('A MAC is one').length).toBe(2);
    expect(bundle['text/html']).toContain('2 more failed');
    expect(bundle['text/html']).not.toContain('where<');
    expect(bundle['text/html']?.indexOf('case 3')).toBeLessThan(bundle['text/html']?.indexOf('<details') as number);
    expect(bundle['text/html']?.indexOf('case 4')).toBeGreaterThan(bundle['text/html']?.indexOf('<details') as number);
  });

  it('names answers that the library stood in for', () => {
    expect(bundleOf(checkCard(report({ staff: ['prune'] })))['text/plain']).toContain("library's version of: prune");
  });

  it('adds a lab up', () => {
    const card = labCard(labReport('00-basics', [report({}), report({ question: 'b', title: 'B', state: 'passed', score: 5, points: 5 })]));
    expect(bundleOf(card)['text/plain']).toBe(
      '◐ 00-basics: 9 / 15 points\n  ◐ Count MACs: 4 / 10 points (partial)\n  ✓ B: 5 / 5 points (passed)',
    );
  });
});

describe('tables', () => {
  const many = table({ n: Array.from({ length: 50 }, (_, i) => i) }, { rows: 4 });

  it('shows first and last rows and the count', () => {
    expect(bundleOf(shown(many))['text/plain']).toBe(' n\n 0\n 1\n ⋮\n48\n49\n50 rows, 4 shown');
  });

  it('writes numbers for people and stands them right', () => {
    const text = bundleOf(shown(table([{ name: 'conv1', macs: 1234567, share: 0.123456 }])))['text/plain'];
    expect(text).toBe('name        macs   share\nconv1  1\u2009234\u2009567  0.1235\n1 row');
  });

  it('shows any value in a cell', () => {
    const loop: { self?: object } = {};
    loop.self = loop;
    const cells = [loop, 10n, [1, 2], null, undefined, Number.NaN, 1e-7, -0.5].map(value => ({ value }));
    expect(
      bundleOf(shown(table(cells)))
        ['text/plain']?.split('\n')
        .slice(1, -1),
    ).toEqual(['<ref *1> { self: [Circular *1] }', '10', '[ 1, 2 ]', '', '', 'NaN', '100n', '-0.5']);
  });

  it('shows a filtered and ordered table as it is', () => {
    const chosen = many.filter('d => d.n > 46').orderby(desc('n'));
    expect(tableBundle(chosen)['text/plain']).toBe(' n\n49\n48\n47\n3 rows');
  });

  const nets = table(
    [1, 2, 3, 4].map(n => ({ n, net: n < 3 ? 'a' : 'b' })),
    { caption: 'Nets', rows: 2 },
  );
  it.each<[string, (from: ColumnTable) => ColumnTable, string]>([
    ['orderby', t => t.orderby(desc('n')), 'Nets\nn  net\n4  b\n⋮  ⋮\n1  a\n4 rows, 2 shown'],
    ['filter', t => t.filter('d => d.n > 2'), 'Nets\nn  net\n3  b\n4  b\n2 rows'],
    [
      'derive',
      t => t.derive({ twice: 'd => 2 * d.n' }),
      'Nets\nn  net  twice\n1  a        2\n⋮  ⋮        ⋮\n4  b        8\n4 rows, 2 shown',
    ],
    ['select', t => t.select('net'), 'Nets\nnet\na\n⋮\nb\n4 rows, 2 shown'],
    ['groupby', t => t.groupby('net').rollup({ sum: op.sum('n') }), 'Nets\nnet  sum\na      3\nb      7\n2 rows'],
    ['reify', t => t.slice(1, 3).reify(), 'Nets\nn  net\n2  a\n3  b\n2 rows'],
  ])('shows what %s makes of a table as it shows the table', (_, verb, text) => {
    const derived = verb(nets);
    expect(bundleOf(shown(derived))['text/plain']).toBe(text);
    expect(bundleOf(shown(derived))).toEqual(tableBundle(derived, { caption: 'Nets', rows: 2 }));
  });

  it('shows a table that arquero made, and at most 50 columns', () => {
    const wide = columns(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`c${i}`, [i]])));
    const text = bundleOf(shown(wide))['text/plain'] as string;
    expect(text.split('\n')[0]).toMatch(/^c0 .* c49$/);
    expect(text).toMatch(/1 row, the first 50 of 60 columns$/);
  });

  it('has the columns of all rows; a number stands right also where a row lacks it', () => {
    const made = table([
      { choice: 'dense', 'one-shot': 0.9 },
      { choice: 'pruned', 'one-shot': 0.2, fresh: 0.88 },
    ]);
    expect(made.columnNames()).toEqual(['choice', 'one-shot', 'fresh']);
    const { 'text/plain': text, 'text/html': page } = bundleOf(shown(made)) as Record<string, string>;
    expect(
      text
        ?.split('\n')
        .slice(0, 3)
        .map(line => line.trimEnd()),
    ).toEqual(['choice  one-shot  fresh', 'dense        0.9', 'pruned       0.2   0.88']);
    expect(page?.match(/text-align:right/g)).toHaveLength(6);
  });

  it('is an arquero table, and refuses no columns', () => {
    expect(many.filter('d => d.n > 40').numRows()).toBe(9);
    expect(() => table([])).toThrow(LabError);
  });
});

describe('compare', () => {
  const models = { small: mlp({ hidden: [10] }), large: mlp({ hidden: [100] }) };
  const comparison = compare(models, { parameters, macs });

  it('is a table for the eye and plain rows for code', () => {
    expect(comparison.rows).toEqual([
      { model: 'small', parameters: 7960, macs: 7940 },
      { model: 'large', parameters: 79510, macs: 79400 },
    ]);
    expect(bundleOf(comparison)['text/plain']).toBe(
      'model  parameters    macs\nsmall       7\u2009960   7\u2009940\nlarge      79\u2009510  79\u2009400\n2 rows',
    );
  });

  it('draws one chart for each metric', () => {
    expect(comparison.figure.data.map(trace => [trace.x, trace.y, trace.xaxis])).toEqual([
      [[7960, 79510], ['small', 'large'], 'x'],
      [[7940, 79400], ['small', 'large'], 'x2'],
    ]);
  });

  it('is shown as table and chart', async () => {
    const outputs = await inNotebook(() => show(comparison));
    expect(outputs.map(({ bundle }) => Object.keys(bundle)[0])).toEqual(['text/html', 'application/vnd.plotly.v1+json']);
  });
});

const shown = (value: object): { [displaySymbol](): Readonly<Record<string, unknown>> } => value as never;

it('no text of a student becomes markup, in cards, tables and bars', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onclick='x",
    '</div>',
    '&lt;',
    '\u0000\ud800',
    '</style>',
  ];
  const texts = [...hostile, ...fc.sample(fc.string({ unit: 'binary', maxLength: 20 }), { numRuns: 100, seed: 11 })];
  const documents = texts.flatMap(t => {
    const items = [item({ asked: t, expected: t, got: t, where: t, hint: t }), item({ asked: t, passed: true })];
    const one = report({ title: t, question: t, items, staff: [t] });
    const bar = { label: t, note: t, total: 2, done: 1, elapsedMilliseconds: 0, ended: false };
    return [
      bundleOf(checkCard(one)),
      bundleOf(labCard(labReport(t, [one]))),
      bundleOf(shown(table([{ [`${t} `]: t, n: 1 }], { caption: t }))),
      progressBundle(bar),
    ].map(bundle => bundle['text/html'] as string);
  });
  const allowed = new Set('div span b details summary table thead tbody tr th td progress'.split(' '));
  const attributes = new Set(['style', 'value', 'max']);
  for (const parsed of parseHtml(documents)) {
    expect(parsed.tags.filter(tag => !allowed.has(tag))).toEqual([]);
    expect(parsed.attributes.filter(name => !attributes.has(name))).toEqual([]);
  }
});
