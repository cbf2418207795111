import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LabError } from '../tensor/errors.ts';
import type { Model } from './model.ts';
import { decodeModel, encodeModel } from './serialize.ts';
import { assertWithin, type ModelLimits } from './validate.ts';

/**
 * Saves a model as `path.safetensors` (values, readable by any safetensors library) and `path.json` (graph). Each file appears whole or not
 * at all; the graph comes last and names the digest of its values, so that a pair cut short is refused.
 * @throws LabError `files/refused` when the place does not take them.
 */
export function saveModel(model: Model, path: string): void {
  const { graph, values } = encodeModel(model);
  writeWhole([`${path}.safetensors`, values], [`${path}.json`, graph]);
}

/**
 * Writes files beside their places, and moves them there in this order once all of them are on the disk. Folders above them are made.
 * @throws LabError `files/refused` when the place does not take them: read-only, full, or a file in the way.
 */
export function writeWhole(...files: readonly (readonly [path: string, content: Uint8Array | string])[]): void {
  const partial = (path: string): string => `${path}.${process.pid}.part`;
  try {
    for (const [path] of files) mkdirSync(dirname(path), { recursive: true });
    for (const [path, content] of files) writeFileSync(partial(path), content, { flush: true });
    for (const [path] of files) renameSync(partial(path), path);
  } catch (error) {
    throw files[0] && (error as NodeJS.ErrnoException).code !== undefined ? refused(files[0][0], error as Error) : error;
  } finally {
    for (const [path] of files) if (existsSync(partial(path))) rmSync(partial(path), { force: true });
  }
}

function refused(path: string, { message }: Error): LabError {
  const hint = 'Nothing was saved. See that the folder may be written and that the disk has room, then run the cell again.';
  return new LabError('files/refused', `${basename(path)} cannot be saved in ${dirname(path)} (${message.replace(/,.*/s, '')}).`, hint);
}

/**
 * Loads what `saveModel` wrote, bit for bit, checked as `decodeModel` checks.
 * @throws LabError `model/missing` when a file is not there, and the errors of `decodeModel`.
 */
export function loadModel(path: string, limits: ModelLimits = {}): Model {
  const graph = readCapped(`${path}.json`, limits.graphBytes ?? 2 ** 24);
  const values = readCapped(`${path}.safetensors`, limits.bytes ?? 2 ** 30);
  return decodeModel({ graph, values }, limits);
}

/** The bytes of a file that is there and within the cap. @throws LabError `model/missing`, `model/limit`. */
export function readCapped(path: string, cap: number): Uint8Array {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw new LabError('model/missing', `There is no file ${path}.`, 'What is saved is two files: path.json and path.safetensors.');
  assertWithin(`bytes of ${path}`, found.size, cap);
  return readFileSync(path);
}
