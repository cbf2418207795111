import { byFolder, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** One folder per student; a notebook or a zip that lies beside them is its namesake's. */
export function folderParcels(files: readonly SourceFile[]): Parcel[] {
  const groups = byFolder(files);
  const loose = groups.get('') ?? [];
  groups.delete('');
  const folders = [...groups].map(([name, own]) => parcel(name, own));
  return [...folders, ...loose.filter(isHandedIn).map(file => parcel(file.path.replace(/\.(ipynb|zip)$/i, ''), [file]))];
}

/** Whether a file beside the students' folders is something that a student handed in. */
const isHandedIn = ({ path }: SourceFile): boolean => /\.(ipynb|zip)$/i.test(path);

const parcel = (name: string, files: readonly SourceFile[]): Parcel => ({ who: [{ name, ids: { id: name } }], files });
