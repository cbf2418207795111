import { isAnotherLab } from './another-lab.mjs';
import { isEdited } from './checksum.mjs';
import { limits } from './limits.mjs';
import { isSame, placesOf, questionsIn, textIn } from './looks.mjs';
import { OwnCells } from './own-cells.mjs';
import { isCheckText, isShown, isStub } from './source.mjs';

/** Cells that run checks in the notebook; the grader asks for itself. */
export const isCheck = cell => !cell.solution && (cell.grade || isCheckText(cell.source));

/** Cells of which no answer can need anything: nobody looks at a grader's pictures. */
const isIdle = cell => isCheck(cell) || isShown(cell.source);

/** What a released cell is called: its grade id, else its id, else its place. */
export const nameOf = cell => cell.gradeId ?? cell.id ?? `cell-${cell.index + 1}`;

const anomaly = (kind, about, detail) => ({ kind, about, detail });

/** Cells that one answer may be split into. */
const maximumParts = 40;

/**
 * Finds the answers of a notebook that came back in the cells that were handed out, and says what is odd. `submitted` is what `readNotebook`
 * gives, its cells under the names that they have in the released version. The result holds the code cells that run, in the order of the
 * released notebook: its own, with the student's answers and what they need.
 */
export function matchCells(released, submitted) {
  const sameVersion = released.version === undefined || submitted.version === undefined || released.version === submitted.version;
  const match = new Match(released.cells, submitted.cells, sameVersion);
  const other = isAnotherLab(released, submitted, match);
  if (other === undefined) return match.result(submitted.anomalies);
  const anomalies = [...submitted.anomalies, anomaly('another lab', '', other)];
  return { state: 'another lab', cells: [], untouched: [], anomalies, answers: new Map(), written: 0 };
}

class Match {
  #released;
  #submitted;
  /** No cell has a mark of this lab: an editor has dropped them. */
  #unmarked;
  /** Whether the notebook was made with the released version: another one may lack given cells. */
  #sameVersion;
  #anomalies = [];
  /** Released cell → the submitted cells that stand for it. */
  found = new Map();

  constructor(released, submitted, sameVersion) {
    this.#released = released;
    this.#submitted = submitted;
    this.#sameVersion = sameVersion;
    const known = new Set(released.map(({ gradeId }) => gradeId).filter(Boolean));
    this.#unmarked = known.size > 0 && !submitted.some(({ gradeId }) => known.has(gradeId));
    for (const cell of released) this.found.set(cell, this.#counterparts(cell));
  }

  /** By grade id, else by the cell's id, else by the text that was handed out or the question that is checked. */
  #counterparts(cell) {
    const marked = cell.gradeId === undefined ? [] : this.#submitted.filter(({ gradeId }) => gradeId === cell.gradeId);
    if (marked.length > 0) return marked;
    const free = this.#submitted.filter(({ gradeId, gone }) => !gradeId && !gone);
    const named = free.filter(({ id }) => cell.id !== undefined && id === cell.id);
    if (named.length > 0 || cell.solution) return named;
    const same = free.filter(one => one.type === cell.type && isSame(one, cell));
    if (same.length > 0 || !isCheck(cell)) return same;
    const [question] = questionsIn(cell);
    return question === undefined ? [] : free.filter(one => questionsIn(one).includes(question));
  }

  /** Answers of which anything was found by their ids. */
  get answered() {
    return [...this.found].filter(([cell, found]) => cell.solution && found.length > 0).map(([cell]) => cell);
  }

