import type { Anomaly } from '../base/anomaly.ts';
import { oneLine, printable } from '../base/text.ts';
import { Refused } from './intake.ts';
import { at, isNoise, type Parcel } from './parcel.ts';
import type { SourceFile } from './source.ts';
import { zipSource } from './zip-source.ts';

/** Largest archive of one student; it is opened in memory. */
const maximumArchiveBytes = 256 * 2 ** 20;
const maximumArchiveFiles = 5_000;
const maximumNoted = 50;

/** One handIn of a student: files with paths from its folder, and what was found before any of them is picked. */
export interface HandIn {
  readonly files: readonly SourceFile[];
  /** ISO 8601, and where it comes from. */
  readonly time: { readonly at: string; readonly from: string };
  readonly anomalies: readonly Anomaly[];
}

/**
 * Tells the handIns of a hand-in apart: every zip is one, every folder that holds a notebook of the lab is one when there are several, and
 * what lies loose is one. Archives inside archives stay closed.
 */
export async function handInsOf(parcel: Parcel, lab: string): Promise<HandIn[]> {
  const isZip = ({ path }: SourceFile): boolean => /^[^/]+\.zip$/i.test(path);
  const loose = parcel.files.filter(file => !isZip(file) && !isNoise(file.path));
  const zips = parcel.files.filter(isZip);
  const handIns: HandIn[] = looseHandIns(loose, lab).map(files => ({ files, time: parcel.time ?? timeOf(files, lab), anomalies: [] }));
  for (const zip of zips) handIns.push(await opened(zip, parcel));
  return handIns;
}

function looseHandIns(files: readonly SourceFile[], lab: string): SourceFile[][] {
  const notebooks = files.filter(({ path }) => path.endsWith(`/${lab}.ipynb`));
  const folders = notebooks.map(({ path }) => path.slice(0, -`${lab}.ipynb`.length)).filter(folder => folder.split('/').length === 2);
  const atTop = files.some(({ path }) => path === `${lab}.ipynb`);
  if (atTop || folders.length < 2) return files.length > 0 ? [[...files]] : [];
  return folders.map(folder => files.filter(({ path }) => path.startsWith(folder)).map(file => at(file, file.path.slice(folder.length))));
}

/** When loose files were handed in, where nothing else says so: the time of the notebook, else the latest there is. */
function timeOf(files: readonly SourceFile[], lab: string): HandIn['time'] {
  const latest = files.reduce((a, b) => (b.modified > a.modified ? b : a));
  const file = files.find(({ path }) => path === `${lab}.ipynb` || path.endsWith(`/${lab}.ipynb`)) ?? latest;
  return { at: file.modified.toISOString(), from: file.modifiedFrom };
}

async function opened(zip: SourceFile, parcel: Parcel): Promise<HandIn> {
  const time = parcel.time ?? { at: zip.modified.toISOString(), from: zip.modifiedFrom };
  try {
    const { files, refused } = await zipSource(await zip.read(maximumArchiveBytes));
    const kept = files.filter(({ path }) => !isNoise(path));
    if (kept.length > maximumArchiveFiles) throw new Refused(`it has ${kept.length} files; at most ${maximumArchiveFiles} are read`);
    const noted = refused
      .slice(0, maximumNoted)
      .map(({ path, reason }) => ({ about: `${zip.path}: ${printable(oneLine(path))}`, detail: reason }));
    if (refused.length > maximumNoted) noted.push({ about: zip.path, detail: `${refused.length - maximumNoted} more names are refused` });
    const anomalies = noted.map((one): Anomaly => ({ kind: 'refused', ...one }));
    return { files: kept, time, anomalies };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { files: [], time, anomalies: [{ kind: 'unreadable', about: zip.path, detail: `the archive was not opened: ${why}` }] };
  }
}
