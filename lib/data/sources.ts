import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LabError } from '../tensor/errors.ts';
import { download } from './download.ts';
import type { DatasetRecord, RemoteFile } from './registry.ts';
import { currentDataReporter, type DataReporter } from './report.ts';

const largest = 2 ** 31;

/** Where files come from, and how a download can be watched and stopped. */
export interface SourceOptions {
  /** Stops a download. */
  readonly signal?: AbortSignal;
  /** What is called as data is downloaded; default: the one that `setDataReporter` put in force. */
  readonly reporter?: DataReporter;
  /** Where downloads are kept; by default `tinylab/datasets` in the user's cache folder. */
  readonly cache?: string;
}

/**
 * The unpacked contents of a set's original files, in the record's order. Each is looked for in TINYLAB_DATA_DIR (placed by hand), in the
 * cache, and in the folder of a system package; what is still missing is downloaded into the cache. Every byte is checked before it is unpacked.
 * @throws LabError `data/checksum` for a wrong file placed by hand, `data/download`, `data/interrupted`.
 */
export async function originals(name: string, record: DatasetRecord, options: SourceOptions = {}): Promise<Uint8Array[]> {
  const cache = options.cache ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tinylab/datasets');
  const { files, packageFolder } = record.full;
  const found: (Uint8Array | undefined)[] = [];
  for (const file of files) {
    found.push(
      (await placedByHand(file)) ??
        (await cached(file, cache)) ??
        ((packageFolder && (await unpack(join(packageFolder, file.path), file))) || undefined),
    );
  }
  const missing = files.filter((_, i) => !found[i]);
  if (missing.length > 0) {
    const { licence, citation, homepage } = record;
    const bytes = missing.reduce((sum, file) => sum + file.bytes, 0);
    (options.reporter ?? currentDataReporter()).notice?.({ dataset: name, licence, citation, homepage, bytes });
  }
  return Promise.all(files.map((file, i) => found[i] ?? fetched(name, file, { ...options, cache })));
}

async function fetched(name: string, file: RemoteFile, options: SourceOptions & { cache: string }): Promise<Uint8Array> {
  const reporter = options.reporter ?? currentDataReporter();
  const progress = (received: number) => reporter.progress?.({ dataset: name, file: file.path, received, bytes: file.bytes });
  const path = await download(file, options.cache, { signal: options.signal, progress });
  return (await unpack(path, file)) as Uint8Array;
}

async function placedByHand(file: RemoteFile): Promise<Uint8Array | undefined> {
  const folder = process.env.TINYLAB_DATA_DIR;
  if (!folder) return undefined;
  const path = join(folder, file.path);
  const content = await unpack(path, file);
  if (content || !(await exists(path))) return content;
  throw new LabError(
    'data/checksum',
    `${path} is not the file it should be: its SHA-256 is neither ${file.sha256} nor that of its content.`,
    `Replace it by ${file.url}.`,
  );
}

/** A damaged file in the cache is removed, so that it is fetched anew. */
async function cached(file: RemoteFile, cache: string): Promise<Uint8Array | undefined> {
  const path = join(cache, file.path);
  const content = await unpack(path, file);
  if (!content) await rm(path, { force: true });
  return content;
}

/** The content of the gzip file at `path`, or undefined when it is not there or not what the record says. Another packing of the right content passes. */
async function unpack(path: string, file: RemoteFile): Promise<Uint8Array | undefined> {
  const packed = await readFile(path).catch(() => undefined);
  if (!packed) return undefined;
  const original = packed.length === file.bytes && sha256(packed) === file.sha256;
  if (!original && !file.content) return undefined;
  const content = await promisify(gunzip)(packed, { maxOutputLength: file.content?.bytes ?? largest }).catch(() => undefined);
  if (!content || original) return content;
  return sha256(content) === file.content?.sha256 ? content : undefined;
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
