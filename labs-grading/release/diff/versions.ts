import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { releasedName } from '../../../scripts/notebook/reader.mjs';
import { GraderError } from '../../base/grader-error.ts';
import { projectFolder } from '../../base/project.ts';
import { labVersionOf } from '../../collect/lab-version.ts';
import { openSource } from '../../collect/open-source.ts';
import { labPart } from '../bundle/lab-part.ts';
import type { Cell } from '../cells.ts';
import { labFiles } from '../lab-files.ts';
import { parseNotebook } from '../nbformat.ts';

/** A lab as students had it at some time. */
export interface LabView {
  /** Where it was found, as a person named it. */
  readonly name: string;
  readonly version?: string;
  readonly cells: readonly Cell[];
  /** Files beside the notebook, by name: the text of code, the SHA-256 of anything else. */
  readonly files: ReadonlyMap<string, string>;
}

const maximumBytes = 20_000_000;

/**
 * A version of a lab by its name: `now` (the files as they are), a released folder or zip, a git revision, or a version as notebooks carry
 * it, looked up in the project's history.
 * @throws GraderError when nothing goes by that name.
 */
export async function labView(lab: string, name: string): Promise<LabView> {
  const { id } = labFiles(lab);
  if (name === 'now') return viewOf(name, id, new Map(labPart(labFiles(lab)).map(({ path, content }) => [path, content])));
  if (existsSync(name)) return viewOf(name, id, await released(name, id));
  const revision = /^[0-9a-f]{16}$/.test(name) ? revisionOf(id, name) : name;
  return viewOf(name, id, committed(id, revision, name));
}

function viewOf(name: string, id: string, files: ReadonlyMap<string, Buffer>): LabView {
  const notebook = [...files.keys()].find(path => path === `${id}.ipynb` || path.endsWith(`/${id}.ipynb`));
  if (notebook === undefined) throw refusal(name, `it has no ${id}.ipynb`);
  const folder = notebook.slice(0, -`${id}.ipynb`.length);
  const content = files.get(notebook) as Buffer;
  const version = labVersionOf(content);
  const others = [notebook, `${folder}lab.ts`, folder + releasedName];
  const beside = [...files].filter(([path]) => path.startsWith(folder) && !others.includes(path));
  return {
    name,
    ...(version !== undefined && { version }),
    cells: parseNotebook(content.toString('utf8'), name),
    files: new Map(
      beside.map(([path, content]) => [path.slice(folder.length), path.endsWith('.ts') ? content.toString('utf8') : sha256(content)]),
    ),
  };
}

/** The lab's part of a released folder or archive. */
async function released(path: string, id: string): Promise<Map<string, Buffer>> {
  const source = await openSource(path);
  try {
    const skipped = /(^|\/)(node_modules|lib|kernels|scripts|\.[^/]+)\//;
    const notebook = source.files.find(({ path }) => (path === `${id}.ipynb` || path.endsWith(`/${id}.ipynb`)) && !skipped.test(path));
    const folder = notebook?.path.slice(0, -`${id}.ipynb`.length);
    const wanted = source.files.filter(({ path }) => folder !== undefined && path.startsWith(folder) && !skipped.test(path));
    return new Map(await Promise.all(wanted.map(async file => [file.path, await file.read(maximumBytes)] as const)));
  } finally {
    source.close();
  }
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const shownBy = (...args: string[]): Buffer =>
  execFileSync('git', args, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: maximumBytes });

const git = (...args: string[]): string => shownBy(...args).toString('utf8');

/** The lab's folder in a git revision. */
function committed(id: string, revision: string, name: string): Map<string, Buffer> {
  const folder = `notebooks/${id}`;
  try {
    const commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`).trim();
    const paths = git('ls-tree', '-r', '--name-only', commit, '--', folder).split('\n');
    return new Map(paths.filter(Boolean).map(path => [path, shownBy('show', `${commit}:${path}`)]));
  } catch (error) {
    if ((error as { status?: number }).status === undefined) throw error;
    throw refusal(name, 'neither a folder or zip, nor a git revision, nor a version in the history of the lab');
  }
}

/** The latest commit whose notebook carries this version. */
function revisionOf(id: string, version: string): string {
  const notebook = `notebooks/${id}/${id}.ipynb`;
  const commits = git('log', '--format=%H', `-S${version}`, '--', notebook).split('\n').filter(Boolean);
  const found = commits.find(commit => labVersionOf(shownBy('show', `${commit}:${notebook}`)) === version);
  if (!found) throw refusal(version, `no commit of notebooks/${id} has a notebook of this version`);
  return found;
}

const refusal = (file: string, message: string): GraderError => new GraderError('lab/problems', [{ rule: 'version', file, message }]);
