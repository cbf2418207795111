// The one reader of notebooks that come back: what `submit` and `check` tell a student is what `collect`, `grade` and `review` tell a person.

export { readNotebook } from './cells.mjs';
export { parseHostile } from './json.mjs';
export { labNamed, labsIn, matchFile, releasedName } from './lab.mjs';
export { limits } from './limits.mjs';
export { matchCells, openAnswers } from './match.mjs';
export { delivered } from './source.mjs';
export { textOf } from './text.mjs';
