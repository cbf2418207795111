import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../tensor/errors.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';

const largest = 96 * 2 ** 20;

/**
 * Saves what a notebook hands in: `NAME.json` in `folder`, in the codec's form. The file appears whole or not at all.
 * @throws LabError `deliver/name`, `codec/kind`, `codec/size`.
 */
export function saveDeliverable(folder: string, name: string, value: unknown): void {
  const path = pathOf(folder, name);
  const text = JSON.stringify({ format: 'tinylab deliverable', version: 1, value: encode(value) });
  mkdirSync(folder, { recursive: true });
  const partial = `${path}.${process.pid}.part`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

/** Tells whether something was handed in under this name. */
export function isDelivered(folder: string, name: string): boolean {
  return existsSync(pathOf(folder, name));
}

/**
 * Reads what was handed in under this name. The file may be hostile: links and special files are refused, size and depth are capped, and
 * nothing but plain data comes out.
 * @throws LabError `deliver/missing`, `deliver/refused`, `codec/malformed` and the codec's other refusals.
 */
export function readDeliverable(folder: string, name: string): unknown {
  const path = pathOf(folder, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found)
    throw new LabError(
      'deliver/missing',
      `Nothing was handed in as ${name}.`,
      `Run the cell with deliver('${name}', …), and submit the folder deliverables with the notebook.`,
    );
  if (!found.isFile() || found.size > largest) {
    throw new LabError(
      'deliver/refused',
      `${name}.json is ${found.isFile() ? `larger than ${largest} bytes` : 'no regular file'}.`,
      'Hand in the file that deliver() wrote.',
    );
  }
  return decode(contents(readFileSync(path, 'utf8'), name));
}

function contents(text: string, name: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {}
  const { format, version, value } = (json ?? {}) as { format?: unknown; version?: unknown; value?: unknown };
  if (format === 'tinylab deliverable' && version === 1) return value;
  throw new LabError('deliver/refused', `${name}.json is not a deliverable of this library.`, 'Hand in the file that deliver() wrote.');
}

function pathOf(folder: string, name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return join(folder, `${name}.json`);
  throw new LabError('deliver/name', `A deliverable cannot be called ${JSON.stringify(name)}.`, 'Use letters, digits, - and _.');
}
