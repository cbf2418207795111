import { createHash } from 'node:crypto';
import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Model, Parameter } from './model.ts';
import { decodeParameter, encodeParameter, type ParameterRecord } from './parameter-file.ts';
import { encodeSafetensors, readSafetensors } from './safetensors.ts';
import { assertUniqueKeys } from './unique-keys.ts';
import { assertWithin, checkedGraph, isRecord, type ModelLimits, nameOf, recordOf } from './validate.ts';

/** A model as two files: the graph as JSON text, the values in the safetensors format. The graph names the digest of its values. */
export interface EncodedModel {
  readonly graph: Uint8Array;
  readonly values: Uint8Array;
}

const format = 'tinylab model';
const version = 1;

/**
 * A model as bytes; equal models give equal bytes.
 * @throws LabError `model/parameter` for a parameter that no node owns, `model/name`.
 * @example
 * const model = mlp({ input: [4], hidden: [3], classes: 2 });
 * const copy = decodeModel(encodeModel(model)); // the same values, bit for bit
 */
export function encodeModel(model: Model): EncodedModel {
  const owned = new Set(model.nodes.flatMap(node => Object.values(node.parameters)));
  const lost = Object.keys(model.parameters).find(name => !owned.has(name));
  if (lost !== undefined)
    throw new LabError('model/parameter', `Parameter ${lost} belongs to no node of ${model.name}.`, 'Insert a node that owns it.');
  return encoded(model);
}

function encoded(model: Model): EncodedModel {
  const { name, nodes, output, outputs } = model;
  const parameters: Record<string, ParameterRecord> = {};
  const arrays: Record<string, NDArray> = {};
  for (const [key, parameter] of Object.entries(model.parameters)) {
    const encoded = encodeParameter(nameOf('parameter', key), parameter);
    parameters[key] = encoded.record;
    Object.assign(arrays, encoded.arrays);
  }
  const values = encodeSafetensors(arrays);
  const json = JSON.stringify({ format, version, name, nodes, output, outputs, parameters, sha256: digestOf(values) }, null, 1);
  return { graph: new TextEncoder().encode(`${json}\n`), values };
}

/**
 * Reads a model from bytes that may be damaged or hostile: everything is checked against the caps and against each other before values are
 * copied out. The file with the values may hold nothing but the graph's parameters.
 * @throws LabError `model/limit`, `model/json`, `model/duplicate`, `model/header`, `model/offsets`, `model/op`, `model/attribute`,
 * `model/order`, `model/parameter`, `model/mask`, `model/quantization`, `model/digest` …: which rule is broken, and where.
 */
export function decodeModel({ graph: json, values: bytes }: EncodedModel, limits: ModelLimits = {}): Model {
  assertWithin('bytes of the graph', json.length, limits.graphBytes ?? 2 ** 24);
  assertWithin('bytes of the values', bytes.length, limits.bytes ?? 2 ** 30);
  const file = recordOf('The graph file', jsonOf('The graph file', json), [
    'format',
    'version',
    'name',
    'nodes',
    'output',
    'outputs',
    'parameters',
    'sha256',
  ]);
  if (file.format !== format || file.version !== version)
    throw new LabError('model/json', `Expected a ${format} of version ${version}.`, 'Save the model with this version of the library.');
  const { graph, specs } = checkedGraph(file, limits);
  const records = isRecord(file.parameters) ? file.parameters : {};
  const source = {
    bytes,
    entries: readSafetensors(bytes),
    used: new Set<string>(),
    finite: limits.finite ?? false,
    values: limits.values ?? 2 ** 30,
  };
  const missing = [...specs.keys()].find(name => !Object.hasOwn(records, name));
  const extra = Object.keys(records).find(name => !specs.has(name));
  if (missing ?? extra) throw stray(missing ? `Parameter ${missing} is missing.` : `Parameter ${extra} belongs to no node.`);
  const parameters: Record<string, Parameter> = {};
  // in the order of the file, so that encoding gives the same bytes again
  for (const name of Object.keys(records)) {
    const { shape } = specs.get(name) as { shape: readonly number[] };
    parameters[name] = decodeParameter(name, records[name], { shape, source });
  }
  const unused = [...source.entries.keys()].find(name => !source.used.has(name));
  if (unused) throw stray(`Tensor ${unused} belongs to no parameter.`);
  // last, since every other message says more
  if (file.sha256 !== digestOf(bytes)) throw stray('The values are not those that the graph was saved with.', 'model/digest');
  return Object.freeze({ ...graph, parameters: Object.freeze(parameters) });
}

/**
 * Checks a value of unknown origin that should be a model, as `decodeModel` checks a file, and returns a clean copy.
 * @throws LabError `model/graph` when it is none, and the errors of `decodeModel`.
 */
export function checkedModel(value: unknown, limits: ModelLimits = {}): Model {
  const { parameters } = recordOf('A model', value, ['name', 'nodes', 'output', 'outputs', 'parameters']);
  if (!isRecord(parameters)) throw new LabError('model/graph', 'The parameters of a model must be a record.', 'Hand in a model.');
  return decodeModel(encoded(value as Model), limits);
}

/** The SHA-256 of bytes, in hexadecimal digits. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const stray = (message: string, code = 'model/parameter'): LabError =>
  new LabError(code, message, 'Graph and values must come from the same model; save it again.');

/**
 * JSON text of unknown origin, no key twice in a record.
 * @throws LabError `model/json`, `model/duplicate`.
 */
export function jsonOf(where: string, json: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    const value: unknown = JSON.parse(text);
    assertUniqueKeys(where, text);
    return value;
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError('model/json', `${where} is no JSON.`, 'The file is damaged; save it again.');
  }
}
