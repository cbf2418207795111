import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { displaySymbol, type Figure, facets, type Guess, plot, predict, reveal, table } from '../../../lib/index.ts';
import { seriesColour } from '../../../lib/notebook/colours.ts';
import { parseXml } from './xml.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tinylab-reveal-'));
  vi.spyOn(process, 'cwd').mockReturnValue(home);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
});

/** The picture with this guess; its drawing is checked to be one. */
async function shown(guess: Guess, picture: Figure): Promise<Figure> {
  await predict('it', guess);
  const both = reveal('it', picture);
  const bundle = both[displaySymbol]();
  parseXml([String(bundle['image/svg+xml'])]);
  expect(bundle['image/svg+xml']).toContain('your guess');
  // what came is still there
  picture.data.forEach((trace, i) => {
    expect(both.data[i]).toMatchObject({ type: trace.type });
  });
  return both;
}
const bars = plot.bar({ conv1: 3, conv2: 5 }, { title: 'Work' });

describe('a figure with the guess in it', () => {
  it('draws a number as a dashed line, named in a legend', async () => {
    const both = await shown(4, bars);
    expect(both.data).toHaveLength(2);
    expect(both.data[1]).toMatchObject({ name: 'your guess: 4', x: ['conv1', 'conv2'], y: [4, 4], line: { dash: 'dash' } });
    expect(both.layout.showlegend).toBe(true);
    expect(both.data[1]?.marker).toMatchObject({ color: seriesColour(1) });
    expect(both.data[0]?.showlegend).toBe(false);
    expect(both[displaySymbol]()['image/svg+xml']).toContain('stroke-dasharray');
    expect(both.layout.margin.t).toBeGreaterThan(bars.layout.margin.t);
  });

  it('draws it upright over lying bars', async () => {
    const both = await shown(4, plot.bar({ conv1: 3, conv2: 5 }, { horizontal: true }));
    expect(both.data[1]).toMatchObject({ x: [4, 4], y: ['conv1', 'conv2'] });
  });

  it('marks numbers by the names of bars', async () => {
    expect((await shown({ conv2: 1 }, bars)).data[1]).toMatchObject({ mode: 'markers', x: ['conv2'], y: [1] });
  });

  it('gives numbers by the names of series a bar each', async () => {
    const series = plot.bar({ MACs: { dense: 1, narrow: 0.5 }, time: { dense: 1, narrow: 0.9 } });
    const both = await shown({ MACs: 0.7, time: 0.6 }, series);
    expect(both.data.map(({ x }) => x?.at(-1))).toEqual(['your guess', 'your guess']);
    expect(both.data.map(({ y }) => y?.at(-1))).toEqual([0.7, 0.6]);
  });

  it('marks the bar that a word names, and the point', async () => {
    expect((await shown('conv2', bars)).data[1]).toMatchObject({ name: 'your guess: conv2', x: ['conv2'], y: [5] });
    rmSync(join(home, 'predictions'), { recursive: true });
    const roof = plot.roofline({ peak: 100, bandwidth: 10 }, [{ label: 'first', intensity: 2 }]);
    expect((await shown('first', roof)).data.at(-1)).toMatchObject({ x: [2], y: [20] });
  });

  it('draws a list beside a line', async () => {
    const both = await shown([1, 2, 3], plot.line({ loss: [3, 2, 1] }));
    expect(both.data[1]).toMatchObject({ name: 'your guess', x: [0, 1, 2], y: [1, 2, 3] });
  });

  it.each<[string, Guess, Figure]>([
    ['yes or no', true, bars],
    ['a word that names nothing', 'neither', bars],
    ['a number beyond sight', 1e9, bars],
    ['a number outside of the axis', 4, plot.line([0.7, 0.8], { y: { range: [0.6, 0.9] } })],
    ['a number below a log axis', -1, plot.line([1, 10], { y: { log: true } })],
    ['numbers by other names', { conv9: 1 }, bars],
    ['a list of another length', [1], bars],
    ['a number on stacked bars', 4, plot.bar({ a: { x: 1 }, b: { x: 2 } }, { stack: true })],
    ['a number on a heat map', 4, plot.heatmap([[1, 2]])],
    ['a number on several charts', 4, facets([bars, bars])],
    ['a number on a histogram', 4, plot.histogram([1, 2, 2])],
  ])('says in words what has no place in it: %s', async (_, guess, picture) => {
    const both = await shown(guess, picture);
    expect(both.data).toEqual(picture.data);
    expect(both.layout.title?.text).toContain('your guess: ');
    if (picture.layout.title) expect(both.layout.title?.text).toContain(picture.layout.title.text);
  });

  it('is the figure as it was without a guess', () => {
    expect(reveal('it', bars)).toBe(bars);
    expectTypeOf(reveal('it', bars)).toEqualTypeOf<Figure>();
  });

  it('says when the guess cannot be read', () => {
    mkdirSync(join(home, 'predictions'));
    writeFileSync(join(home, 'predictions/it.json'), '<script>');
    expect(reveal('it', bars).layout.title?.text).toContain('predictions/it.json');
  });

  it('shows what a student wrote as text', async () => {
    const bundle = (await shown('<b>&"</b>', bars))[displaySymbol]();
    expect(JSON.stringify(bundle['application/vnd.plotly.v1+json'])).not.toContain('<b>');
    expect(bundle['image/svg+xml']).not.toContain('<b>');
  });
});

