import type { Problem } from '../base/problem.ts';
import type { Cell } from '../release/cells.ts';
import { checksumOf } from '../release/checksum.ts';
import { parseNotebook } from '../release/nbformat.ts';
import { type NbgraderMark, type NbgraderRole, readMark, roleOfMark } from './mark.ts';
import { findRegions, inRegion, type RegionKind, regionKinds, withoutRegions } from './regions.ts';

export interface NbgraderCell {
  readonly type: Cell['type'];
  readonly source: string;
  readonly mark?: NbgraderMark;
  readonly role: NbgraderRole;
}

/** A notebook of an nbgrader course: its cells, what gives points, and what is wrong with it. */
export interface NbgraderNotebook {
  readonly file: string;
  readonly cells: readonly NbgraderCell[];
  readonly questions: readonly { readonly id: string; readonly role: NbgraderRole; readonly points: number }[];
  readonly points: number;
  readonly warnings: readonly Problem[];
  /** With any of these nbgrader refuses the notebook, and so do we. */
  readonly problems: readonly Problem[];
}

/** Reads a notebook with nbgrader's metadata, versions 0 to 3. @throws GraderError when the text is no notebook of format 4. */
export function readNbgraderNotebook(text: string, file: string): NbgraderNotebook {
  const [warnings, problems]: [Problem[], Problem[]] = [[], []];
  const cells = parseNotebook(text, file).map((cell, i): NbgraderCell => {
    const { mark, warnings: told, problem } = readMark(cell);
    const where = { file, cell: mark?.grade_id || String(i + 1) };
    warnings.push(...told.map(message => ({ rule: 'metadata', message, ...where })));
    if (problem !== undefined) problems.push({ rule: 'metadata', message: problem, ...where });
    const read = { type: cell.type, source: cell.source, ...(mark && { mark }), role: roleOfMark(mark) };
    problems.push(...regionProblems(read, where));
    if (/###\s*(HASHED\s+)?AUTOTEST/.test(cell.source))
      warnings.push({ rule: 'autotest', message: 'AUTOTEST lines are filled in by nbgrader alone', ...where });
    return read;
  });
  problems.push(...duplicates(cells, file));
  const questions = cells.flatMap(({ mark, role }) =>
    mark && (mark.grade || role === 'task') ? [{ id: mark.grade_id ?? '', role, points: mark.points ?? 0 }] : [],
  );
  return { file, cells, questions, points: questions.reduce((sum, { points }) => sum + points, 0), warnings, problems };
}

/** Whether a cell may hold regions of a kind. */
const mayHold: Record<RegionKind['name'], (cell: NbgraderCell) => boolean> = {
  solution: ({ mark }) => mark?.solution === true,
  'hidden tests': ({ mark }) => mark?.grade === true,
  'mark scheme': ({ mark }) => mark?.task === true,
};

/** A picture that lies in the cell's metadata, where a region does not reach. */
const attachment = /!\[.*\]\(attachment:.+?\)/;

/** In nbgrader's order: what one kind takes out, the next does not see. */
function regionProblems(cell: NbgraderCell, where: Pick<Problem, 'file' | 'cell'>): Problem[] {
  const problems: Problem[] = [];
  let left = cell.source;
  for (const kind of regionKinds) {
    const { regions, wrong } = findRegions(left, kind);
    if (wrong) return [...problems, { rule: 'region', message: wrong, ...where }];
    if (regions.length > 0 && !mayHold[kind.name](cell))
      problems.push({ rule: 'region', message: `a ${kind.name} region in a cell of the role ${cell.role}`, ...where });
    if (kind.name === 'mark scheme' && left.split('\n').some((line, i) => attachment.test(line) && regions.some(inRegion(i))))
      problems.push({ rule: 'region', message: 'a mark scheme with an attachment, which students would get', ...where });
    const whole = kind.name === 'solution' && cell.mark?.solution === true && regions.length === 0;
    left = whole ? '' : withoutRegions(left, regions);
  }
  return problems;
}

function duplicates(cells: readonly NbgraderCell[], file: string): Problem[] {
  const seen = new Set<string>();
  return cells.flatMap(({ mark }): Problem[] => {
    if (!mark || !(mark.grade || mark.solution || mark.locked) || !mark.grade_id) return [];
    if (seen.has(mark.grade_id)) return [{ rule: 'unique id', message: 'another cell has the same grade_id', file, cell: mark.grade_id }];
    seen.add(mark.grade_id);
    return [];
  });
}

/** nbgrader's checksum of a cell as it is now; undefined for one without a mark or an id. */
export function checksumOfCell({ type, source, mark }: NbgraderCell): string | undefined {
  return mark?.grade_id === undefined ? undefined : checksumOf({ type, source, metadata: { nbgrader: mark } });
}

/** Ids of cells whose content is not what their checksum was written of. */
export function changedCells({ cells }: NbgraderNotebook): string[] {
  return cells.flatMap(cell =>
    cell.mark?.checksum !== undefined && cell.mark.checksum !== checksumOfCell(cell) ? [cell.mark.grade_id ?? ''] : [],
  );
}
