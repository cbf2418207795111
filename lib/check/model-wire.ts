import type { Model } from '../model/model.ts';
import { isArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { describe } from './describe.ts';

/**
 * Tells a model from a record that only looks like one: every field has its type, ids are unique, every parameter that a node names exists.
 * Shapes are not inferred here.
 * @throws LabError `codec/model`.
 */
export function assertModel(value: Readonly<Record<string, unknown>>): Model {
  const { nodes, parameters, output, outputs } = value;
  if (!Array.isArray(nodes) || !isRecord(parameters)) throw broken('it lacks its nodes or its parameters');
  const seen = new Set<string>();
  for (const node of nodes) {
    const { id, op, attributes, inputs, parameters: roles } = isRecord(node) ? node : {};
    if (typeof id !== 'string' || typeof op !== 'string') throw broken('a node lacks its id or its op');
    if (!isRecord(attributes) || !isRecord(roles) || !Array.isArray(inputs))
      throw broken(`node ${id} lacks attributes, inputs or parameters`);
    if (seen.has(id)) throw broken(`two nodes are called ${id}`);
    const stray = inputs.find(input => !seen.has(input));
    if (stray !== undefined) throw broken(`node ${id} reads ${describe(stray)}, which does not come before it`);
    const missing = Object.values(roles).find(name => typeof name !== 'string' || !Object.hasOwn(parameters, name));
    if (missing !== undefined) throw broken(`node ${id} names the parameter ${describe(missing)}, which the model lacks`);
    seen.add(id);
  }
  if (typeof output !== 'string' || !seen.has(output)) throw broken(`its output ${describe(output)} is not a node`);
  if (outputs !== undefined && !(isRecord(outputs) && Object.values(outputs).every(id => typeof id === 'string' && seen.has(id))))
    throw broken('a named output is not a node');
  for (const [name, parameter] of Object.entries(parameters)) {
    const sound = isRecord(parameter) && isArray(parameter.value) && typeof parameter.trainable === 'boolean';
    if (!sound) throw broken(`parameter ${name} lacks its value`);
  }
  return value as unknown as Model;
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

function broken(what: string): LabError {
  return new LabError('codec/model', `That is not a model: ${what}.`, 'Build models with the library, or change them with withParameters.');
}