describe('a table with the guess in it', () => {
  const rows = table(
    [
      { kept: 'the first', accuracy: 0.5 },
      { kept: 'the best', accuracy: 0.9 },
    ],
    { caption: 'Orders' },
  );
  const text = (shownTable: object): string =>
    String((shownTable as { [displaySymbol](): Record<string, unknown> })[displaySymbol]()['text/plain']);

  it('has numbers by the names of its rows in a column', async () => {
    await predict('it', { 'the best': 0.7, 'the first': 0.1 });
    const both = reveal('it', rows);
    expect(both.columnNames()).toEqual(['kept', 'accuracy', 'your guess']);
    expect(Array.from(both.array('your guess'))).toEqual([0.1, 0.7]);
    expect(text(both)).toContain('Orders');
  });

  it('has a list in a column, row by row, and never covers a column', async () => {
    await predict('it', [1, 2]);
    const own = table({ a: [1, 1], 'your guess': [5, 5] });
    expect(reveal('it', own).columnNames()).toEqual(['a', 'your guess', 'your guess ']);
    expect(Array.from(reveal('it', own).array('your guess'))).toEqual([5, 5]);
  });

  it.each<[Guess, string]>([
    ['MobileNetV2', 'Orders · your guess: MobileNetV2'],
    [0.4, 'your guess: 0.4'],
    [{ other: 2 }, 'your guess: other: 2'],
  ])('says above it what has no row: %j', async (guess, caption) => {
    await predict('it', guess);
    expect(text(reveal('it', rows))).toContain(caption);
  });

  it('is the table as it was without a guess', () => {
    expect(reveal('it', rows)).toBe(rows);
  });

  it('is made of a plain value', async () => {
    expect(text(reveal('it', 3))).toMatch(/–\s+3/);
    await predict('it', 8);
    expect(reveal('it', 3.2).objects()).toEqual([{ 'your guess': 8, 'what came': 3.2 }]);
    await predict('named', { a: 1, b: 2 });
    expect(reveal('named', { a: 3, b: 4 }).objects()).toEqual([
      { of: 'a', 'what came': 3, 'your guess': 1 },
      { of: 'b', 'what came': 4, 'your guess': 2 },
    ]);
    await predict('list', [1, 2]);
    expect(Array.from(reveal('list', [5, 6]).array('your guess'))).toEqual([1, 2]);
  });

  it('refuses a promise and a bad name', () => {
    expect(() => reveal('it', Promise.resolve(1) as never)).toThrow(
      expect.objectContaining({ code: 'guess/actual', hint: expect.stringContaining('await') }),
    );
    expect(() => reveal('../it', 1)).toThrow(/cannot be called/);
  });
});
