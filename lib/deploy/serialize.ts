import { encodeSafetensors, readSafetensors } from '../model/safetensors.ts';
import { digestOf, type EncodedModel, jsonOf } from '../model/serialize.ts';
import { assertWithin, recordOf } from '../model/validate.ts';
import { assertProgram } from './check-program.ts';
import { elementsAt, elementsIn, storedElements } from './constants.ts';
import type { Program } from './program.ts';
import { type ProgramFileLimits, programOf, refuseFile } from './structure.ts';

/** What the JSON of a program says it is. */
export const programFormat = 'tinylab program';
const version = 1;

const nameOf = (index: number): string => `tensor-${index}`;

/**
 * A program as two files: its tensors and steps as JSON text, its constants in the safetensors format (tensor i as `tensor-i`, in a row; those of 4
 * bits two a byte). The JSON names the digest of its constants. Equal programs give equal bytes.
 * @throws LabError `deploy/program`, `deploy/step` … for what cannot run, as `assertProgram` does.
 */
export function encodeProgram(program: Program): EncodedModel {
  const { name, tensors, steps, inputs, outputs } = checked(program, {});
  const constants = tensors.flatMap(({ type, data }, index) => (data ? [[nameOf(index), storedElements(type, data)] as const] : []));
  const values = encodeSafetensors(Object.fromEntries(constants));
  const declared = tensors.map(({ data, ...tensor }) => (data ? { ...tensor, constant: true } : tensor));
  const file = { format: programFormat, version, name, tensors: declared, steps, inputs, outputs, sha256: digestOf(values) };
  return { graph: new TextEncoder().encode(`${JSON.stringify(file, null, 1)}\n`), values };
}

/**
 * Reads a program from bytes that may be damaged or hostile: everything is checked against the caps and against each other. What comes out can run, reads and
 * writes inside its arrays only, and is frozen.
 * @throws LabError `model/limit`, `model/json`, `model/duplicate`, `model/header`, `model/offsets`, `model/graph`, `model/digest`, `deploy/file`, and
 * the errors of `assertProgram`: which rule is broken, and where.
 */
export function decodeProgram({ graph, values }: EncodedModel, limits: ProgramFileLimits = {}): Program {
  assertWithin('bytes of the program', graph.length, limits.graphBytes ?? 2 ** 24);
  assertWithin('bytes of the constants', values.length, limits.bytes ?? 2 ** 30);
  const keys = ['format', 'version', 'name', 'tensors', 'steps', 'inputs', 'outputs', 'sha256'] as const;
  const { format, version: of, sha256, ...rest } = recordOf('The program file', jsonOf('The program file', graph), keys);
  if (format !== programFormat || of !== version) refuseFile(`Expected a ${programFormat} of version ${version}.`);
  const entries = readSafetensors(values);
  const used = new Set<string>();
  const program = programOf(rest, limits, {
    field: 'constant',
    find(index, tensor, said) {
      if (said === undefined) return undefined;
      if (said !== true) return refuseFile(`Tensor ${index}: constant must be true or absent.`);
      used.add(nameOf(index));
      return elementsAt(values, entries.get(nameOf(index)), tensor);
    },
  });
  const stray = [...entries.keys()].find(entry => !used.has(entry));
  if (stray) refuseFile(`${stray} of the file is no constant of the program.`);
  assertProgram(program, limits);
  if (sha256 !== digestOf(values)) refuseFile('The constants are not those that the program was saved with.');
  return program;
}

/**
 * Checks a value of unknown origin that should be a program, as `decodeProgram` checks a file, and returns a clean copy of all but its elements.
 * @throws LabError `deploy/file`, `model/graph` when it is none, and the errors of `assertProgram`.
 */
export function checkedProgram(value: unknown, limits: ProgramFileLimits = {}): Program {
  return checked(value, limits);
}

function checked(value: unknown, limits: ProgramFileLimits): Program {
  const program = programOf(value, limits, { field: 'data', find: (_, tensor, said) => elementsIn(tensor, said) });
  assertProgram(program, limits);
  return program;
}
