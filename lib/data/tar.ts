import { LabError } from '../tensor/errors.ts';

/** A regular file inside a tar archive. `content` is a view of the archive, not a copy. */
export interface TarEntry {
  readonly path: string;
  readonly content: Uint8Array;
}

const block = 512;
const decoder = new TextDecoder();

/**
 * The regular files of an unpacked tar archive (ustar and GNU; long names of both kinds are understood), in order. Nothing is written
 * anywhere, so names are only names.
 * @throws LabError `data/tar` for a damaged header or an archive that is cut short.
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry, void, undefined> {
  let longName: string | undefined;
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every(byte => byte === 0)) return;
    checkHeader(header, at);
    const size = octal(header, 124, 12);
    const content = archive.subarray(at + block, at + block + size);
    if (content.length < size) throw damaged(at, 'is cut short');
    at += block * (1 + Math.ceil(size / block));
    const kind = text(header, 156, 1);
    if (kind === 'L') longName = text(content, 0, size);
    else if (kind === 'x') longName = paxPath(content) ?? longName;
    else {
      if (kind === '0' || kind === '') yield { path: longName ?? name(header), content };
      longName = undefined;
    }
  }
}

function name(header: Uint8Array): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  return prefix ? `${prefix}/${text(header, 0, 100)}` : text(header, 0, 100);
}

/** A pax record reads "length key=value\n". */
function paxPath(content: Uint8Array): string | undefined {
  return /^\d+ path=(.*)$/m.exec(decoder.decode(content))?.[1];
}

/** The checksum is the sum of the header's bytes, with its own field read as spaces. */
function checkHeader(header: Uint8Array, at: number): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (sum !== octal(header, 148, 8)) throw damaged(at, 'has a wrong checksum');
}

function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw damaged(start, 'has a number that is not octal');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function damaged(at: number, what: string): LabError {
  return new LabError('data/tar', `The tar archive's entry at byte ${at} ${what}.`, 'Delete the file and fetch it again.');
}
