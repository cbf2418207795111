import { GraderError } from '../../base/grader-error.ts';
import { at, type Layout, type Parcel, withoutNoise } from '../parcel.ts';
import type { Refusal, Source, SourceFile } from '../source.ts';
import { canvasParcels, isCanvas } from './canvas.ts';
import { folderParcels } from './folder.ts';
import { gradescopeParcels, metadataName } from './gradescope.ts';
import { isMoodle, moodleParcels } from './moodle.ts';
import { nbgraderParcels } from './nbgrader.ts';

/** All layouts, for `--layout`. */
export const layouts: readonly Layout[] = ['folder', 'zip', 'canvas', 'moodle', 'gradescope', 'nbgrader'];

/** What the lab tells about what its students hand in. */
export interface AskedSource {
  readonly lab: string;
  readonly layout?: Layout;
  /** Names of what the lab delivers. */
  readonly delivers?: readonly string[];
}

/** The hand-ins of a source, and what in it is nobody's. */
export interface ReadSource {
  readonly layout: Layout;
  readonly parcels: readonly Parcel[];
  readonly strays: readonly Refusal[];
}

/** The hand-ins of a source, by the layout that it has or that is asked for. @throws GraderError when it does not look like that one. */
export async function parcelsOf(source: Source, { lab, layout: asked, delivers = [] }: AskedSource): Promise<ReadSource> {
  const all = withoutNoise(source.files);
  const layout = asked ?? detect(all, lab, source.kind);
  const files = unwrapped(all, lab, layout);
  const parcels = await read(layout, files, { lab, delivers });
  if (parcels.length > 0) return { layout, parcels, strays: straysOf(files, layout) };
  const seen = all.slice(0, 3).map(({ path }) => path);
  const what = seen.length === 0 ? 'it is empty' : `it has ${seen.join(', ')}${all.length > 3 ? ', …' : ''}`;
  throw new GraderError(
    'collect/source',
    `Nobody’s work for ${lab} is in the source (read as ${layout}): ${what}. --layout names another one: ${layouts.join(', ')}.`,
  );
}

function read(
  layout: Layout,
  files: readonly SourceFile[],
  { lab, delivers }: Required<Omit<AskedSource, 'layout'>>,
): Parcel[] | Promise<Parcel[]> {
  switch (layout) {
    case 'canvas':
      return canvasParcels(files, delivers);
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

/** Names that a course system's archive does not have: nobody knows whose they are. */
function straysOf(files: readonly SourceFile[], layout: Layout): Refusal[] {
  const known: Partial<Record<Layout, (path: string) => boolean>> = { canvas: isCanvas, moodle: isMoodle };
  const isKnown = known[layout];
  if (!isKnown) return [];
  const reason = `its name is not as ${layout === 'canvas' ? 'Canvas' : 'Moodle'} writes them, so nobody knows whose it is`;
  return files.flatMap(({ path }) => (isKnown(path) ? [] : [{ path, reason }]));
}

/** Which layout the source has: what most of its entries say, an entry being what stands on top. @throws GraderError where no most is. */
function detect(files: readonly SourceFile[], lab: string, kind: Source['kind']): Layout {
  for (const layout of ['gradescope', 'moodle', 'canvas', 'nbgrader'] as const) {
    const says = ({ path }: SourceFile): boolean => marks[layout](path, lab);
    // A folder without files says nothing, but by its own name.
    const telling = unwrapped(files, lab, layout).filter(file => !file.isEmptyFolder || says(file));
    const entries = [...Map.groupBy(telling, ({ path }) => path.split('/')[0] ?? '').values()];
    const alike = entries.filter(own => own.some(says)).length;
    if (layout === 'gradescope' ? alike > 0 : alike * 2 > entries.length) return layout;
    // A file beside the students' folders says nothing.
    const others = entries.filter(own => own.some(({ path }) => /\.(ipynb|zip)$/i.test(path))).length;
    if (alike > 0 && alike * 2 >= Math.max(2, others))
      throw new GraderError(
        'collect/source',
        `The source is laid out in two ways: ${alike} of ${others} entries as ${layout}, the others not. Name the layout with --layout: ${layouts.join(', ')}.`,
      );
  }
  return kind;
}

const marks = {
  gradescope: (path: string) => path === metadataName,
  moodle: isMoodle,
  canvas: isCanvas,
  nbgrader: (path: string, lab: string) => path.split('/')[1] === lab && path.split('/')[2] === `${lab}.ipynb`,
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
  const isStudents = inner.some(
    ({ path }) => path === '' || path === `${lab}.ipynb` || path.startsWith('deliverables/') || path.startsWith(`${lab}/`),
  );
  return isStudents ? files : inner;
}

const below = (files: readonly SourceFile[], folder: string): SourceFile[] =>
  files.map(file => at(file, file.path.slice(folder.length + 1)));
