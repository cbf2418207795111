import { createHash } from 'node:crypto';
import { isSame } from './looks.mjs';

/** nbgrader's checksum of a marked cell: md5 over source, type, flags, id, points. */
export function isIntact({ source, type, grade, solution, locked, gradeId, points = 0, checksum }) {
  const python = flag => (flag ? 'True' : 'False');
  const flags = [grade, solution, solution ? false : grade || locked].map(python).join('');
  const float = grade ? (Number.isInteger(points) ? `${points}.0` : String(points)) : '';
  return createHash('md5').update(`${source}${type}${flags}${gradeId}${float}`).digest('hex') === checksum;
}

/**
 * Whether a given cell is no longer what was handed out. One of an older version of the lab has another text, and its own checksum; where no
 * released notebook is known, the checksum alone tells.
 */
export function isEdited(released, theirs) {
  const hasChecksum = theirs.checksum !== undefined;
  if (released === theirs) return hasChecksum && !isIntact(theirs);
  if (isSame(released, theirs) && released.type === theirs.type) return false;
  return !hasChecksum || !isIntact(theirs);
}
