import type { Anomaly } from '../../base/anomaly.ts';
import { oneLine, printable } from '../../base/text.ts';
import { byFolder, type Parcel, type Who } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

export const metadataName = 'submission_metadata.yml';
const maximumMetadata = 512 * 2 ** 20;

/** Gradescope's export: a folder `submission_N` each, and one file that says whose they are. Of a group, each member has handed it in. */
export async function gradescopeParcels(files: readonly SourceFile[]): Promise<Parcel[]> {
  const metadata = files.find(({ path }) => path === metadataName);
  const known = metadata ? parseMetadata((await metadata.read(maximumMetadata)).toString('utf8')) : new Map<string, Facts>();
  const groups = byFolder(files);
  groups.delete('');
  // Who is named there and has no folder handed in nothing.
  for (const [folder, { who, createdAt }] of known)
    if (who.length > 0 && createdAt !== undefined && !groups.has(folder)) groups.set(folder, []);
  return [...groups].map(([folder, own]) => {
    const { who = [], createdAt, oddTime } = known.get(folder) ?? {};
    const time = createdAt === undefined ? undefined : { at: createdAt, from: metadataName };
    return {
      who: who.length > 0 ? who : [{ name: folder, ids: {} }],
      files: own,
      single: true,
      ...(time && { time }),
      ...(oddTime !== undefined && { anomalies: [noTime(oddTime)] }),
    };
  });
}

interface Facts {
  readonly who: Who[];
  createdAt?: string;
  /** What stands where the time should. */
  oddTime?: string;
}

const noTime = (text: string): Anomaly => ({
  kind: 'unreadable',
  about: metadataName,
  detail: `${JSON.stringify(oneLine(printable(text)).slice(0, 60))} is no time; the time of the file counts, see that it is right`,
});

/**
 * Reads what is needed of the file. It is written by a machine, always in the same form: submissions stand at the margin, their fields
 * two blanks in, and whatever a student printed stands deeper.
 */
export function parseMetadata(yaml: string): Map<string, Facts> {
  const submissions = new Map<string, Facts>();
  let facts: Facts = { who: [] };
  let field = '';
  for (const line of yaml.split(/\r?\n/)) {
    const head = /^([\w.-]+):\s*$/.exec(line);
    if (head) {
      facts = { who: [] };
      submissions.set(head[1] as string, facts);
      field = '';
      continue;
    }
    const own = /^ {2}:(\w+):\s*(.*)$/.exec(line);
    if (own) field = own[1] as string;
    if (own && field === 'created_at') {
      const createdAt = isoTime(scalar(own[2] ?? ''));
      if (createdAt !== undefined) facts.createdAt = createdAt;
      else facts.oddTime = scalar(own[2] ?? '');
    }
    if (field === 'submitters') addSubmitter(facts.who, line);
  }
  return submissions;
}

const fieldNames: Readonly<Record<string, string>> = { email: 'email', sid: 'gradescope' };

function addSubmitter(who: Who[], line: string): void {
  const match = /^ {2,4}(- | {2}):(name|email|sid):\s*(.*)$/.exec(line);
  if (!match) return;
  const [, dash = '', key = '', text = ''] = match;
  const value = scalar(text);
  const last = dash === '- ' ? { name: '', ids: {} } : (who.pop() ?? { name: '', ids: {} });
  const id = fieldNames[key];
  who.push(key === 'name' ? { ...last, name: value } : { ...last, ids: { ...last.ids, ...(id && value !== '' && { [id]: value }) } });
}

/** A YAML scalar on one line: plain, in single or in double quotes. */
function scalar(text: string): string {
  const value = text.trim();
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/.test(value)) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value.slice(1, -1);
  }
}

/** `2021-02-12 05:23:31.482350000 Z` or `… -08:00` as ISO 8601. */
function isoTime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, day, clock, fraction = '', zone = 'Z'] = match;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const date = new Date(`${day}T${clock}${fraction.slice(0, 4)}${offset}`);
  const onItsDay = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || onItsDay.toISOString().slice(0, 10) !== day ? undefined : date.toISOString();
}
