import { isSame, namesIn, needsOf, placesOf, questionsIn, textIn } from './looks.mjs';
import { declared, freeNames, importsOf, isStub } from './source.mjs';

/** Characters of the student's own cells that are looked at; what is beyond is nobody's handwriting. */
const maximumLooked = 500_000;
const maximumCells = 40;

const isCode = ({ type }) => type === 'code';

/**
 * The cells that a student added or changed beside the answers: an answer may have been written there, and answers may need what they declare.
 * The notebook's checks accept both, since there a name is a name; so the grader runs them, and says so.
 */
export class OwnCells {
  #released;
  #found;
  #submitted;
  #cells;
  #elsewhere = new Set();
  #before = new Map();

  constructor(released, submitted, found) {
    this.#released = released;
    this.#found = found;
    this.#submitted = submitted;
    const given = new Set(released.map(textIn));
    const answers = new Set(released.flatMap(cell => (cell.solution ? found.get(cell) : [])));
    let room = maximumLooked;
    this.#cells = submitted.filter(cell => {
      if (answers.has(cell) || cell.gone || cell.source.length > room || given.has(textIn(cell))) return false;
      room -= cell.source.length;
      return true;
    });
  }

  /** Whether an answer stands in another answer's cell. */
  isElsewhere(cell) {
    return this.#elsewhere.has(cell);
  }

  /** Cells of the student's own that run before an answer. */
  before(cell) {
    return this.#before.get(cell) ?? [];
  }

  /** The answers with what was found of them elsewhere. `note` is told of which answer something is odd, what, and whether it needs more than itself. */
  complete(answers, note) {
    const completed = new Map();
    for (const [cell, parts] of answers) completed.set(cell, isCode(cell) ? this.#completed(cell, { parts, answers, note }) : parts);
    for (const [cell, parts] of completed)
      if (parts.length === 0 && !this.isElsewhere(cell)) completed.set(cell, this.#atPlace(cell, completed, note));
    this.#addHelpers(completed, note);
    return completed;
  }

  /** Adds the cells that declare what the answer's own cells do not. */
  #completed(cell, { parts, answers, note }) {
    const written = parts.filter(({ source }) => !isStub(source));
    const there = new Set(written.flatMap(part => [...namesIn(part)]));
    const absent = [...namesIn(cell)].filter(name => !there.has(name));
    const declares = one => absent.filter(name => namesIn(one).has(name));
    const cells = this.#cells.filter(one => isCode(one) && declares(one).length > 0).slice(0, maximumCells);
    const others = written.length > 0 ? [] : [...answers].flatMap(([other, own]) => (other === cell ? [] : own));
    const inOthers = others.filter(one => !isStub(one.source) && declares(one).length > 0);
    const covered = new Set([...cells, ...inOthers].flatMap(declares));
    if (covered.size === 0) return parts;
    const kept = absent.every(name => covered.has(name)) ? written : parts;
    const names = [...covered].join(', ');
    if (cells.length > 0) note(cell, `${names} stands in ${placesOf(cells)} and not in the answer’s own cell; it counts as the answer`);
    else {
      note(cell, `${names} stands in ${placesOf(inOthers)}, the cell of another answer; it counts`);
      if (kept.length === 0) this.#elsewhere.add(cell);
    }
    return [...kept, ...cells];
  }

  /** The cells of the student's own between the neighbours of an answer whose cell is gone; one alone where another answer is gone there too. */
  #atPlace(cell, answers, note) {
    const at = this.#released.indexOf(cell);
    const placeOf = one => (answers.get(one) ?? this.#found.get(one) ?? [])[0]?.index;
    const isPlaced = one => placeOf(one) !== undefined;
    const from = this.#released.slice(0, at).findLastIndex(isPlaced);
    const to = this.#released.findIndex((one, i) => i > at && isPlaced(one));
    const low = from < 0 ? -1 : placeOf(this.#released[from]);
    const high = to < 0 ? Number.POSITIVE_INFINITY : placeOf(this.#released[to]);
    const gone = this.#released.slice(from + 1, to < 0 ? undefined : to).filter(one => one.solution && one.type === cell.type);
    const taken = new Set([...answers.values()].flat());
    const isFree = one => one.index > low && one.index < high && !taken.has(one) && !one.gradeId && !one.gone && one.source.trim() !== '';
    const between = this.#cells
      .filter(one => isFree(one) && one.type === cell.type && questionsIn(one).length === 0)
      .slice(0, maximumCells);
    if (between.length === 0 || (between.length > 1 && gone.length > 1))
      return this.#submitted.filter(one => isFree(one) && isSame(one, cell)).slice(0, 1);
    note(cell, `its cell is gone; ${placesOf(between)} in its place ${between.length === 1 ? 'counts' : 'count'} as the answer`);
    return between;
  }

  /** Cells that answers need and that are the student's own, each before the first answer that uses a name of it. */
  #addHelpers(answers, note) {
    const parts = new Set([...answers.values()].flat());
    const runs = [...this.#released.filter(one => !one.solution), ...parts].filter(isCode);
    const known = new Set(runs.flatMap(one => [...namesIn(one)]));
    const helpers = this.#cells.filter(one => isCode(one) && !parts.has(one)).flatMap(one => this.#helper(one, known));
    const placed = new Set();
    for (const [cell, own] of answers) {
      const needed = isCode(cell) ? neededBy(own, helpers, placed).slice(0, maximumCells) : [];
      if (needed.length === 0) continue;
      for (const helper of needed) placed.add(helper);
      const run = ({ index, source }) => ({ id: `own cell ${index + 1}`, number: index + 1, source, answer: true });
      this.#before.set(cell, needed.map(run));
      note(cell, `it uses ${usedOf(needed, own)} from ${placesOf(needed)}, of your own beside the answers; that runs before it`, true);
    }
  }

  /** What a cell gives to answers: of a given cell that was edited its imports alone, since the released one runs. */
  #helper(cell, known) {
    const edited = [...this.#found].some(([one, found]) => !one.solution && found.includes(cell));
    const source = edited ? importsOf(cell.source) : cell.source;
    const names = [...declared(source)].filter(name => !known.has(name));
    return names.length > 0 ? [{ index: cell.index, source, names, needs: freeNames(source) }] : [];
  }
}

/** Names of helpers that cells, or other helpers, use. */
function usedOf(helpers, cells) {
  const wanted = new Set([...cells.map(needsOf), ...helpers.map(({ needs }) => needs)].flatMap(names => [...names]));
  const names = helpers.flatMap(helper => helper.names.filter(name => wanted.has(name)));
  return names.slice(0, 10).join(', ');
}

/** The helpers that cells use, by themselves or through each other, in the order of the notebook. */
function neededBy(cells, helpers, placed) {
  const needed = new Set();
  const open = cells.map(needsOf);
  for (const names of open)
    for (const helper of helpers) {
      if (placed.has(helper) || needed.has(helper) || !helper.names.some(name => names.has(name))) continue;
      needed.add(helper);
      open.push(helper.needs);
    }
  return helpers.filter(helper => needed.has(helper));
}
