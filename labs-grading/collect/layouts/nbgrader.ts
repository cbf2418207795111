import { oneLine, printable } from '../../base/text.ts';
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
    const ofLab = byFolder(own).get(lab) ?? own.filter(({ path }) => path !== '' && !path.includes('/'));
    if (!ofLab.some(({ path }) => path !== 'timestamp.txt')) continue;
    const { at, note } = await timeIn(ofLab);
    const rest = ofLab.filter(({ path }) => path !== 'timestamp.txt');
    parcels.push({
      who: [{ name, ids: { id: name } }],
      files: rest,
      ...(at !== undefined && { time: { at, from: 'timestamp.txt' } }),
      ...(note !== undefined && { anomalies: [{ kind: 'unreadable', about: 'timestamp.txt', detail: note }] }),
    });
  }
  return parcels;
}

/** What the time stamp says, or why it says nothing; the file's time stands then for it. */
async function timeIn(files: readonly SourceFile[]): Promise<{ at?: string; note?: string }> {
  const file = files.find(({ path }) => path === 'timestamp.txt');
  if (!file) return {};
  try {
    const text = (await file.read(1000)).toString('utf8').trim();
    const at = parseTimestamp(text);
    if (at !== undefined) return { at };
    const zone = /[A-Z]{2,5}$/.exec(text)?.[0];
    const why = zone !== undefined && ambiguous.test(zone) ? `${zone} is the name of several zones` : 'it is no time';
    return { note: `${JSON.stringify(oneLine(printable(text)).slice(0, 60))}: ${why}; the time of the file counts, see that it is right` };
  } catch (error) {
    if (error instanceof Refused) return { note: `${error.message}; the time of the file counts` };
    throw error;
  }
}

/** Short names that stand for zones of several countries; a machine would take one of them. */
const ambiguous = /^(?!(?:UTC|GMT|CET|CEST|EET|WET|MET|EST|HST)$)[A-Z]{3,4}$/;

/** `2015-02-02 15:58:23.948203 UTC`: an offset or the name of a zone may follow, UTC where none does. undefined for other text. */
export function parseTimestamp(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(\S+)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, day, clock, fraction = '', zone = 'UTC'] = match;
  const utc = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}Z`);
  // A day that its month does not have would be one of the next.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== day) return undefined;
  const offset = offsetOf(zone, utc);
  return offset === undefined ? undefined : new Date(utc - offset).toISOString();
}

/** Milliseconds that a zone is ahead of UTC at a local time. */
function offsetOf(zone: string, local: number): number | undefined {
  if (/^(Z|UTC|GMT)$/.test(zone)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match) return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  if (zone === 'CEST') return 2 * 60 * 60_000;
  if (ambiguous.test(zone)) return undefined;
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
