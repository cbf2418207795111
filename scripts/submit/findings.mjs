import { createHash } from 'node:crypto';
import { declared, delivered, uses } from './source.mjs';
import { limits } from './work.mjs';

/** What a student should know before handing in. A `warning` costs points or is refused; a `note` may be as it should be. */
export function findings(work) {
  return [...unanswered(work), ...lostHelpers(work), ...editedCells(work), ...missingDeliverables(work), ...tooLarge(work)];
}

const warning = (about, text) => ({ kind: 'warning', about, text });
const note = (about, text) => ({ kind: 'note', about, text });
const isAnswer = ({ mark }) => mark?.solution === true;
const nameOf = ({ mark, number }) => (mark?.grade_id ? `${mark.grade_id} (cell ${number})` : `cell ${number}`);

/** The line that stands where an answer belongs; see what the release writes. */
const stub = /throw new Error\(\s*(['"`])Not answered yet\.\1\s*\)|^\s*YOUR ANSWER HERE\s*$/m;

function unanswered({ cells }) {
  const open = cells.filter(cell => isAnswer(cell) && (cell.source.trim() === '' || stub.test(cell.source)));
  return open.map(cell => warning(nameOf(cell), 'not answered yet'));
}

/** Whether the grader runs a cell of this place: marked cells, and those whose id the release gave. Others are the student's own. */
function survives({ mark, id }, gradeIds) {
  if (mark) return true;
  const match = /^(.+)_\d+$/.exec(id);
  return match !== null && (match[1] === 'start' || gradeIds.has(match[1]));
}

/** Helpers in cells of the student's own, which the grader does not run, that an answer needs. */
function lostHelpers({ cells }) {
  const code = cells.filter(({ type }) => type === 'code');
  const gradeIds = new Set(code.concat(cells).flatMap(({ mark }) => (mark?.grade_id ? [mark.grade_id.slice(0, 56)] : [])));
  const kept = code.filter(cell => survives(cell, gradeIds));
  const known = new Set(kept.flatMap(({ source }) => [...declared(source)]));
  const lost = code
    .filter(cell => !kept.includes(cell))
    .flatMap(cell => [...declared(cell.source)].map(name => ({ name, number: cell.number })));
  return kept
    .filter(isAnswer)
    .flatMap(cell =>
      lost
        .filter(({ name }) => !known.has(name) && uses(cell.source, name))
        .map(({ name, number }) =>
          warning(nameOf(cell), `uses ${name} from cell ${number}, which is yours alone and is not graded: move ${name} into the answer`),
        ),
    );
}

/** Given cells whose text is no longer that of their checksum (nbgrader's: md5 over source, type, flags, id, points). */
function editedCells({ cells }) {
  const edited = cells.filter(cell => cell.mark?.checksum && !isAnswer(cell) && checksum(cell) !== cell.mark.checksum);
  return edited.map(cell => note(nameOf(cell), 'you changed a given cell; the grader runs the one that was handed out'));
}

function checksum({ source, type, mark: { grade, solution, locked, grade_id: id, points = 0 } }) {
  const python = flag => (flag ? 'True' : 'False');
  const flags = [grade, solution, solution ? false : grade || locked].map(python).join('');
  const float = grade ? (Number.isInteger(points) ? `${points}.0` : String(points)) : '';
  return createHash('md5').update(`${source}${type}${flags}${id}${float}`).digest('hex');
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
