import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displaySymbol, type Figure, facets, plot, zeros } from '../../../lib/index.ts';
import { palette } from '../../../lib/notebook/colours.ts';
import { escapeText } from '../../../lib/notebook/escape.ts';
import { duration, percent, si } from '../../../lib/notebook/format.ts';
import { parseXml } from './xml.ts';

const svgTags = new Set(['circle', 'line', 'path', 'rect', 'svg', 'text']);
const svgOf = (figure: Figure): string => figure[displaySymbol]()['image/svg+xml'] as string;

/** One figure of each kind, with `text` wherever text can stand. */
const figuresWith = (text: string): Figure[] => {
  const options = { title: text, x: { title: text, unit: text }, y: text };
  const of = (...misses: number[]) => ({ loads: 8, stores: 2, bytesRead: 32, bytesWritten: 8, misses });
  const column = Uint8Array.of(0, 1, 1);
  const charts = [
    plot.line({ [`${text}a`]: [1, 2, 3], b: [3, Number.NaN, 1] }, { ...options, at: [text, 'b', 'c'] }),
    plot.bar({ dense: [[text, 1]], [`${text}b`]: [['z', 2]] }, { ...options, horizontal: true }),
    plot.bar({ one: { a: 1, b: 2 }, two: { a: 3, b: -1 } }, { ...options, stack: true }),
    plot.histogram({ [`${text}h`]: [1, 2, 2, 9], i: [4] }, options),
    plot.heatmap([[1, 2]], { ...options, rows: [text], columns: ['p', text], values: true, unit: text }),
    plot.scatter([{ x: 1, y: 1, label: text }], { ...options, x: { title: text, log: true } }),
    plot.roofline({ peak: 1e9, bandwidth: 1e8 }, [{ label: text, intensity: 3 }], options),
    plot.trace({ trace: { arrays: [text, 'b'], array: column, address: Uint32Array.of(0, 4, 8), write: column, missed: column } }, options),
    plot.misses({ [text]: { ...of(3), byArray: { [text]: of(1), b: of(2) } } }, options),
    plot.hits({ 8: of(1), [text]: of(2) }, options),
    plot.loops([{ name: text, minMs: 1, medianMs: 1, spreadMs: 0, calls: 5, gops: 2, ratio: 1, ofWasm: 0.1, ofNative: 0.01 }], {
      ...{ ...options, problem: { macs: 100, bytes: 30 }, bandwidth: 1e10 },
    }),
  ];
  return [...charts, facets(charts, { title: text })];
};

