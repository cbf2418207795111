import type { Anomaly } from '../base/anomaly.ts';
import { oneLine, printable } from '../base/text.ts';
import { Refused } from './intake.ts';
import { at, type HandIn, isNoise } from './parcel.ts';
import type { SourceFile } from './source.ts';
import { zipSource } from './zip-source.ts';

/** Largest archive of one student; it is opened in memory. */
const maximumArchiveBytes = 256 * 2 ** 20;
const maximumArchiveFiles = 5_000;
const maximumNoted = 50;

/** One attempt of a student: files with paths from its folder, and what was found before any of them is picked. */
export interface Attempt {
  readonly files: readonly SourceFile[];
  /** ISO 8601, and where it comes from. */
  readonly time: { readonly at: string; readonly from: string };
  readonly anomalies: readonly Anomaly[];
}

/**
 * Tells the attempts of a hand-in apart: every zip is one, every folder that holds a notebook of the lab is one when there are several, and
 * what lies loose is one. Archives inside archives stay closed.
 */
export async function attemptsOf(handIn: HandIn, lab: string): Promise<Attempt[]> {
  const isZip = ({ path }: SourceFile): boolean => /^[^/]+\.zip$/i.test(path);
  const loose = handIn.files.filter(file => !isZip(file) && !isNoise(file.path));
  const zips = handIn.files.filter(isZip);
  const attempts: Attempt[] = looseAttempts(loose, lab).map(files => ({ files, time: handIn.time ?? timeOf(files, lab), anomalies: [] }));
  for (const zip of zips) attempts.push(await opened(zip, handIn));
  return attempts;
}

function looseAttempts(files: readonly SourceFile[], lab: string): SourceFile[][] {
  const notebooks = files.filter(({ path }) => path.endsWith(`/${lab}.ipynb`));
  const folders = notebooks.map(({ path }) => path.slice(0, -`${lab}.ipynb`.length)).filter(folder => folder.split('/').length === 2);
  const atTop = files.some(({ path }) => path === `${lab}.ipynb`);
  if (atTop || folders.length < 2) return files.length > 0 ? [[...files]] : [];
  return folders.map(folder => files.filter(({ path }) => path.startsWith(folder)).map(file => at(file, file.path.slice(folder.length))));
}

/** When loose files were handed in, where nothing else says so: the time of the notebook, else the latest there is. */
function timeOf(files: readonly SourceFile[], lab: string): Attempt['time'] {
  const latest = files.reduce((a, b) => (b.modified > a.modified ? b : a));
  const file = files.find(({ path }) => path === `${lab}.ipynb` || path.endsWith(`/${lab}.ipynb`)) ?? latest;
  return { at: file.modified.toISOString(), from: file.modifiedFrom };
}

async function opened(zip: SourceFile, handIn: HandIn): Promise<Attempt> {
  const time = handIn.time ?? { at: zip.modified.toISOString(), from: zip.modifiedFrom };
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
