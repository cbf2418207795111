import { html } from 'hono/html';
import { clean } from '../page/clean.ts';
import { type Markup, page } from '../page/frame.ts';
import type { Answers } from './answers.ts';
import type { Fragment } from './fragments.ts';
import type { EqualModels } from './models.ts';
import type { Pair } from './pairs.ts';
import type { Similarity } from './similarity.ts';
import { lineEnd } from './tokens.ts';

const style = `
body { max-width: 84rem; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin: .6rem 0; }
.side { min-width: 0; border: 1px solid var(--edge); border-radius: 8px; overflow: hidden; }
.side p { margin: 0; padding: .3rem .7rem; background: var(--inset); font-size: .85rem; }
.side ol { margin: 0; padding: .3rem 0; list-style: none; counter-reset: line; }
.side li { padding: 0 .7rem; font: .8rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.5em; border-left: 4px solid transparent; }
.side li.hit { border-color: var(--part); background: color-mix(in srgb, var(--part) 14%, transparent); }
@media (max-width: 48rem) { .sides { grid-template-columns: 1fr; } }
`;

/** How many pairs are shown side by side, how many stand open, and how much of one cell. */
const [shown, open, mostLines] = [50, 2, 200];

/** The flags as one HTML file, for teaching staff only. */
export function similarityPage(similarity: Similarity, answers: readonly Answers[]): string {
  const { title, pairs, models, compared, refused, threshold, common } = similarity;
  const byStudent = new Map(answers.map(one => [one.student, one]));
  const body = html`<main>
<header><h1>${clean(title)}: similarity</h1>
<p class="note part"><strong>For a person to look at.</strong> Nothing here is proof, and nothing here changes a grade. Short answers to the same question look alike by themselves; look at what is unusual in both.</p>
<p class="quiet">${compared} students compared. Told are pairs of whom one shares at least ${Math.round(threshold * 100)} % of their own code with the other. Left out: what the lab gave, and passages that more than ${common} students have.
Names, literals, comments and formatting do not count.</p></header>
<section aria-labelledby="p"><h2 id="p">Pairs</h2>${pairs.length === 0 ? html`<p>None.</p>` : pairTable(pairs)}</section>
${pairs.slice(0, shown).map((pair, i) => pairSection(pair, i, byStudent))}
${modelSection(models, common)}
${refused.length === 0 ? '' : html`<section aria-labelledby="r"><h2 id="r">Not compared, or in part</h2><ul>${refused.map(({ student, why }) => html`<li>${clean(student)}: ${clean(why)}</li>`)}</ul></section>`}
</main>`;
  return page({ title: `${clean(title)}: similarity`, body, more: style });
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const longestOf = (fragments: readonly Fragment[] = []): number => Math.max(0, ...fragments.map(({ tokens }) => tokens));

function pairTable(pairs: readonly Pair[]): Markup {
  const row = ({ left, right, share, shared, fragments }: Pair, i: number): Markup => {
    const names = html`<a href="#pair${i + 1}">${clean(left)} and ${clean(right)}</a>`;
    return html`<tr><th scope="row">${names}</th><td class="number">${shared}</td><td class="number">${percent(share)}</td><td class="number">${fragments ? longestOf(fragments) : '–'}</td></tr>`;
  };
  const head = ['Students', 'Fingerprints in common', 'Share of the smaller', 'Longest passage, tokens'];
  const cells = head.map((name, i) => html`<th scope="col" class="${i > 0 ? 'number' : ''}">${name}</th>`);
  const more =
    pairs.length > shown ? html`<p class="quiet">${pairs.length - shown} more pairs have less in common; --json lists them.</p>` : '';
  return html`<table><thead><tr>${cells}</tr></thead><tbody>${pairs.slice(0, shown).map(row)}</tbody></table>${more}`;
}

function pairSection(pair: Pair, index: number, answers: ReadonlyMap<string, Answers>): Markup {
  const { left, right, share, fragments = [] } = pair;
  const longest = pair.fragments
    ? `the longest passage has ${longestOf(fragments)} tokens`
    : 'passages were not looked up: pairs before this one, or this one, share too much for that';
  const cells = [...new Set(fragments.map(fragment => fragment.left.cell))];
  const block = (cell: string): Markup => {
    const here = fragments.filter(fragment => fragment.left.cell === cell);
    const others = [...new Set(here.map(fragment => fragment.right.cell))];
    const one = side(
      answers.get(left),
      cell,
      here.map(fragment => fragment.left),
    );
    const two = others.map(other =>
      side(
        answers.get(right),
        other,
        here.filter(fragment => fragment.right.cell === other).map(fragment => fragment.right),
      ),
    );
    return html`<h3>${clean(cell)}</h3><div class="sides">${one}<div>${two}</div></div>`;
  };
  const names = `${clean(left)} and ${clean(right)}`;
  const content = html`<p class="quiet">${percent(share)} shared; ${longest}.</p>${cells.map(block)}`;
  const summary = html`<summary>Side by side</summary>`;
  return html`<section id="pair${index + 1}"><h2>${names}</h2>
${index < open ? html`<details open>${summary}${content}</details>` : html`<details>${summary}${content}</details>`}</section>`;
}

function side(answers: Answers | undefined, cell: string, places: readonly Fragment['left'][]): Markup {
  const source = answers?.cells.find(({ id }) => id === cell)?.source ?? '';
  const lines = source.split(lineEnd);
  const hit = (line: number): boolean => places.some(({ from, to }) => from <= line && line <= to);
  const row = (text: string, i: number): Markup => html`<li class="${hit(i + 1) ? 'hit' : ''}">${clean(text)}</li>`;
  const more = lines.length > mostLines ? html`<p>${lines.length - mostLines} more lines</p>` : '';
  return html`<div class="side"><p>${clean(answers?.student ?? '')} · ${clean(cell)}</p><ol>${lines.slice(0, mostLines).map(row)}</ol>${more}</div>`;
}

function modelSection(models: readonly EqualModels[], common: number): Markup | string {
  if (models.length === 0) return '';
  const row = ({ name, students }: EqualModels): Markup => {
    const usual = students.length > common ? html` <span class="quiet">so many that the lab’s own code may lead here</span>` : '';
    return html`<tr><th scope="row"><code>${clean(name)}</code></th><td class="number">${students.length}</td><td>${students.map(clean).join(', ')}${usual}</td></tr>`;
  };
  const head = ['Deliverable', 'Students', 'Who'].map(name => html`<th scope="col">${name}</th>`);
  return html`<section aria-labelledby="m"><h2 id="m">Equal models</h2><p class="quiet">The same values, byte for byte. Two honest trainings with the same code, seed and machine do agree.</p>
<table><thead><tr>${head}</tr></thead><tbody>${models.map(row)}</tbody></table></section>`;
}
