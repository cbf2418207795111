import { html, raw } from 'hono/html';
import { moment, points } from '../page/clean.ts';
import { bar, type Markup, page } from '../page/frame.ts';
import type { Feedback } from './feedback.ts';
import { contrastPicture } from './heatmap.ts';
import { type FeedbackQuestion, lookOf, pointsOf, type ShownItem, stateOf } from './question.ts';

const style = `
.top { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; justify-content: space-between; align-items: flex-end; }
.total { font-size: 2.2rem; font-weight: 650; line-height: 1; font-variant-numeric: tabular-nums; white-space: nowrap; }
.total small { font-size: 1.1rem; font-weight: 400; color: var(--quiet); }
.head { display: flex; gap: 1rem; justify-content: space-between; flex-wrap: wrap; align-items: baseline; }
.head strong { font-variant-numeric: tabular-nums; white-space: nowrap; }
.item { border-top: 1px solid var(--edge); padding: .7rem 0 .2rem; margin-top: .7rem; }
.asked { font-weight: 600; }
.overview td:nth-child(2) { width: 35%; } .overview td:last-child { overflow-wrap: normal; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
.prose { overflow-wrap: anywhere; } .prose img { max-width: 100%; height: auto; background: #fff; } .prose h1, .prose h2 { font-size: 1.05rem; }
.prose pre { white-space: pre-wrap; }
`;

/** How many failures stand open; one mistake often fails many cases. */
const open = 3;

/** The feedback as one HTML file. */
export function feedbackPage(feedback: Feedback): string {
  const { title, student, name, questions } = feedback;
  const who = name === undefined ? student : `${name} (${student})`;
  const body = html`<main>
<header>
<div class="top"><div><h1>${title}</h1><p class="quiet">Feedback for ${who}</p></div>${total(feedback)}</div>
${feedback.draft ? html`<p class="note part"><strong>Draft.</strong> These grades are not published and may change.</p>` : ''}
${facts(feedback)}
</header>
<section aria-labelledby="overview"><h2 id="overview">Points</h2>${overview(feedback)}</section>
${questions.map((question, i) => section(question, i))}
${cells(feedback)}
${notes(feedback)}
</main>
<footer><p>Of hidden cases you see how many there were and what their author has to say, so that the next students meet them fresh.</p></footer>`;
  return page({ title: `${title}: feedback for ${student}`, body, more: style });
}

function total({ score, maximum, waits, hasTotal }: Feedback): Markup {
  if (!hasTotal) return html`<p class="total"><small>${waits ?? ''}</small></p>`;
  const open = waits === undefined ? '' : ` so far, ${waits}`;
  return html`<p class="total">${points(score)} <small>of ${points(maximum)} points${open}</small></p>`;
}

