import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { feedbackOf } from '../../../../labs-grading/report/feedback/feedback.ts';
import { feedbackPage } from '../../../../labs-grading/report/feedback/page.ts';
import { attachedPictures, pictureAddress } from '../../../../labs-grading/review/pictures.ts';
import { proseHtml } from '../../../../labs-grading/review/prose.ts';
import { proseAnswers } from '../../../../labs-grading/review/prose-answers.ts';
import { openReview } from '../../../../labs-grading/review/review.ts';
import { reviewClass } from '../../fixtures/review-class.ts';
import { xssCorpus } from '../../fixtures/xss.ts';

const png = `iVBORw0KGgo${'A'.repeat(80)}`;
const jpeg = `/9j/${'A'.repeat(80)}`;
const attachments = { 'my plot.png': { 'image/png': png }, 'ada.jpg': { 'image/jpeg': [jpeg.slice(0, 40), '\n', jpeg.slice(40)] } };
const why =
  '# Why\n\nWeights are **noisy**, see ![a plot](attachment:my%20plot.png) and <img src="attachment:ada.jpg" onerror="alert(1)">.\n\n- one\n- `two`';

/** Tags and attributes beyond text, tables and pictures that the page carries itself. */
function active(html: string): string[] {
  const tag =
    /^(?:h[1-6]|p|div|span|pre|code|table|thead|tbody|tfoot|tr|td|th|caption|col|colgroup|ul|ol|li|dl|dt|dd|img|br|hr|details|summary)$/;
  const inline =
    /^(?:b|i|em|strong|u|s|del|ins|small|sub|sup|mark|kbd|samp|var|abbr|cite|q|blockquote|time|wbr|bdi|bdo|data|dfn|rb|rp|rt|rtc|ruby|address|article|aside|footer|header|hgroup|main|nav|section|figure|figcaption|menu|search)$/;
  return [...html.matchAll(/<\/?([a-zA-Z][^\s/>]*)([^>]*)>/g)].flatMap(([whole, name = '', attributes = '']) => {
    const harmless = [...attributes.matchAll(/([^\s=/"]+)=("[^"]*")?/g)].every(([, key = '', value = '']) =>
      key === 'src' ? /^"data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+=*"$/.test(value) : /^(alt|colspan|rowspan|scope|start)$/.test(key),
    );
    return (tag.test(name) || inline.test(name)) && harmless ? [] : [whole];
  });
}

describe('an answer in words', () => {
  const pictures = attachedPictures([{ attachments }]);

  it('reads as Markdown, with the pictures that its cell carries', () => {
    const html = proseHtml(why, pictures);
    expect(html).toContain('<h1>Why</h1>');
    expect(html).toContain('<strong>noisy</strong>');
    expect(html).toContain(`<img src="data:image/png;base64,${png}" alt="a plot" />`);
    expect(html).toContain(`<img src="data:image/jpeg;base64,${jpeg}" alt="picture of the answer" />`);
    expect(html).toMatch(/<ul>\s*<li>one<\/li>\s*<li><code>two<\/code><\/li>\s*<\/ul>/);
    expect(proseHtml('| a | b |\n|--|--|\n| 1 | 2 |')).toMatch(/<table>[\s\S]*<td>2<\/td>/);
    expect(proseHtml(`![](data:image/png;base64,${png})`)).toContain(`src="data:image/png;base64,${png}"`);
  });

  it('leaves formulas as they were typed, and prices alone', () => {
    expect(proseHtml('$a_i * b_i$ and $$x_1 * y_1 * z$$ for $5 and $6')).toBe(
      '<p><code>$a_i * b_i$</code> and <code>$$x_1 * y_1 * z$$</code> for $5 and $6</p>\n',
    );
  });

  it('loads nothing: links and pictures elsewhere are told', () => {
    const html = proseHtml(
      '[my page](https://evil.example/x) ![secret](https://evil.example/p.png) ![](attachment:none.png) ![x](/api/page)',
      pictures,
    );
    expect(active(html)).toEqual([]);
    expect(html).toContain('my page <small>(https://evil.example/x)</small>');
    expect(html).toContain('(a picture that is not in the notebook: secret)');
    expect(html).not.toContain('<img');
  });

  it.each(xssCorpus('http://127.0.0.1:1').map((html, i) => [i, html] as const))(
    'loses what acts of attack %i, alone and inside Markdown',
    (_, html) => {
      const forms = [
        html,
        `- ${html}`,
        `> ${html}`,
        `[x](${html})`,
        `![${html}](attachment:my%20plot.png "${html}")`,
        `a <b>${html}`,
        `| ${html} |\n|--|`,
        `\`\`\`${html}`,
      ];
      for (const form of forms) expect(active(proseHtml(form, pictures)), form).toEqual([]);
      expect(active(html).length, 'the attack as it came').toBeGreaterThan(0);
    },
  );

  it('loses what acts in addresses of links and pictures, and names of attachments', () => {
    const addresses = [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html;base64,PHNjcmlwdD4=',
      '"onerror="alert(1)',
      'attachment:"><script>alert(1)</script>',
      'attachment:%00%FF',
      'attachment:__proto__',
      '&#106;avascript:alert(1)',
    ];
    const names = new Map([...pictures, ['"><script>alert(1)</script>', `data:image/png;base64,${png}`]]);
    for (const address of addresses)
      for (const form of [`[x](${address})`, `![x](${address})`, `<${address}>`, `<img src='${address}'>`, `[x]: ${address}\n\n[x] ![x]`])
        expect(active(proseHtml(form, names)), form).toEqual([]);
  });

  it('loses it however the pieces are mixed', () => {
    const pieces = [
      ...xssCorpus('http://127.0.0.1:1'),
      '**',
      '`',
      '```\n',
      '\n\n',
      '> ',
      '[x](',
      '![x](',
      ')',
      '<!--',
      '-->',
      '"',
      "'",
      '$',
      '|',
      '&lt;',
      '\\',
      '<b',
      '>',
      'attachment:my%20plot.png',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), parts => {
        expect(active(proseHtml(parts.join(''), pictures))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes for pictures what is one, and no more than fits', () => {
    for (const wrong of ['', 'AAAA', `${png}!`, 'PHN2Zz4=', `R0lGODlh${'A'.repeat(40)}`, undefined, png + 'A'.repeat(5 * 2 ** 20)])
      expect(pictureAddress(wrong)).toBeUndefined();
    expect(pictureAddress(`${png}\n`)).toBe(`data:image/png;base64,${png}`);
    for (const odd of [null, 7, 'x', [], { a: null, b: { 'image/png': 7 }, c: { 'image/svg+xml': 'PHN2Zz4=' }, d: [png] }])
      expect(attachedPictures([{ attachments: odd }]).size).toBe(0);
    const big = png + 'A'.repeat(3 * 2 ** 20);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.png`, { 'image/png': big }]));
    expect(attachedPictures([{ attachments: many }]).size).toBe(5);
    const start = performance.now();
    expect(pictureAddress(`${' '.repeat(4 * 2 ** 20)}!`)).toBeUndefined();
    expect(performance.now() - start, 'blanks cost no time').toBeLessThan(2000);
  });

  it('comes to its end, whatever is nested or repeated', () => {
    for (const piece of ['[', '_a', '>', '*a ', '<', '1. ', '![a', '$', '`', '<div>', 'data:image/png;base64,']) {
      const start = performance.now();
      expect(proseHtml(piece.repeat(200_000)).length).toBeGreaterThan(0);
      expect(performance.now() - start, piece).toBeLessThan(15_000);
    }
  });
});

describe('the pages', async () => {
  const cls = await reviewClass([
    { id: 'ada', name: 'Ada Lovelace', why: `${why}\n\nAda Lovelace`, attachments },
    { id: 'bo', why: 'YOUR ANSWER HERE' },
  ]);
  afterAll(() => cls.end());

  it('of review show it in a document without rights, without the name in blind mode', async () => {
    for (const blind of [false, true]) {
      const review = await openReview(cls, { blind, grader: 'ta' });
      const rows = await review.rows('why');
      const documents = await Promise.all(rows.map(({ key }) => review.prose('why', key)));
      const document = documents.find(text => text?.includes('noisy')) ?? '';
      expect(document.match(/<img src="data:image\/(png|jpeg);base64,/g)).toHaveLength(2);
      expect(document.includes('Ada Lovelace')).toBe(!blind);
      const views = await Promise.all(rows.map(({ key }) => review.answer('why', key)));
      expect(views.every(view => (view?.proseHeight ?? 0) > 0)).toBe(true);
      expect((await review.answer('half', (await review.rows('half'))[0]?.key ?? ''))?.proseHeight).toBe(0);
    }
  });

  it('of feedback show a student the own answer, and nothing where it is still the stub', async () => {
    const grades = await cls.grades();
    const [ada, bo] = grades.students;
    if (!ada || !bo) throw new Error('two students are needed');
    const page = feedbackPage(feedbackOf(grades, ada, { answers: proseAnswers(ada, cls.lab) }));
    expect(page).toMatch(/<summary>Your answer<\/summary>[\s\S]*<strong>noisy<\/strong>[\s\S]*<img src="data:image\/png/);
    expect(page).not.toMatch(/onerror|<script/);
    expect(page).toContain("default-src 'none'");
    expect(proseAnswers(bo, cls.lab).size).toBe(0);
  });
});
