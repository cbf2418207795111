// The one reader of notebooks that come back: what `submit` and `check` tell a student is what `collect`, `grade` and `review` tell a person.

export { readNotebook } from './cells.mjs';
export { maximumMarks, maximumNesting, parseHostile } from './json.mjs';
export { assumedReleased, labNamed, labsIn, releasedName, releasedOf } from './lab.mjs';
export { limits } from './limits.mjs';
export { matchCells, nameOf, openAnswers } from './match.mjs';
export { delivered } from './source.mjs';
export { textOf } from './text.mjs';
