import { Refused } from '../intake.ts';
import { byFolder, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** nbgrader's `submitted` folder: STUDENT/LAB/LAB.ipynb, with the time in `timestamp.txt`. */
export async function nbgraderParcels(files: readonly SourceFile[], lab: string): Promise<Parcel[]> {
  const groups = byFolder(files);
  groups.delete('');
  const parcels: Parcel[] = [];
  for (const [name, own] of groups) {
    // Who handed in without the assignment's folder is there too; who has other assignments only is not.
    const ofLab = byFolder(own).get(lab) ?? own.filter(({ path }) => !path.includes('/'));
    if (!ofLab.some(({ path }) => path !== 'timestamp.txt')) continue;
    const time = await timeIn(ofLab);
    const rest = ofLab.filter(({ path }) => path !== 'timestamp.txt');
    parcels.push({
      who: [{ name, ids: { id: name } }],
      files: rest,
      ...(time !== undefined && { time: { at: time, from: 'timestamp.txt' } }),
    });
  }
  return parcels;
}

async function timeIn(files: readonly SourceFile[]): Promise<string | undefined> {
  const file = files.find(({ path }) => path === 'timestamp.txt');
  try {
    return file && parseTimestamp((await file.read(1000)).toString('utf8'));
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** `2015-02-02 15:58:23.948203 UTC`: an offset or the name of a zone may follow, UTC where none does. undefined for other text. */
export function parseTimestamp(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(\S+)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, day, clock, fraction = '', zone = 'UTC'] = match;
  const utc = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}Z`);
  const offset = offsetOf(zone, utc);
  return Number.isNaN(utc) || offset === undefined ? undefined : new Date(utc - offset).toISOString();
}

/** Milliseconds that a zone is ahead of UTC at a local time. */
function offsetOf(zone: string, local: number): number | undefined {
  if (/^(Z|UTC|GMT)$/.test(zone)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match) return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  // The offset holds at an instant, which the offset itself decides; a second look settles it.
  const first = zoneOffset(zone, local);
  return first === undefined ? undefined : zoneOffset(zone, local - first);
}

function zoneOffset(timeZone: string, instant: number): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name);
    return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 60_000 : undefined;
  } catch {
    return undefined;
  }
}
