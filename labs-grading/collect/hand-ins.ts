import { limits } from '../../scripts/notebook/reader.mjs';
import type { Anomaly } from '../base/anomaly.ts';
import { oneLine, printable } from '../base/text.ts';
import { Refused } from './intake.ts';
import { at, isNoise, type Parcel } from './parcel.ts';
import type { SourceFile } from './source.ts';
import { zipSource } from './zip-source.ts';

/** What the archives of one student may take, all together; they are opened in memory. */
const maximumArchiveBytes = 256 * 2 ** 20;
const maximumArchiveFiles = 5_000;
/** Archives of one student in one source. */
const maximumArchives = 20;
/** What a student's archives may unpack to, all together: this, and so many times what they take themselves. */
const [freeBytes, timesPacked] = [64 * 2 ** 20, 20];
const maximumNoted = 50;

/** One handIn of a student: files with paths from its folder, and what was found before any of them is picked. */
export interface HandIn {
  readonly files: readonly SourceFile[];
  /** ISO 8601, and where it comes from. */
  readonly time: { readonly at: string; readonly from: string };
  readonly anomalies: readonly Anomaly[];
  /** What may still be kept of the loose files, or of the archives, of this student. */
  readonly room: Room;
}

/** Bytes that may still be taken. */
export interface Room {
  left: number;
}

/**
 * Tells the handIns of a hand-in apart: every zip is one, every folder that holds a notebook of the lab is one when there are several, and
 * what lies loose is one; all of it is one where the source holds one submission a student. Archives inside archives stay closed. What a
 * student's archives unpack to is bounded for all of them together.
 */
export async function handInsOf(parcel: Parcel, lab: string): Promise<HandIn[]> {
  const isZip = ({ path }: SourceFile): boolean => /^[^/]+\.zip$/i.test(path);
  const files = parcel.files.filter(file => !file.isEmptyFolder && !isNoise(file.path));
  const loose = files.filter(file => !isZip(file));
  const zips = files.filter(isZip);
  const room = { left: limits.total };
  const unpacked = { left: freeBytes };
  const packed = { left: maximumArchiveBytes };
  const handIns: HandIn[] = looseHandIns(loose, lab).map(files => ({
    files,
    time: parcel.time ?? timeOf(files, lab),
    anomalies: [],
    room,
  }));
  for (const zip of zips.slice(0, maximumArchives)) handIns.push(await opened(zip, { parcel, packed, unpacked }));
  for (const zip of zips.slice(maximumArchives)) {
    const note: Anomaly = { kind: 'refused', about: zip.path, detail: `more than ${maximumArchives} archives of one student` };
    handIns.push({ files: [], time: parcel.time ?? { at: zip.modified.toISOString(), from: zip.modifiedFrom }, anomalies: [note], room });
  }
  // Who is in the source with nothing has a hand-in of nothing.
  if (handIns.length === 0) return [{ files: [], time: parcel.time ?? timeOf(parcel.files, lab), anomalies: [], room }];
  return parcel.single ? joined(handIns) : handIns;
}

/** Several archives and loose files as one hand-in; what stands at one place in two of them goes below the archive's number. */
function joined(handIns: readonly HandIn[]): HandIn[] {
  const [first] = handIns;
  if (!first || handIns.length === 1) return [...handIns];
  const seen = new Set<string>();
  const files = handIns.flatMap(({ files: own }, i) => {
    const clash = own.some(({ path }) => seen.has(path));
    const placed = clash ? own.map(file => at(file, `${i + 1}/${file.path}`)) : own;
    for (const { path } of placed) seen.add(path);
    return placed;
  });
  const latest = handIns.reduce((a, b) => (Date.parse(b.time.at) > Date.parse(a.time.at) ? b : a));
  const least = handIns.reduce((a, b) => (b.room.left < a.room.left ? b : a)).room;
  return [{ files, time: latest.time, anomalies: handIns.flatMap(({ anomalies }) => anomalies), room: least }];
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

interface Opening {
  readonly parcel: Parcel;
  /** What archives of the student may still take. */
  readonly packed: Room;
  /** What they may still unpack to: grows with what they take themselves. */
  readonly unpacked: Room;
}

async function opened(zip: SourceFile, { parcel, packed, unpacked: room }: Opening): Promise<HandIn> {
  const time = parcel.time ?? { at: zip.modified.toISOString(), from: zip.modifiedFrom };
  try {
    const bytes = await zip.read(packed.left);
    packed.left -= bytes.length;
    room.left = Math.min(limits.total, room.left + timesPacked * bytes.length);
    const { files, refused } = await zipSource(bytes);
    const kept = files.filter(file => !file.isEmptyFolder && !isNoise(file.path));
    if (kept.length > maximumArchiveFiles) throw new Refused(`it has ${kept.length} files; at most ${maximumArchiveFiles} are read`);
    const noted = refused
      .slice(0, maximumNoted)
      .map(({ path, reason }) => ({ about: `${zip.path}: ${printable(oneLine(path))}`, detail: reason }));
    if (refused.length > maximumNoted) noted.push({ about: zip.path, detail: `${refused.length - maximumNoted} more names are refused` });
    const anomalies = noted.map((one): Anomaly => ({ kind: 'refused', ...one }));
    return { files: kept, time, anomalies, room };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { files: [], time, room, anomalies: [{ kind: 'unreadable', about: zip.path, detail: `the archive was not opened: ${why}` }] };
  }
}