function facts(feedback: Feedback): Markup {
  const { submittedAt, due, submissions, raw, latePenalty, lateReason } = feedback;
  const rows: readonly (readonly [string, Markup | string])[] = [
    ['Handed in', submittedAt === undefined ? 'nothing' : moment(submittedAt, due)],
    ...(due === undefined ? [] : ([['Due', moment(due, due)]] as const)),
    ...(submissions > 1 ? ([['Attempts', `${submissions}; this is the one that counts`]] as const) : []),
    ...(latePenalty > 0
      ? ([['Late', `${points(raw)} − ${points(latePenalty)} points${lateReason ? `: ${lateReason}` : ''}`]] as const)
      : []),
    ...(latePenalty === 0 && lateReason ? ([['Lateness', lateReason]] as const) : []),
  ];
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function overview({ questions }: Feedback): Markup {
  const row = (question: FeedbackQuestion, i: number): Markup => {
    const [mark, look] = lookOf(question);
    return html`<tr><th scope="row"><span class="${look}" aria-hidden="true">${mark}</span> <a href="#q${i + 1}">${question.title}</a></th>
<td>${bar(question.score / question.maximum, look)}</td><td class="number">${pointsOf(question)}</td><td>${stateOf(question)}</td></tr>`;
  };
  const head = html`<thead><tr><th scope="col">Question</th><th scope="col">Share</th><th scope="col" class="number">Points</th><th scope="col">State</th></tr></thead>`;
  return html`<table class="overview">${head}<tbody>${questions.map(row)}</tbody></table>`;
}

function section(question: FeedbackQuestion, index: number): Markup {
  const [mark, look] = lookOf(question);
  const { told, staff, withheld, failed, changed } = question;
  return html`<section id="q${index + 1}">
<div class="head"><h2><span class="${look}" aria-hidden="true">${mark}</span> ${question.title}</h2>
<strong>${pointsOf(question)} points</strong></div>
${told === undefined ? '' : html`<p class="note">${told}</p>`}
${changed.map(text => html`<p class="note part">${text}</p>`)}
${staff.length > 0 ? html`<p class="quiet">Checked with the library’s version of: ${staff.join(', ')}.</p>` : ''}
${answer(question)}
${comments(question)}
${parts(question)}
${failed.slice(0, open).map(item)}
${failed.length > open ? html`<details><summary>${failed.length - open} more failed</summary>${failed.slice(open).map(item)}</details>` : ''}
${withheld ? html`<p class="quiet">What your code answered is left out here. <code>await check('${question.id}')</code> in your notebook shows it.</p>` : ''}
${hidden(question)}
${passes(question)}
</section>`;
}

/** The student's own text, folded away: it comes sanitised. */
function answer({ answer: text }: FeedbackQuestion): Markup | string {
  return text === undefined ? '' : html`<details><summary>Your answer</summary><div class="prose">${raw(text)}</div></details>`;
}

function comments({ comments: said }: FeedbackQuestion): Markup | string {
  if (said.length === 0) return '';
  const line = ({ text, points: value }: FeedbackQuestion['comments'][number]): Markup =>
    html`<li class="mono-wrap">${value === undefined ? '' : html`<strong>${value > 0 ? '+' : ''}${points(value)}</strong> `}${lines(text)}</li>`;
  return html`<h3>Comments</h3><ul>${said.map(line)}</ul>`;
}

const lines = (text: string): Markup[] => text.split('\n').map((line, i) => html`${i > 0 ? html`<br>` : ''}${line}`);

function parts({ parts: of }: FeedbackQuestion): Markup | string {
  if (of.length === 0) return '';
  const row = ({ id, points: worth, passed }: FeedbackQuestion['parts'][number]): Markup =>
    html`<li><span class="${passed ? 'good' : 'bad'}" aria-hidden="true">${passed ? '✓' : '✗'}</span> ${id}: ${points(passed ? worth : 0)} / ${points(worth)}</li>`;
  return html`<h3>Parts</h3><ul>${of.map(row)}</ul>`;
}

function item({ asked, expected, got, where, hint, arrays }: ShownItem): Markup {
  const rows = [['expected', expected] as const, ['got', got] as const, ['where', where] as const].filter(
    ([, value]) => value !== undefined,
  );
  return html`<div class="item"><p class="asked"><span class="bad" aria-hidden="true">✗</span> <code>${asked}</code></p>
${rows.length > 0 ? html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl>` : ''}
${(arrays && contrastPicture(arrays)) ?? ''}
${hint === undefined ? '' : html`<p class="note part"><strong>Hint</strong> ${hint}</p>`}</div>`;
}

function hidden({ hidden: { passed, failed, hints } }: FeedbackQuestion): Markup | string {
  if (passed + failed === 0) return '';
  const [mark, look] = failed === 0 ? ['✓', 'good'] : ['✗', 'bad'];
  return html`<div class="item"><p><span class="${look}" aria-hidden="true">${mark}</span> Hidden cases: ${passed} passed, ${failed} failed.</p>
${hints.map(hint => html`<p class="note part"><strong>Hint</strong> ${hint}</p>`)}</div>`;
}

function passes({ passed }: FeedbackQuestion): Markup | string {
  if (passed.length === 0) return '';
  const line = (asked: string): Markup => html`<li><span class="good" aria-hidden="true">✓</span> <code>${asked}</code></li>`;
  return html`<details><summary>${passed.length} passed</summary><ul>${passed.map(line)}</ul></details>`;
}

function cells({ cells: failed }: Feedback): Markup | string {
  if (failed.length === 0) return '';
  const row = ({ id, state, message, where }: Feedback['cells'][number]): Markup =>
    html`<div class="item"><p><code>${id}</code>: ${state}${where === undefined ? '' : html`, <code>${where}</code>`}</p>${message === undefined ? '' : html`<p><code>${message}</code></p>`}</div>`;
  return html`<section aria-labelledby="cells"><h2 id="cells">Cells that did not run to their end</h2>${failed.map(row)}</section>`;
}

function notes({ notes: told }: Feedback): Markup | string {
  if (told.length === 0) return '';
  const why = html`<p class="quiet">Nothing here costs points by itself.</p>`;
  return html`<section aria-labelledby="notes"><h2 id="notes">About your files</h2>${why}<ul>${told.map(line => html`<li>${line}</li>`)}</ul></section>`;
}
