import { html } from 'hono/html';
import { type Counts, type Figures, percent, type Survivor } from '../../mutate/figures.ts';
import { clean } from '../page/clean.ts';
import { bar, type Markup, page } from '../page/frame.ts';

const style = `
body { max-width: 70rem; }
pre { margin: .4rem 0 1rem; padding: .6rem .8rem; border: 1px solid var(--edge); border-radius: 8px; overflow-x: auto; font: .85rem/1.5 var(--mono); }
`;

/** How well a lab's checks tell wrong answers from right ones, as one HTML file for its authors: figures, survivors, refused answers, missing hints. */
export function mutationPage(figures: Figures): string {
  const { lab, total, caught, hinted, passed, accepted, styles, byOperator, byQuestion, same, noProgram, byOutcome, unhinted } = figures;
  const title = `${clean(lab)}: how good the checks are`;
  const body = html`<main>
<header><h1>${title}</h1>
<p>${caught} of ${total} wrong answers made by rule lose points (${percent(caught, total)}); ${hinted} are told a hint that names the mistake (${percent(hinted, total)}).
${styles.total - styles.refused.length} of ${styles.total} right answers in other styles have full marks.</p>
<p class="quiet">Thrown away: ${noProgram} that do not compile, ${same} that answer as the lab’s own does.
${byOutcome.length === 0 ? '' : `Only the outcome could be compared: ${byOutcome.map(clean).join(', ')}.`}</p></header>
${section('Get through', passed, 'Every wrong answer loses points.')}
${section(
  'Refused, though right',
  styles.refused.map(({ question, name, why }) => ({ question, operator: name, diff: why })),
  'No right answer is refused.',
)}
${accepted.length === 0 ? '' : section('Accepted (survivors.json)', accepted, '')}
${table('By rule', byOperator)}
${table('By question', byQuestion)}
<section><h2>Caught without a hint</h2><details><summary>${unhinted.length} answers</summary>${unhinted.map(changed)}</details></section>
</main>`;
  return page({ title, body, more: style });
}

function section(title: string, some: readonly (Survivor & { readonly why?: string })[], none: string): Markup {
  return html`<section><h2>${title}</h2>${some.length === 0 ? html`<p>${none}</p>` : some.map(changed)}</section>`;
}

const changed = ({ question, operator, diff, why }: Survivor & { readonly why?: string }): Markup =>
  html`<h3>${clean(question)}: ${clean(operator)}</h3><pre>${clean(diff)}</pre>${why === undefined ? '' : html`<p class="quiet">${clean(why)}</p>`}`;

function table(title: string, rows: Readonly<Record<string, Counts>>): Markup {
  const head = ['', 'Made', 'Caught', 'Told the mistake', ''].map(name => html`<th scope="col">${name}</th>`);
  const row = ([name, { total, caught, hinted }]: readonly [string, Counts]): Markup =>
    html`<tr><th scope="row">${clean(name)}</th><td class="number">${total}</td><td class="number">${caught}</td><td class="number">${hinted}</td><td>${bar(total === 0 ? 0 : hinted / total)}</td></tr>`;
  return html`<section><h2>${title}</h2><table><thead><tr>${head}</tr></thead><tbody>${Object.entries(rows).map(row)}</tbody></table></section>`;
}
