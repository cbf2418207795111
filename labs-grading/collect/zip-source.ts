import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { Refused, TooLarge } from './intake.ts';
import { decodeName, nameProblem } from './names.ts';
import { emptyFolder, foldersAbove, type Refusal, type Source, type SourceFile } from './source.ts';

const maximumEntries = 500_000;
const maximumRatio = 250;
/** Below this size any ratio is harmless. */
const ratioFrom = 2 ** 20;

/** File types in the upper half of the external attributes, as Unix writes them. */
const typeMask = 0o170000;
const types: ReadonlyMap<number, string> = new Map([
  [0o120000, 'it is a symbolic link'],
  [0o010000, 'it is a pipe'],
  [0o020000, 'it is a device'],
  [0o060000, 'it is a device'],
  [0o140000, 'it is a socket'],
]);
/** PKWARE's Unix extra field: 12 bytes of times and ids, then the target of a link. */
const unixField = 0x000d;
const unicodePathField = 0x7075;
/** Info-ZIP's and NTFS's times; the format's own has no zone, and is taken as this machine's. */
const zonedTimeFields = [0x5455, 0x000a];

/** A zip on disk or in memory. Only its directory is read; @throws Error when there is none, as in a truncated archive. */
export async function zipSource(from: string | Buffer): Promise<Source> {
  // Names stay bytes: the library would turn backslashes into slashes and stop at the first bad name.
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true };
  const zip = await (typeof from === 'string' ? openPromise(from, options) : fromBufferPromise(from, options));
  try {
    if (zip.entryCount > maximumEntries) throw new Error(`it says that it has ${zip.entryCount} files; at most ${maximumEntries} are read`);
    const { files, refused } = await directoryOf(zip);
    return { kind: 'zip', files, refused, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function directoryOf(zip: ZipFile): Promise<{ files: SourceFile[]; refused: Refusal[] }> {
  const files = new Map<string, SourceFile>();
  const folders = new Map<string, Entry>();
  const refused: Refusal[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    const path = (name ?? entry.fileNameRaw.toString('latin1')).replace(/\/$/, '');
    const problem = name === undefined ? 'its name is not UTF-8' : nameProblem(path);
    if (problem !== undefined) refused.push({ path, reason: problem });
    else if (name?.endsWith('/')) folders.set(`${path}/`, entry);
    else files.set(path, files.has(path) ? twice(files.get(path) as SourceFile) : fileOf(zip, entry, path));
  }
  const all = [...files.values(), ...emptyAmong(folders, [...files.keys(), ...refused.map(({ path: own }) => own)])];
  return { files: all.sort((a, b) => (a.path < b.path ? -1 : 1)), refused };
}

/** The folders of an archive in which nothing is, not even something refused. */
function emptyAmong(folders: ReadonlyMap<string, Entry>, files: readonly string[]): SourceFile[] {
  const filled = foldersAbove([...files, ...folders.keys()]);
  return [...folders].flatMap(([path, entry]) => (filled.has(path) ? [] : [emptyFolder(path, ...timeOf(entry))]));
}

function nameOf(entry: Entry): string | undefined {
  const raw = entry.fileNameRaw;
  if (!entry.extraFields.some(({ id }) => id === unicodePathField)) return decodeName(raw);
  return getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
}

/** Programs disagree about which of two entries with one name counts; so neither does. */
const twice = (file: SourceFile): SourceFile => ({
  ...file,
  read: () => Promise.reject(new Refused('the archive has it more than once')),
});

/** When an entry was changed, and where that comes from. */
function timeOf(entry: Entry): [Date, string] {
  const modified = entry.getLastModDate();
  const zoned = entry.extraFields.some(({ id }) => zonedTimeFields.includes(id));
  return [Number.isNaN(modified.getTime()) ? new Date(0) : modified, zoned ? 'zip entry' : 'zip entry without a time zone'];
}

function fileOf(zip: ZipFile, entry: Entry, path: string): SourceFile {
  const [modified, modifiedFrom] = timeOf(entry);
  return {
    path,
    modified,
    modifiedFrom,
    read: async limit => {
      assertReadable(entry, limit);
      try {
        return checked(entry, await contentOf(await zip.openReadStreamPromise(entry), limit));
      } catch (error) {
        if (error instanceof Refused) throw error;
        throw new Refused(`its data is broken: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

/** @throws Refused before a byte is read. */
function assertReadable(entry: Entry, limit: number): void {
  const type = types.get((entry.externalFileAttributes >>> 16) & typeMask);
  if (type) throw new Refused(type);
  if (entry.extraFields.some(({ id, data }) => id === unixField && data.length > 12)) throw new Refused('it is a link');
  if (entry.isEncrypted()) throw new Refused('it is encrypted');
  if (!entry.canDecodeFileData()) throw new Refused(`its compression (method ${entry.compressionMethod}) is not supported`);
  const { uncompressedSize: size, compressedSize } = entry;
  if (size > limit) throw new TooLarge(`it has ${size} bytes; at most ${limit} are read`);
  if (size > ratioFrom && size > compressedSize * maximumRatio)
    throw new Refused(
      `it unpacks to ${Math.round(size / Math.max(1, compressedSize))} times its size; at most ${maximumRatio} times is taken`,
    );
}

async function contentOf(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new TooLarge(`it has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checked(entry: Entry, content: Buffer): Buffer {
  if (crc32(content) !== entry.crc32) throw new Refused('its data is broken: the checksum does not fit');
  return content;
}
