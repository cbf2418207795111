import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  readonly path: string;
  readonly content: Buffer;
  readonly program: boolean;
}

// DOS time stamps are local times: this one has the same bytes in every time zone.
const mtime = new Date(2000, 0, 1);

/** A zip archive whose bytes follow from its entries alone: no time, no user, the order given. */
export function zipOf(entries: readonly ZipEntry[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, content, program } of entries)
    zip.addBuffer(content, path, { mtime, mode: program ? 0o100755 : 0o100644, forceDosTimestamp: true });
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}
