import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { saveModel, writeWhole } from '../model/save.ts';
import { checkedModel, decodeModel } from '../model/serialize.ts';
import type { ModelLimits } from '../model/validate.ts';
import { LabError } from '../tensor/errors.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';

const largest = 96 * 2 ** 20;
const handInAgain = 'Run the cell with deliver() again, and hand in the files that it wrote.';

/**
 * Saves what a notebook hands in: a model as `NAME.safetensors` and `NAME.json` in `folder`, anything else as `NAME.json` in the codec's form.
 * Files appear whole or not at all; a model's graph comes last and names its values, so that the result of a save cut short is refused.
 * @throws LabError `deliver/name`, `codec/kind`, `codec/size`, and the errors of `checkedModel`.
 */
export function saveDeliverable(folder: string, name: string, value: unknown): void {
  assertName(name);
  const path = join(folder, name);
  // whatever cannot cross to a check later on is refused here, where the student sees it
  const wire = encode(value);
  if (isModel(wire)) {
    saveModel(checkedModel(value), path);
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeWhole([`${path}.json`, JSON.stringify({ format: 'tinylab deliverable', version: 1, value: wire })]);
  rmSync(`${path}.safetensors`, { force: true });
}

/** Tells whether something was handed in under this name. */
export function isDelivered(folder: string, name: string): boolean {
  assertName(name);
  return existsSync(join(folder, `${name}.json`));
}

/**
 * Reads what was handed in under this name. The files may be hostile: links and special files are refused, size and depth are capped, a
 * model is checked as `decodeModel` checks it, and nothing but plain data comes out.
 * @throws LabError `deliver/missing`, `deliver/refused`, `codec/malformed` and the codec's other refusals, and the errors of `decodeModel`.
 */
export function readDeliverable(folder: string, name: string, limits: ModelLimits = {}): unknown {
  assertName(name);
  const json = regular(folder, `${name}.json`) ?? missing(name, `Nothing was handed in as ${name}.`);
  const { format, version, value } = fieldsOf(json);
  if (format === 'tinylab model') {
    const values = regular(folder, `${name}.safetensors`) ?? missing(name, `${name}.json was handed in without ${name}.safetensors.`);
    return decodeModel({ graph: json, values }, limits);
  }
  if (format !== 'tinylab deliverable' || version !== 1) throw refused(`${name}.json is not a deliverable of this library.`);
  if (isModel(value)) throw refused(`${name}.json holds a model; models are two files, ${name}.json and ${name}.safetensors.`);
  return decode(value);
}

/** Content of a regular file; undefined when nothing is there. */
function regular(folder: string, file: string): Uint8Array | undefined {
  const place = join(folder, file);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isFile()) throw refused(`${file} is no regular file.`);
  if (found.size > largest) throw refused(`${file} is larger than ${largest} bytes.`);
  return readFileSync(place);
}

function fieldsOf(json: Uint8Array): { readonly format?: unknown; readonly version?: unknown; readonly value?: unknown } {
  try {
    return JSON.parse(new TextDecoder().decode(json)) ?? {};
  } catch {
    return {};
  }
}

function isModel(wire: unknown): boolean {
  return typeof wire === 'object' && wire !== null && 'kind' in wire && wire.kind === 'model';
}

function missing(name: string, message: string): never {
  const hint = `Run the cell with deliver('${name}', …), and submit the folder deliverables with the notebook.`;
  throw new LabError('deliver/missing', message, hint);
}

function refused(message: string): LabError {
  return new LabError('deliver/refused', message, handInAgain);
}

function assertName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return;
  throw new LabError('deliver/name', `A deliverable cannot be called ${JSON.stringify(name)}.`, 'Use letters, digits, - and _.');
}
