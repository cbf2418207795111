import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readNotebook } from './cells.mjs';
import { matchCells } from './match.mjs';

/** Beside a lab's notebook, which students write into: the same as it was handed out. */
export const releasedName = '.released.ipynb';

/** The labs of a copy of the project. */
export function labsIn(root) {
  const folder = join(root, 'notebooks');
  const isLab = name => existsSync(join(folder, name, `${name}.ipynb`)) || existsSync(join(folder, name, releasedName));
  return existsSync(folder) ? readdirSync(folder).filter(isLab).sort() : [];
}

/** Which of the labs a file is of: by its name, by what stands in it, or by a name that begins so, as copies have (`00-basics (1).ipynb`). */
export function labNamed(labs, file, read) {
  const name = basename(file, '.ipynb');
  if (labs.includes(name)) return name;
  if (read?.lab !== undefined && labs.includes(read.lab)) return read.lab;
  return labs.find(lab => name.startsWith(lab) && !/^[\w]/.test(name.slice(lab.length)));
}

/** A lab's notebook as it was handed out, for a file that came back; undefined where this copy of the project does not know it. */
function releasedOf(root, lab, file) {
  const places = [
    join(dirname(file), releasedName),
    join(root, 'notebooks', lab, releasedName),
    join(root, 'notebooks', lab, `${lab}.ipynb`),
  ];
  for (const place of places.filter(path => existsSync(path) && resolve(path) !== resolve(file))) {
    const read = readNotebook(readFileSync(place));
    if (!read.wrong && (read.lab === undefined || read.lab === lab)) return { ...read, lab };
  }
  return undefined;
}

/**
 * Stands for the released notebook where none is known: the marked cells and those whose id the release gave, answers as if nothing had been
 * written. What was deleted, or stands elsewhere, is then not seen.
 */
function assumedReleased({ cells, lab }) {
  const gradeIds = new Set(cells.flatMap(({ gradeId }) => (gradeId ? [gradeId.slice(0, 56)] : [])));
  const survives = ({ gradeId, id }) => {
    if (gradeId) return true;
    const start = /^(.+)_\d+$/.exec(id ?? '')?.[1];
    return start === 'start' || gradeIds.has(start);
  };
  const isFirst = ({ gradeId }, i, all) => !gradeId || all.findIndex(one => one.gradeId === gradeId) === i;
  const own = cells.filter(survives).filter(isFirst);
  return { cells: own.map(cell => (cell.solution ? { ...cell, source: '' } : cell)), lab };
}

/**
 * A notebook that came back, as the grader reads it, against the one that was handed out: which lab it is of, its cells, and what of them runs.
 * `wrong` says why it cannot be read.
 */
export function matchFile(root, file, bytes) {
  const read = readNotebook(bytes);
  if (read.wrong) return read;
  const lab = labNamed(labsIn(root), file, read) ?? basename(file, '.ipynb');
  return { ...read, lab, match: matchCells(releasedOf(root, lab, file) ?? assumedReleased(read), read) };
}
