import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../model/save.ts';
import { LabError } from '../tensor/errors.ts';
import { type Ending, type Fields, kindOf, refused } from './deliverables/kind.ts';
import { type DeliverableCaps, findKind } from './deliverables/kinds.ts';
import { isValueFile } from './deliverables/value-file.ts';
import { encode } from './encode.ts';
import { regularFile } from './regular-file.ts';

const largest = 96 * 2 ** 20;
const endings: readonly Ending[] = ['.json', '.safetensors'];

/**
 * Saves what a notebook hands in: a model or a program as `NAME.safetensors` and `NAME.json` in `folder`, anything else as `NAME.json` in the codec's form.
 * Files appear whole or not at all; a model's graph comes last and names its values, so that the result of a save cut short is refused.
 * @throws LabError `deliver/name`, `codec/kind`, `codec/size`, `files/refused`, and the errors of `checkedModel`.
 */
export function saveDeliverable(folder: string, name: string, value: unknown): void {
  assertName(name);
  // whatever cannot cross to a check later on is refused here, where the student sees it
  const wire = encode(value);
  const found = findKind(kind => kind.holds(wire));
  if (!found) throw refused(`${name} is of no kind that can be handed in.`);
  const files = found.kind.encode(value, wire);
  writeWhole(...files.map(([ending, content]) => [join(folder, name + ending), content] as const));
  const kept = files.map(([ending]) => ending);
  for (const ending of endings) if (!kept.includes(ending)) rmSync(join(folder, name + ending), { force: true });
}

/** Tells whether something was handed in under this name. */
export function isDelivered(folder: string, name: string): boolean {
  assertName(name);
  return existsSync(join(folder, `${name}.json`));
}

/**
 * Reads what was handed in under this name. The files may be hostile: links and special files are refused, size and depth are capped, a
 * model is checked as `decodeModel` checks it, and nothing but plain data comes out. `caps` says by kind what a deliverable may hold.
 * @throws LabError `deliver/missing`, `deliver/refused`, `deliver/limit`, `codec/malformed` and the codec's other refusals, and the errors of `decodeModel`.
 */
export function readDeliverable(folder: string, name: string, caps: DeliverableCaps = {}): unknown {
  assertName(name);
  const json = regularFile(folder, `${name}.json`, largest) ?? missing(name, `Nothing was handed in as ${name}.`);
  const fields = fieldsOf(json);
  const found = findKind(kind => kind.wrote(fields));
  if (!found) throw refused(`${name}.json ${whyNone(fields, name)}`);
  const file = (ending: Ending): Uint8Array =>
    regularFile(folder, name + ending, largest) ?? missing(name, `${name}.json was handed in without ${name}${ending}.`);
  return found.kind.decode({ name, json, fields, file }, caps[found.name] ?? {});
}

/** Why JSON is of no kind. */
function whyNone(fields: Fields, name: string): string {
  if (isValueFile(fields) && kindOf(fields.value) === 'model')
    return `holds a model; models are two files, ${name}.json and ${name}.safetensors.`;
  return 'is not a deliverable of this library.';
}

function fieldsOf(json: Uint8Array): Fields {
  try {
    return JSON.parse(new TextDecoder().decode(json)) ?? {};
  } catch {
    return {};
  }
}

function missing(name: string, message: string): never {
  const hint = `Run the cell with deliver('${name}', …), and submit the folder deliverables with the notebook.`;
  throw new LabError('deliver/missing', message, hint);
}

function assertName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return;
  throw new LabError('deliver/name', `A deliverable cannot be called ${JSON.stringify(name)}.`, 'Use letters, digits, - and _.');
}
