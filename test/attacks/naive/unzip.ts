import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Unpacks an archive as its directory says, wherever that leads: the mistake that has a name of its own. */
export function unzipNaively(archive: Buffer, folder: string): void {
  const end = archive.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const [packed, nameLength, extraLength, mode, local] = [
      archive.readUInt32LE(at + 20),
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 40),
      archive.readUInt32LE(at + 42),
    ];
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const content = inflateRawSync(archive.subarray(start, start + packed));
    const path = name.startsWith('/') ? name : join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if ((mode & 0o170000) === 0o120000) symlinkSync(content.toString(), path);
    else writeFileSync(path, content);
    at += 46 + nameLength + extraLength;
  }
}
