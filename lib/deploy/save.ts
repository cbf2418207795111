import { readCapped, writeWhole } from '../model/save.ts';
import type { Program } from './program.ts';
import { decodeProgram, encodeProgram } from './serialize.ts';
import type { ProgramFileLimits } from './structure.ts';

/**
 * Saves a program as `path.safetensors` (its constants) and `path.json` (the rest). Each file appears whole or not at all, the JSON last.
 * @throws LabError `files/refused` when the place does not take them; the errors of `encodeProgram`.
 */
export function saveProgram(program: Program, path: string): void {
  const { graph, values } = encodeProgram(program);
  writeWhole([`${path}.safetensors`, values], [`${path}.json`, graph]);
}

/**
 * Loads what `saveProgram` wrote, checked as `decodeProgram` checks.
 * @throws LabError `model/missing` when a file is not there, and the errors of `decodeProgram`.
 */
export function loadProgram(path: string, limits: ProgramFileLimits = {}): Program {
  const graph = readCapped(`${path}.json`, limits.graphBytes ?? 2 ** 24);
  const values = readCapped(`${path}.safetensors`, limits.bytes ?? 2 ** 30);
  return decodeProgram({ graph, values }, limits);
}
