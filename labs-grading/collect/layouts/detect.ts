import { GraderError } from '../../base/grader-error.ts';
import { at, isNoise, type Layout, type Parcel } from '../parcel.ts';
import type { Source, SourceFile } from '../source.ts';
import { canvasParcels, isCanvas } from './canvas.ts';
import { folderParcels } from './folder.ts';
import { gradescopeParcels, metadataName } from './gradescope.ts';
import { isMoodle, moodleParcels } from './moodle.ts';
import { nbgraderParcels } from './nbgrader.ts';

/** All layouts, for `--layout`. */
export const layouts: readonly Layout[] = ['folder', 'zip', 'canvas', 'moodle', 'gradescope', 'nbgrader'];

/** The hand-ins of a source, by the layout that it has or that is asked for. @throws GraderError when it does not look like that one. */
export async function parcelsOf(source: Source, lab: string, asked?: Layout): Promise<{ layout: Layout; parcels: Parcel[] }> {
  const all = source.files.filter(({ path }) => !isNoise(path));
  const layout = asked ?? detect(all, lab, source.kind);
  const parcels = await read(layout, unwrapped(all, lab, layout), lab);
  if (parcels.length > 0) return { layout, parcels };
  const seen = all.slice(0, 3).map(({ path }) => path);
  const what = seen.length === 0 ? 'it is empty' : `it has ${seen.join(', ')}${all.length > 3 ? ', …' : ''}`;
  throw new GraderError(
    'collect/source',
    `Nobody’s work for ${lab} is in the source (read as ${layout}): ${what}. --layout names another one: ${layouts.join(', ')}.`,
  );
}

function read(layout: Layout, files: readonly SourceFile[], lab: string): Parcel[] | Promise<Parcel[]> {
  switch (layout) {
    case 'canvas':
      return canvasParcels(files);
    case 'moodle':
      return moodleParcels(files);
    case 'gradescope':
      return gradescopeParcels(files);
    case 'nbgrader':
      return nbgraderParcels(files, lab);
    default:
      return folderParcels(files);
  }
}

/** Which layout the paths have: marks that no other layout has come first. */
function detect(files: readonly SourceFile[], lab: string, kind: Source['kind']): Layout {
  const looksLike = (layout: Layout): boolean => marks[layout]?.(unwrapped(files, lab, layout), lab) ?? false;
  return (['gradescope', 'moodle', 'canvas', 'nbgrader'] as const).find(looksLike) ?? kind;
}

const most = (files: readonly SourceFile[], test: (path: string) => boolean): boolean =>
  files.length > 0 && files.filter(({ path }) => test(path)).length * 2 > files.length;

const marks: Partial<Record<Layout, (files: readonly SourceFile[], lab: string) => boolean>> = {
  gradescope: files => files.some(({ path }) => path === metadataName),
  moodle: files => most(files, isMoodle),
  canvas: files => most(files, path => !path.includes('/') && isCanvas(path)),
  nbgrader: (files, lab) => files.some(({ path }) => path.split('/')[1] === lab && path.split('/')[2] === `${lab}.ipynb`),
};

/** The files without the folder that holds all of them, as an archive of a folder has it; for nbgrader, what is below `submitted`. */
function unwrapped(files: readonly SourceFile[], lab: string, layout: Layout): readonly SourceFile[] {
  const submitted = layout === 'nbgrader' ? files.filter(({ path }) => path.startsWith('submitted/')) : [];
  if (submitted.length > 0) return below(submitted, 'submitted');
  if (layout === 'folder') return files;
  const tops = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.indexOf('/')))));
  const [top = ''] = tops;
  if (tops.size !== 1 || top === '' || isMoodle(files[0]?.path ?? '')) return files;
  const inner = below(files, top);
  // A single student's folder is no wrapper.
  const isStudents = inner.some(({ path }) => path === `${lab}.ipynb` || path.startsWith('deliverables/') || path.startsWith(`${lab}/`));
  return isStudents ? files : inner;
}

const below = (files: readonly SourceFile[], folder: string): SourceFile[] =>
  files.map(file => at(file, file.path.slice(folder.length + 1)));
