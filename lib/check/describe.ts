import { isArray, type NDArray } from '../tensor/array.ts';

const shown = 6;
const longest = 200;

/** One line that tells a person what a value is: kind, shape and its first few elements. It calls nothing that the value may hold. */
export function describe(value: unknown): string {
  const text = describeInside(value, 0);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function describeInside(value: unknown, depth: number): string {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${(typeof value.name === 'string' && value.name) || '(unnamed)'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return describeArray(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${list(Array.from(value as Float32Array), depth)})`;
  if (value instanceof Error) return `${plainText(value.name)}: ${plainText(value.message)}`;
  if (Array.isArray(value)) return depth > 2 ? `a list of ${value.length}` : `[${list(value, depth)}]`;
  return describeRecord(value as Record<string, unknown>, depth);
}

/** A field that should be text; whatever else stands there is not asked to become one. */
const plainText = (value: unknown): string => (typeof value === 'string' ? value : '(no text)');

function describeArray({ shape, dtype, data }: NDArray): string {
  const values = Array.from(data.subarray(0, shown), number).join(', ');
  return `${dtype} [${shape.join(', ')}]: ${values}${data.length > shown ? ', …' : ''}`;
}

function describeRecord(value: Record<string, unknown>, depth: number): string {
  const { nodes, parameters, name } = value;
  if (Array.isArray(nodes) && typeof parameters === 'object' && typeof name === 'string') return `model ${name} of ${nodes.length} nodes`;
  const keys = Object.keys(value);
  if (depth > 2) return `a record of ${keys.length}`;
  const fields = keys.slice(0, shown).map(key => `${key}: ${describeInside(value[key], depth + 1)}`);
  return `{ ${fields.join(', ')}${keys.length > shown ? ', …' : ''} }`;
}

const list = (values: readonly unknown[], depth: number): string =>
  values
    .slice(0, shown)
    .map(v => describeInside(v, depth + 1))
    .concat(values.length > shown ? '…' : [])
    .join(', ');

/** Whole numbers stay whole with all digits; others show seven significant ones, as many as float32 has. */
const number = (v: number): string => (Number.isInteger(v) || !Number.isFinite(v) ? String(v) : String(Number(v.toPrecision(7))));
