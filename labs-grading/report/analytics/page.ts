import { html } from 'hono/html';
import { clean, points } from '../page/clean.ts';
import { bar, type Markup, page } from '../page/frame.ts';
import type { Analytics, QuestionFigures, Spread } from './analytics.ts';
import { itemMap, scoreHistogram } from './charts.ts';
import type { Cluster } from './clusters.ts';

const style = `
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.tiles > div { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: .7rem 1rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; } .tiles span { color: var(--quiet); font-size: .85rem; }
td .bar { min-width: 4.5rem; }
`;

/** The analytics as one HTML file, for teaching staff only: it names students and what hidden cases asked. */
export function analyticsPage(analytics: Analytics): string {
  const { title, totals, maximum, questions, warnings, students } = analytics;
  const dots = questions.map(question => ({ ...question, name: clean(question.title) }));
  const body = html`<main>
<header><h1>${clean(title)}: analytics</h1><p class="quiet">For teaching staff. Everything is about the ${students} students whose submission could be graded${absences(analytics)}.</p></header>
${tiles(analytics)}
${warnings.length > 0 ? html`<section aria-labelledby="w"><h2 id="w">To look at</h2>${warnings.map(text => html`<p class="note bad">${clean(text)}</p>`)}</section>` : ''}
${students > 0 ? html`<section aria-labelledby="p"><h2 id="p">Points</h2>${scoreHistogram(totals, maximum)}</section>` : ''}
<section aria-labelledby="q"><h2 id="q">Questions</h2>${questionTable(questions)}
${students > 1 ? html`<h3>Difficulty and discrimination</h3>${itemMap(dots)}` : ''}${legend()}</section>
${clusters(['known', 'Known wrong answers', 'Told by the hint that the student got.'], analytics.known)}
${clusters(['unforeseen', 'Wrong answers that several students share', 'No hint knows them yet: candidates for the check’s known mistakes, or for a clearer text.'], analytics.unforeseen)}
${clusters(['errors', 'Errors', 'Alike but for numbers (N) and paths (PATH). The first column names the question or the cell.'], analytics.errors)}
${checks(questions)}
${cost(analytics)}
</main>`;
  return page({ title: `${clean(title)}: analytics`, body, more: style });
}

const absences = ({ absent, ungraded }: Analytics): string =>
  `${absent > 0 ? `; ${absent} handed nothing in` : ''}${ungraded > 0 ? `; ${ungraded} not graded` : ''}`;

const figure = (value: number | undefined, digits = 2): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);

function tiles({ students, mean, median, deviation, alpha, kr20, standardError, maximum }: Analytics): Markup {
  const facts: readonly (readonly [string, string])[] = [
    [String(students), 'students'],
    [figure(mean, 1), `mean of ${points(maximum)} points`],
    [figure(median, 1), 'median'],
    [figure(deviation, 1), 'standard deviation'],
    [figure(alpha), 'Cronbach’s α (points)'],
    [figure(kr20), 'KR-20 (solved or not)'],
    [figure(standardError, 1), 'standard error, points'],
  ];
  return html`<div class="tiles">${facts.map(([value, name]) => html`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;
}

const lookOf = (share: number): string => (share >= 0.8 ? 'good' : share >= 0.4 ? 'part' : 'bad');

function questionTable(questions: readonly QuestionFigures[]): Markup {
  const row = (question: QuestionFigures, i: number): Markup => {
    const { title, points: worth, mean, difficulty, discrimination, states } = question;
    const [passed, partial, failed] = ['passed', 'partial', 'failed'].map(state => states[state] ?? 0);
    const other = Object.entries(states).filter(([state]) => !['passed', 'partial', 'failed'].includes(state));
    const bad = discrimination !== undefined && discrimination < 0;
    return html`<tr><td class="number">${i + 1}</td><th scope="row"><a href="#c${i + 1}">${clean(title)}</a></th><td class="number">${figure(mean)} / ${points(worth)}</td>
<td>${bar(difficulty, lookOf(difficulty))}</td><td class="number">${figure(difficulty)}</td><td class="number ${bad ? 'bad' : ''}">${figure(discrimination)}</td>
<td class="number">${passed}</td><td class="number">${partial}</td><td class="number">${failed}</td><td>${other.map(([state, count]) => `${count} ${state}`).join(', ')}</td></tr>`;
  };
  const names = ['', 'Question', 'Mean', 'Difficulty', 'p', 'r', 'Passed', 'Partial', 'Failed', 'Other'];
  const head = names.map(name => (name === '' ? html`<td></td>` : html`<th scope="col">${name}</th>`));
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table of questions"><table><thead><tr>${head}</tr></thead><tbody>${questions.map(row)}</tbody></table></div>`;
}