  result(noted) {
    const chosen = new Map(this.#released.filter(({ solution }) => solution).map(cell => [cell, this.#answer(cell)]));
    const own = new OwnCells(this.#released, this.#submitted, this.found);
    // Without marks every answer is found so, and that is told once.
    const answers = own.complete(chosen, (cell, detail, always) => (always || !this.#unmarked) && this.#note('moved', cell, detail));
    for (const cell of this.#released)
      if (answers.has(cell)) this.#noteAnswer(cell, answers.get(cell), own.isElsewhere(cell));
      else this.#noteGiven(cell);
    if (this.#unmarked) this.#noteLostMarks(answers);
    const untouched = [...answers].filter(([cell, parts]) => !own.isElsewhere(cell) && parts.every(part => isSame(part, cell)));
    return {
      cells: this.#runs(answers, own),
      untouched: untouched.map(([cell]) => nameOf(cell)),
      anomalies: [...noted, ...this.#anomalies],
      answers: new Map([...answers].map(([cell, parts]) => [nameOf(cell), parts])),
      written: [...answers].filter(([cell, parts]) => parts.some(part => !isSame(part, cell) && !isStub(part.source))).length,
    };
  }

  #note(kind, cell, detail) {
    this.#anomalies.push(anomaly(kind, cell === undefined ? '' : nameOf(cell), detail));
  }

  /** The cells that are the answer by their ids, in order: what nobody changed, or has twice, counts only where there is nothing else. */
  #answer(cell) {
    const found = this.found.get(cell);
    const isWritten = one => textIn(one).trim() !== '' && !isSame(one, cell);
    const typed = found.filter(({ type }) => type === cell.type);
    const flipped = found.filter(one => one.type !== cell.type && isWritten(one));
    const isFlipped = flipped.length > 0 && !typed.some(isWritten);
    if (isFlipped)
      this.#note('changed', cell, `the answer was turned into ${flipped[0].type} (${placesOf(flipped)}); it is read as ${cell.type}`);
    const distinct = [...new Map((isFlipped ? flipped : typed).map(one => [textIn(one), one])).values()];
    const written = distinct.filter(isWritten);
    const answers = (written.length > 0 ? written : distinct.slice(0, 1)).slice(0, maximumParts);
    if (answers.length > 1)
      this.#note(
        'duplicated',
        cell,
        `${answers.length} cells have this id (${placesOf(answers)}): all of them, in this order, are the answer`,
      );
    else if (found.length > 1 && answers[0])
      this.#note('duplicated', cell, `${found.length} cells have this id; ${placesOf(answers)} counts`);
    return answers;
  }

  #noteAnswer(cell, parts, elsewhere) {
    if (parts.length === 0 && !elsewhere) this.#note('missing', cell, 'answer cell deleted; the one that was handed out runs');
    if (isTooLong(parts)) this.#note('too long', cell, `an answer has at most ${limits.source} characters`);
  }

  #noteGiven(cell) {
    if (cell.gradeId === undefined || this.#unmarked) return;
    const found = this.found.get(cell);
    const theirs = found.find(({ id }) => id === cell.id) ?? found.at(-1);
    if (!theirs && this.#sameVersion) this.#note('missing', cell, 'cell deleted; the released one is used');
    if (found.length > 1) this.#note('duplicated', cell, `${found.length} cells have this id; the released one is used`);
    if (theirs && isEdited(cell, theirs)) this.#note('changed', cell, 'a given cell was edited; the released one is used');
  }

  #noteLostMarks(answers) {
    const count = [...answers.values()].filter(parts => parts.length > 0).length;
    const how = `${count} of ${answers.size} answers were found by their ids, their text and their place`;
    this.#note('changed', undefined, `the cells have lost the marks that say which is which, as in Colab and other editors; ${how}`);
  }

  #runs(answers, own) {
    const ran = new Set();
    return this.#released.flatMap(cell => {
      if (cell.type !== 'code') return [];
      const place = { id: nameOf(cell), number: cell.index + 1 };
      const parts = answers.get(cell);
      if (!parts) return isIdle(cell) ? [] : [{ ...place, source: cell.source, answer: false }];
      if (parts.length === 0 || isTooLong(parts)) return own.isElsewhere(cell) ? [] : [{ ...place, source: cell.source, answer: true }];
      // A cell with two answers runs once.
      const news = parts.filter(part => !ran.has(part));
      for (const part of news) ran.add(part);
      const run = ({ source, index }, i) =>
        i === 0 ? { ...place, source, answer: true } : { id: `${place.id} (part ${i + 1})`, number: index + 1, source, answer: true };
      return [...own.before(cell), ...news.map(run)];
    });
  }
}

const isTooLong = parts => parts.reduce((sum, { source }) => sum + source.length, 0) > limits.source;

/** Answers in which nobody has written anything: their names, with the cells that stand for them. */
export const openAnswers = ({ answers }) =>
  [...answers].filter(([, parts]) => parts.length > 0 && parts.every(({ source }) => isStub(source)));
