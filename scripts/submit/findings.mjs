import { basename } from 'node:path';
import { openAnswers } from '../notebook/reader.mjs';
import { delivered } from '../notebook/source.mjs';
import { limits } from './work.mjs';

/** What a student should know before handing in. A `warning` costs points or is refused; a `note` may be as it should be. */
export function findings(work) {
  return [...renamed(work), ...unanswered(work), ...oddities(work), ...missingDeliverables(work), ...tooLarge(work)];
}

const warning = (about, text) => ({ kind: 'warning', about, text });
const note = (about, text) => ({ kind: 'note', about, text });
const nameOf = cell => (cell.gradeId ? `${cell.gradeId} (cell ${cell.index + 1})` : `cell ${cell.index + 1}`);

const renamed = ({ path, lab }) =>
  basename(path) === `${lab}.ipynb` ? [] : [note(basename(path), `it is handed in as ${lab}.ipynb, the lab that it is of`)];

const unanswered = ({ match }) => openAnswers(match).map(([name, [cell]]) => warning(placeOf(match, name, cell), 'not answered yet'));

/** What the grader will say of the notebook, in its words. */
function oddities({ match }) {
  const costs = ({ kind, about }) =>
    ['unreadable', 'another lab', 'too long'].includes(kind) || (kind === 'missing' && match.answers.has(about));
  return match.anomalies.map(one => (costs(one) ? warning : note)(placeOf(match, one.about), one.detail));
}

function placeOf({ answers }, name, cell = answers.get(name)?.[0]) {
  return name === '' ? 'notebook' : cell ? `${name} (cell ${cell.index + 1})` : name;
}

const minutes = 60_000;

function missingDeliverables({ cells, files, left, saved }) {
  const wanted = new Map(cells.filter(({ type }) => type === 'code').flatMap(cell => delivered(cell.source).map(name => [name, cell])));
  const found = [...wanted].flatMap(([name, cell]) => {
    const file = files.find(one => one.name === `${name}.json`);
    if (!file) return [warning(nameOf(cell), `deliver('${name}') has saved nothing: run this cell, and wait until it is done`)];
    const age = Math.round((saved - file.saved) / minutes);
    const late = `deliverables/${name}.json is ${age} minutes older than the notebook: run this cell again if you changed what leads to it`;
    return age > 10 ? [note(nameOf(cell), late)] : [];
  });
  return [...found, ...left.map(name => note(`deliverables/${name}`, 'left out: not a file that deliver() writes'))];
}

function tooLarge({ text, files }) {
  const size = bytes => `${(bytes / 2 ** 20).toFixed(1)} MB`;
  const found = [];
  if (text.length > limits.notebook)
    found.push(warning('notebook', `${size(text.length)}; at most ${size(limits.notebook)} are taken: clear large outputs and save`));
  for (const file of files.filter(one => one.size > limits.deliverable))
    found.push(warning(`deliverables/${file.name}`, `${size(file.size)}; at most ${size(limits.deliverable)} are taken`));
  if (files.length > limits.deliverables)
    found.push(warning('deliverables', `${files.length} files; at most ${limits.deliverables} are taken`));
  return found;
}