describe('the bundle of a figure', () => {
  const figure = plot.line({ 'a<b': [1, 2] }, { title: 'x & y', y: 'Loss' });
  const bundle = figure[displaySymbol]();

  it('has Plotly data as an object, a picture and words', () => {
    expect(Object.keys(bundle)).toEqual(['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
    expect(bundle['text/plain']).toBe('[figure] x & y: Loss\n  a<b: 2 points, 1 to 2, last 2');
  });

  it('escapes what Plotly would read as tags, in a copy', () => {
    expect(bundle['application/vnd.plotly.v1+json']).toMatchObject({
      data: [{ name: 'a&lt;b', y: [1, 2] }],
      layout: { title: { text: 'x &amp; y' } },
    });
    expect(figure.data[0]?.name).toBe('a<b');
  });

  it('survives JSON, and a spread copy shows its own data', () => {
    const plain = JSON.parse(JSON.stringify(figure));
    expect(plain).toEqual({ data: figure.data, layout: figure.layout });
    const changed = { ...figure, layout: { ...figure.layout, title: { text: 'other' } } };
    expect(changed[displaySymbol]()['text/plain']).toContain('other');
  });

  it('summarises each kind', () => {
    const said = figuresWith('t').map(f => (f[displaySymbol]()['text/plain'] as string).split('\n')[1]);
    expect(said).toEqual([
      '  ta: 3 points, 1 to 3, last 3',
      '  dense: 1 bars, 1 to 1',
      '  one: 2 bars, 1 to 2',
      '  th: 40 bars, 0 to 2',
      '  1 × 2 cells, 1 to 2',
      '  1 points, 1 to 1, last 1',
      '  memory bound: 2 points, 75M to 1G, last 1G',
      '  4 × 3 cells, 0 to 2',
      '  t: 2 bars, 1 to 2',
      '  2 points, 0.8 to 0.9, last 0.8',
      '  memory bound: 2 points, 5G to 20G, last 20G',
      '  ta: 3 points, 1 to 3, last 3',
    ]);
  });
});

describe('the picture', () => {
  it('is well-formed and holds nothing but shapes and text, whatever the labels say', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), { numRuns: 60, seed: 3 });
    const hostile = ['</text><script>alert(1)</script>', '" onload="alert(1)', "']]>", '\u0000\u0008\ud800', '<!--', '&amp;', '__proto__'];
    const pictures = [...texts, ...hostile].flatMap(text => figuresWith(text).map(svgOf));
    const parsed = parseXml(pictures);
    expect(parsed).toHaveLength(pictures.length);
    for (const { tags, attributes } of parsed) {
      expect(tags.filter(tag => !svgTags.has(tag))).toEqual([]);
      expect(attributes.filter(name => /^on|href|style|class/i.test(name))).toEqual([]);
    }
  });

  it('says what the labels say', () => {
    const text = '<b> & "c"';
    for (const { texts } of parseXml(figuresWith(text).map(svgOf))) expect(texts).toContain(text);
  });

  it('has one mark for each value', () => {
    const count = (figure: Figure, tag: string): number => svgOf(figure).split(`<${tag} `).length - 1;
    expect(count(plot.scatter([{ x: 1, y: 2 }, { x: 3, y: 4 }]), 'circle')).toBe(2); // biome-ignore format: one line
    expect(count(plot.bar({ a: 1, b: 2, c: 3 }), 'rect')).toBe(1 + 3);
    expect(count(plot.heatmap([[1, 2], [3, 4]]), 'rect')).toBe(1 + 4 + 40); // biome-ignore format: one line
    expect(
      svgOf(plot.line([1, Number.NaN, 2, 3]))
        .match(/d="(M[^"]*)"/)?.[1]
        ?.match(/M/g),
    ).toHaveLength(2);
  });

  it('places values in proportion', () => {
    const bars = [...svgOf(plot.bar({ a: 1, b: 2, c: 4 })).matchAll(/<rect x[^>]* height="([\d.]+)" fill="#/g)].map(m => Number(m[1]));
    expect(bars).toHaveLength(3);
    expect((bars[1] as number) / (bars[0] as number)).toBeCloseTo(2, 2);
    expect((bars[2] as number) / (bars[0] as number)).toBeCloseTo(4, 2);
  });

  it('stays small for long series and large matrices', () => {
    expect(svgOf(plot.line(new Float32Array(1e5).fill(1))).length).toBeLessThan(50_000);
    expect(svgOf(plot.heatmap(zeros([600, 700]))).length).toBeLessThan(600_000);
  });
});

describe('escapeText', () => {
  it('turns text into XML that reads back as that text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/.test(escapeText(text))));
    const allowed = fc.sample(fc.string({ unit: 'grapheme' }), { numRuns: 100, seed: 5 }).filter(text => text.length > 0);
    const parsed = parseXml(allowed.map(text => `<a>${escapeText(text)}</a>`));
    expect(parsed.map(({ texts }) => texts[0])).toEqual(allowed);
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [1234567, '1.23M'],
    [999.9, '1k'],
    [0.25, '0.25'],
    [0.00042, '420µ'],
    [-Math.PI, '-3.14'],
    [1e-9, '1n'],
    [2.5e10, '25G'],
    [Number.NaN, 'NaN'],
  ])('si(%d) is %s', (value, text) => expect(si(value)).toBe(text));

  it('writes shares and durations', () => {
    expect([percent(0.8761), percent(1, 0)]).toEqual(['87.6 %', '100 %']);
    expect([duration(850), duration(59_960), duration(75_000)]).toEqual(['0.8 s', '1 min 0 s', '1 min 15 s']);
  });
});

it('series colours keep a contrast of 3:1 on white and on a dark page', () => {
  const luminance = (hex: string): number => {
    const linear = [1, 3, 5]
      .map(i => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
      .map(c => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * (linear[0] as number) + 0.7152 * (linear[1] as number) + 0.0722 * (linear[2] as number);
  };
  const contrast = (a: string, b: string): number => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return ((light as number) + 0.05) / ((dark as number) + 0.05);
  };
  for (const colour of palette)
    for (const page of ['#ffffff', '#212121']) expect(contrast(colour, page), `${colour} on ${page}`).toBeGreaterThanOrEqual(3);
});
