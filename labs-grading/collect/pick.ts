import { limits } from '../../scripts/notebook/reader.mjs';
import type { Anomaly } from '../base/anomaly.ts';
import { chooseNotebook, type Reading } from './choose-notebook.ts';
import type { Room } from './hand-ins.ts';
import { deliverableName, maximumDeliverableBytes, maximumDeliverables, maximumNotebookBytes, Refused, TooLarge } from './intake.ts';
import { manifestAnomalies, manifestName } from './manifest.ts';
import { at } from './parcel.ts';
import type { SourceFile } from './source.ts';

const isDeliverable = ({ path }: SourceFile): boolean =>
  path.startsWith('deliverables/') && deliverableName.test(path.slice('deliverables/'.length));
/** Files that programs obey: planted ones must never lie beside anything that runs. */
const configuration =
  /^(package(-lock)?\.json|\.npmrc|\.yarnrc.*|\.env.*|tsconfig.*\.json|node_modules|conftest\.py|pytest\.ini|setup\.cfg|\.git|\.vscode|.*\.config\.[cm]?[jt]s)$/i;
const maximumNoted = 50;

/** What is kept of one hand-in: LAB.ipynb and `deliverables/`, whole in memory, by name. */
export interface Picked {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly anomalies: readonly Anomaly[];
}

/** What picking takes besides the files. */
export interface PickOptions {
  /** Bytes that may still be kept; as many as a hand-in may have by default. */
  readonly room?: Room;
  /** Reads a notebook, where several could be meant. */
  readonly read?: (notebook: Buffer) => Reading;
}

/** Reads the files of a hand-in that are kept; everything else is named and left alone. Never throws for what a student did. */
export async function pick(
  files: readonly SourceFile[],
  lab: string,
  { room = { left: limits.total }, read }: PickOptions = {},
): Promise<Picked> {
  const anomalies: Anomaly[] = [];
  const notebook = await chooseNotebook(files, lab, { read, note: anomaly => void anomalies.push(anomaly) });
  const root = notebook?.path.slice(0, notebook.path.lastIndexOf('/') + 1) ?? '';
  const inside = files.filter(file => file.path.startsWith(root)).map(file => at(file, file.path.slice(root.length)));
  const outside = files.filter(file => !file.path.startsWith(root));
  const deliverables = unambiguous(inside.filter(isDeliverable), anomalies);
  const wanted = [...(notebook ? [at(notebook, `${lab}.ipynb`)] : []), ...deliverables];
  const content = await contents(wanted, anomalies, room);
  const taken = new Set([notebook?.path, ...deliverables.map(({ path }) => root + path), root + manifestName]);
  noteRest(
    [...inside.map(({ path }) => root + path), ...outside.map(({ path }) => path)].filter(path => !taken.has(path)),
    anomalies,
  );
  const manifest = inside.find(({ path }) => path === manifestName);
  if (manifest) anomalies.push(...(await manifestAnomalies(manifest, content)));
  return { files: content, anomalies };
}

/** Without names that differ in case only, which would be one file on other disks. */
function unambiguous(files: readonly SourceFile[], anomalies: Anomaly[]): SourceFile[] {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(path.toLowerCase(), (counts.get(path.toLowerCase()) ?? 0) + 1);
  const refuse = (about: string, detail: string): void => void anomalies.push({ kind: 'refused', about, detail });
  const single = files.filter(({ path }) => {
    const clash = (counts.get(path.toLowerCase()) ?? 0) > 1;
    if (clash) refuse(path, 'another file has this name but for its case');
    return !clash;
  });
  for (const { path } of single.slice(maximumDeliverables)) refuse(path, `more than ${maximumDeliverables} files`);
  return single.slice(0, maximumDeliverables);
}

async function contents(files: readonly SourceFile[], anomalies: Anomaly[], room: Room): Promise<Map<string, Buffer>> {
  const content = new Map<string, Buffer>();
  for (const file of files) {
    const isNotebook = file.path.endsWith('.ipynb');
    const most = isNotebook ? maximumNotebookBytes : maximumDeliverableBytes;
    try {
      const bytes = await file.read(Math.min(room.left, most));
      room.left -= bytes.length;
      content.set(file.path, bytes);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const large = error instanceof TooLarge;
      const all = large && room.left < most ? ', since what this student handed in is bounded all together' : '';
      const mend = large && isNotebook ? ': clear its outputs, save it and hand it in again' : '';
      anomalies.push({ kind: 'refused', about: file.path, detail: error.message + all + mend });
    }
  }
  return content;
}

/** Names what is not kept, a folder by its name. */
function noteRest(paths: readonly string[], anomalies: Anomaly[]): void {
  const tops = new Map<string, number>();
  for (const path of paths) {
    const [top = '', second] = path.split('/');
    const about = second === undefined || top === 'deliverables' ? path : `${top}/`;
    tops.set(about, (tops.get(about) ?? 0) + 1);
  }
  const noted = [...tops].slice(0, maximumNoted);
  for (const [about, count] of noted) {
    const files = about.endsWith('/') ? ` (${count} ${count === 1 ? 'file' : 'files'})` : '';
    anomalies.push({ kind: 'refused', about, detail: `${reasonOf(about)}${files}` });
  }
  if (tops.size > noted.length)
    anomalies.push({ kind: 'refused', about: '', detail: `${tops.size - noted.length} more names are not kept` });
}

function reasonOf(path: string): string {
  const name = path.replace(/\/$/, '');
  if (name === 'predictions') return 'not kept: guesses are never graded';
  if (configuration.test(name)) return 'not kept: programs would obey it';
  return name.startsWith('deliverables/')
    ? 'not kept: its name is not that of a deliverable'
    : 'not kept: only the notebook and deliverables are';
}
