import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanHtml, outputsOf, shownOutputs } from '../../../../labs-grading/review/outputs.ts';
import { xssCorpus } from '../../fixtures/xss.ts';

/** Anything that could act: a tag beyond text, tables and pictures, an attribute beyond theirs, an address that is not embedded. */
function active(html: string): string[] {
  const tags = [...html.matchAll(/<\/?([a-zA-Z][^\s/>]*)([^>]*)>/g)];
  return tags.flatMap(([tag, name = '', attributes = '']) => {
    const text =
      /^(?:h[1-6]|p|div|span|pre|code|table|thead|tbody|tfoot|tr|td|th|caption|col|colgroup|ul|ol|li|dl|dt|dd|img|br|hr|details|summary)$/;
    const inline =
      /^(?:b|i|em|strong|u|s|small|sub|sup|mark|kbd|samp|var|abbr|cite|q|blockquote|time|wbr|bdi|bdo|data|dfn|rb|rp|rt|rtc|ruby|address|article|aside|footer|header|hgroup|main|nav|section|figure|figcaption|menu|search)$/;
    const names = [...attributes.matchAll(/([^\s=/"]+)=("[^"]*")?/g)];
    const harmless = names.every(([, key = '', value = '']) =>
      key === 'src'
        ? /^"data:image\/(png|jpeg|gif|webp|svg\+xml);base64,/.test(value)
        : /^(alt|width|height|colspan|rowspan|scope)$/.test(key),
    );
    return (text.test(name) || inline.test(name)) && harmless ? [] : [tag];
  });
}

const htmlOf = (...outputs: object[]): string =>
  shownOutputs(outputsOf(outputs))
    .map(({ html }) => html)
    .join('');

describe('outputs of strangers', () => {
  it.each(xssCorpus('http://127.0.0.1:1').map((html, i) => [i, html]))('attack %i loses what acts', (_, html) => {
    expect(active(cleanHtml(html as string))).toEqual([]);
    expect(active(html as string).length, 'the attack as it came').toBeGreaterThan(0);
  });

  it('lose it however the attacks are mixed', () => {
    const pieces = [
      ...xssCorpus('http://127.0.0.1:1'),
      '<table>',
      '</td>',
      '<!--',
      '-->',
      '<![CDATA[',
      '"',
      "'",
      '<p',
      '>',
      '\0',
      '&lt;',
      'text',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), parts => {
        expect(active(cleanHtml(parts.join('')))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keep tables, text and embedded pictures', () => {
    const table = '<table><tr><td colspan="2">8 bits</td></tr></table>';
    expect(cleanHtml(`<div class="card" style="color:red">${table}<a href="https://example.org">link</a></div>`)).toBe(
      `<div>${table}link</div>`,
    );
    expect(cleanHtml('<img src="data:image/png;base64,AAAA" alt="a">')).toBe('<img src="data:image/png;base64,AAAA" alt="a" />');
    expect(cleanHtml('<img src="/api/page">')).toBe('');
  });

  it('are shown by their richest harmless kind', () => {
    const data = { 'text/plain': 'plain', 'text/html': '<b>rich</b>' };
    expect(htmlOf({ output_type: 'display_data', data })).toBe('<div><b>rich</b></div>');
    expect(htmlOf({ output_type: 'display_data', data: { 'text/plain': ['1 < 2\n', '&'] } })).toBe(
      '<pre class="text">1 &lt; 2\n&amp;</pre>',
    );
    expect(htmlOf({ output_type: 'display_data', data: { ...data, 'image/png': 'not base64"><script>' } })).toBe('<div><b>rich</b></div>');
    const svg = '<svg onload="alert(1)"/>';
    expect(htmlOf({ output_type: 'display_data', data: { 'image/svg+xml': svg } })).toContain(Buffer.from(svg).toString('base64'));
    expect(htmlOf({ output_type: 'stream', text: '\u001b[31mred\u001b[0m \u202eback' })).toBe('<pre class="text">red \ufffdback</pre>');
    expect(htmlOf({ output_type: 'error', ename: '<E>', evalue: 'no' })).toBe('<pre class="error">&lt;E&gt;: no</pre>');
    expect(htmlOf({ output_type: 'display_data', data: { 'application/x': {} } })).toContain('nothing that can be shown');
  });

  it('stay small, and what is no output shows nothing', () => {
    const many = Array.from({ length: 100 }, () => ({ output_type: 'stream', text: 'x'.repeat(200_000) }));
    expect(htmlOf(...many).length).toBeLessThan(5_000_000);
    expect(htmlOf(...many)).toContain('and 60 more outputs');
    expect(outputsOf('nonsense')).toEqual([]);
    expect(htmlOf({ output_type: 'stream', text: 7 })).toContain('nothing that can be shown');
  });
});