function legend(): Markup {
  return html`<p class="quiet">p: mean share of the points, 1 is easiest. r: correlation with the points on all other questions; above 0.2 a question tells students apart, below 0 something is wrong with it.
A class with many equal scores makes r and α unsteady.</p>`;
}

/** Clusters that a page lists; a longer tail says little. */
const listed = 25;

function clusters([id, title, text]: readonly [string, string, string], found: readonly Cluster[]): Markup | string {
  if (found.length === 0) return '';
  const row = ({ question, text: said, students }: Cluster): Markup => {
    const who = students.map(clean).join(', ');
    const names = students.length <= 3 ? who : html`<details><summary>who</summary>${who}</details>`;
    return html`<tr><th scope="row">${clean(question)}</th><td><code>${clean(said)}</code></td><td class="number">${students.length}</td><td>${names}</td></tr>`;
  };
  const head = ['Question', 'What', 'Students', 'Who'].map(name => html`<th scope="col">${name}</th>`);
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><p class="quiet">${text}</p>
<table><thead><tr>${head}</tr></thead><tbody>${found.slice(0, listed).map(row)}</tbody></table>
${found.length > listed ? html`<p class="quiet">${found.length - listed} more, each with at most ${found[listed]?.students.length} students.</p>` : ''}</section>`;
}

function checks(questions: readonly QuestionFigures[]): Markup {
  const row = ({ id, asked, hidden, passed, students, difficulty, discrimination }: QuestionFigures['checks'][number]): Markup =>
    html`<tr><th scope="row">${clean(id)}${hidden ? html` <span class="quiet">hidden</span>` : ''}</th><td><code>${clean(asked)}</code></td>
<td class="number">${passed} / ${students}</td><td class="number">${figure(difficulty)}</td><td class="number">${figure(discrimination)}</td></tr>`;
  const head = ['Check', 'Asked', 'Passed', 'p', 'r'].map(name => html`<th scope="col">${name}</th>`);
  const block = (question: QuestionFigures, i: number): Markup => html`<h3 id="c${i + 1}">${i + 1}. ${clean(question.title)}</h3>
${question.checks.length === 0 ? html`<p class="quiet">People grade it.</p>` : html`<details><summary>${question.checks.length} checks</summary><table><thead><tr>${head}</tr></thead><tbody>${question.checks.map(row)}</tbody></table></details>`}`;
  return html`<section aria-labelledby="k"><h2 id="k">Checks</h2><p class="quiet">A check that a student’s answer never reached counts as failed.</p>${questions.map(block)}</section>`;
}

function cost({ wall, cpu }: Analytics): Markup | string {
  if (!wall || !cpu) return '';
  const row = (name: string, { median, p95, most }: Spread): Markup =>
    html`<tr><th scope="row">${name}</th>${[median, p95, most].map(ms => html`<td class="number">${(ms / 1000).toFixed(2)} s</td>`)}</tr>`;
  const head = ['Per notebook', 'Median', '95th percentile', 'Most'].map(
    (name, i) => html`<th scope="col" class="${i > 0 ? 'number' : ''}">${name}</th>`,
  );
  return html`<section aria-labelledby="t"><h2 id="t">Time to grade</h2><table><thead><tr>${head}</tr></thead><tbody>${row('Wall clock', wall)}${row('CPU, compiling included', cpu)}</tbody></table></section>`;
}
