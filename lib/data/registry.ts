import { LabError } from '../tensor/errors.ts';

/** A file by its size and SHA-256. For a `.gz` kept in the project these are the unpacked content's, which no compressor changes. */
export interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file to be fetched: size and SHA-256 as it comes over the wire, and of what it unpacks to where other sources pack it differently. */
export interface RemoteFile extends FileRecord {
  readonly url: string;
  readonly content?: { readonly bytes: number; readonly sha256: string };
}

export type SplitName = 'train' | 'validation' | 'test';
export type DatasetFormat = 'idx' | 'cifar-binary' | 'jpeg-folders';

/** One row of `datasets/registry.json`. */
export interface DatasetRecord {
  readonly title: string;
  readonly licence: string;
  readonly citation: string;
  readonly homepage: string;
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly format: DatasetFormat;
  /** How examples were or are chosen: a balanced order of this seed, cut at these counts. */
  readonly choice: { readonly seed: number } & Readonly<Record<SplitName, number>>;
  readonly embedded?: Readonly<Record<SplitName, readonly { readonly images: FileRecord; readonly labels: FileRecord }[]>>;
  readonly full: { readonly files: readonly RemoteFile[]; readonly packageName?: string; readonly packageFolder?: string };
}

export type Registry = Readonly<Record<string, DatasetRecord>>;

/**
 * Reads the registry's JSON text and checks every row.
 * @throws LabError `data/registry`, naming the field, when a row is not as `DatasetRecord` says.
 */
export function parseRegistry(text: string): Registry {
  const value: unknown = JSON.parse(text);
  for (const [name, row] of Object.entries(record(value, 'registry'))) checkRow(record(row, name), name);
  return value as Registry;
}

function checkRow(row: Record<string, unknown>, name: string): void {
  for (const field of ['title', 'licence', 'citation', 'homepage']) expect(typeof row[field] === 'string', `${name}.${field}`, 'text');
  expect(isList(row.shape, whole) && row.shape.length === 3, `${name}.shape`, '[height, width, channels]');
  expect(
    isList(row.classes, c => typeof c === 'string'),
    `${name}.classes`,
    'a list of names',
  );
  expect(['idx', 'cifar-binary', 'jpeg-folders'].includes(row.format as string), `${name}.format`, 'a known format');
  const choice = record(row.choice, `${name}.choice`);
  for (const field of ['seed', 'train', 'validation', 'test']) expect(whole(choice[field]), `${name}.choice.${field}`, 'a whole number');
  const full = record(row.full, `${name}.full`);
  for (const file of list(full.files, `${name}.full.files`)) checkRemote(record(file, `${name}.full.files`), `${name}.full.files`);
  if (row.embedded === undefined) return;
  const embedded = record(row.embedded, `${name}.embedded`);
  for (const part of ['train', 'validation', 'test']) {
    for (const pair of list(embedded[part], `${name}.embedded.${part}`)) {
      for (const kind of ['images', 'labels']) {
        const where = `${name}.embedded.${part}.${kind}`;
        checkFile(record(record(pair, where)[kind], where), where);
      }
    }
  }
}

function checkRemote(file: Record<string, unknown>, where: string): void {
  checkFile(file, where);
  expect(typeof file.url === 'string' && /^https?:\/\//.test(file.url), `${where}.url`, 'an http or https address');
  if (file.content !== undefined) checkSize(record(file.content, `${where}.content`), `${where}.content`);
}

function checkFile(file: Record<string, unknown>, where: string): void {
  const { path } = file;
  const inside = typeof path === 'string' && /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..');
  expect(inside, `${where}.path`, 'a relative path without ..');
  checkSize(file, where);
}

function checkSize(file: Record<string, unknown>, where: string): void {
  expect(whole(file.bytes), `${where}.bytes`, 'a whole number');
  expect(typeof file.sha256 === 'string' && /^[0-9a-f]{64}$/.test(file.sha256), `${where}.sha256`, '64 hexadecimal digits');
}

const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isList(value: unknown, test: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(test);
}

function list(value: unknown, where: string): unknown[] {
  expect(Array.isArray(value), where, 'a list');
  return value as unknown[];
}

function record(value: unknown, where: string): Record<string, unknown> {
  expect(typeof value === 'object' && value !== null && !Array.isArray(value), where, 'an object');
  return value as Record<string, unknown>;
}

function expect(holds: boolean, where: string, what: string): void {
  if (holds) return;
  throw new LabError(
    'data/registry',
    `Dataset registry: ${where} must be ${what}.`,
    'Compare the row with the others in datasets/registry.json.',
  );
}
