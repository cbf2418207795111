import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { limits, matchFile } from '../notebook/reader.mjs';

/** Why nothing can be packed: what is wrong, and what to do. */
export class SubmitError extends Error {}

/** What the grader takes; more is refused there, so it is told here. */
export { limits };

const deliverableName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(json|safetensors)$/;

/** The notebook of a lab: by the lab's name, its folder, or the notebook's path. */
export function notebookOf(root, lab) {
  const inProject = join(root, 'notebooks', lab, `${lab}.ipynb`);
  const places = [inProject, resolve(lab), join(resolve(lab), `${basename(resolve(lab))}.ipynb`)];
  const found = places.find(place => place.endsWith('.ipynb') && existsSync(place));
  if (found) return found;
  const folder = join(root, 'notebooks');
  const labs = existsSync(folder) ? readdirSync(folder).filter(name => existsSync(join(folder, name, `${name}.ipynb`))) : [];
  throw new SubmitError(
    `There is no notebook of a lab called ${lab}. Labs here: ${labs.join(', ') || 'none'}. A path to the notebook works too.`,
  );
}

/** Everything that is handed in: the notebook as the grader reads it, and the deliverables beside it, with what was left out. */
export function workAt(path, root = join(dirname(path), '../..')) {
  const text = readFileSync(path);
  const folder = join(dirname(path), 'deliverables');
  const deliverables = existsSync(folder) ? filesIn(folder) : { files: [], left: [] };
  const read = matchFile(root, path, text);
  if (read.wrong) throw new SubmitError(`${path} is not a notebook: ${read.wrong}. Open it in JupyterLab, or take your last good copy.`);
  const { lab, cells, match, version: labVersion } = read;
  return { lab, path, text, cells, match, labVersion, saved: statSync(path).mtimeMs, ...deliverables };
}

function filesIn(folder) {
  const names = readdirSync(folder)
    .filter(name => !name.startsWith('.'))
    .sort();
  const regular = names.filter(name => deliverableName.test(name) && lstatSync(join(folder, name)).isFile());
  const files = regular.map(name => {
    const { mtimeMs, size } = statSync(join(folder, name));
    return { name, path: join(folder, name), saved: mtimeMs, size };
  });
  return { files, left: names.filter(name => !regular.includes(name)) };
}
