import { array, type DType, isArray, type NDArray } from '../../tensor/array.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { gridShape, perAxis, perGroup, perTensor } from '../../tensor/tiles.ts';
import { arrayIn, dtypeIn, readTensor, type TensorSource } from '../tensor-source.ts';
import { isRecord, recordOf } from '../validate.ts';
import type { VectorPlace } from './block.ts';
import { assertOwnNumbers, assertQuantization, assertWidth, refuse } from './checks.ts';
import { ownNumbers } from './codebook.ts';
import type { Affine, Codebook, Quantization, Scale } from './quantization.ts';

/** What the JSON says of a quantization; its arrays stand in the safetensors file under the parameter's name and these suffixes. */
export interface QuantizationRecord {
  readonly kind: Quantization['kind'];
  readonly bits: number;
  readonly tile: Shape;
  readonly scale?: ScaleRecord;
  readonly zeroPoint?: 'int32';
  readonly vector?: Codebook['vector'];
  /** The number format that the entries follow from. */
  readonly format?: string;
}

/** float32, or integers with a quantization of their own, whose scales stand under the suffix twice. */
export type ScaleRecord = 'float32' | { readonly dtype: DType; readonly quantization: QuantizationRecord };

const suffix = { scale: '#scale', zeroPoint: '#zero-point', entries: '#codebook' } as const;
const fields = {
  affine: ['kind', 'bits', 'tile', 'scale', 'zeroPoint'],
  codebook: ['kind', 'bits', 'tile', 'scale', 'entries', 'vector', 'format'],
} as const;

type Arrays = Record<string, NDArray>;

/** A record where its kind says which fields it has. */
function kindOf(name: string, value: unknown): Quantization['kind'] {
  const kind = isRecord(value) ? value.kind : undefined;
  return kind === 'affine' || kind === 'codebook' ? kind : refuse(`Quantization of ${name}`, 'its kind is affine or codebook.');
}

/**
 * The record of a quantization, and its arrays by their names in the file. Anything may come in; what is no quantization is refused here or
 * when it is read again.
 * @throws LabError `model/quantization`, `model/graph`, `model/parameter`.
 */
export function encodeQuantization(name: string, value: unknown, level = 0): { record: QuantizationRecord; arrays: Arrays } {
  const kind = kindOf(name, value);
  const all = recordOf(`Quantization of ${name}`, value, fields[kind]) as Partial<Omit<Affine, 'kind'> & Omit<Codebook, 'kind'>>;
  const { bits, tile, vector, format } = all as Codebook;
  if (format !== undefined) assertOwnNumbers({ ...(all as Codebook), entries: arrayIn(name, all.entries) }, `Quantization of ${name}`);
  const scale = all.scale === undefined ? { arrays: {} } : encodeScale(name + suffix.scale, all.scale, level);
  const parts = { [name + suffix.zeroPoint]: all.zeroPoint, [name + suffix.entries]: format === undefined ? all.entries : undefined };
  const record = {
    kind,
    bits,
    tile,
    ...('record' in scale ? { scale: scale.record } : {}),
    ...(all.zeroPoint ? { zeroPoint: 'int32' as const } : {}),
    ...(vector ? { vector: placeIn(`Quantization of ${name}`, vector) } : {}),
    ...(format === undefined ? {} : { format }),
  };
  const own = Object.entries(parts).flatMap(([key, part]) => (part === undefined ? [] : [[key, arrayIn(name, part)] as const]));
  return { record, arrays: { ...scale.arrays, ...Object.fromEntries(own) } };
}

/** Where vectors lie, in one of the two ways; whether that fits is checked with the rest. */
function placeIn(where: string, vector: unknown): VectorPlace {
  if (isRecord(vector) && Object.hasOwn(vector, 'block')) {
    const { block } = recordOf(where, vector, ['block']);
    return { block: Array.isArray(block) ? Object.freeze([...block]) : refuse(where, `no block is ${String(block)}.`) };
  }
  const { axis, length } = recordOf(where, vector, ['axis', 'length']) as { axis: number; length: number };
  return { axis, length };
}

/** Codes of a number format, which may stand below two levels of scales; that they have no scale is checked with the rest. */
function isNumberFormat(value: unknown): boolean {
  return isRecord(value) && value.kind === 'codebook' && value.format !== undefined;
}

function encodeScale(name: string, scale: Scale, level: number): { record: ScaleRecord; arrays: Arrays } {
  if (isArray(scale)) return { record: 'float32', arrays: { [name]: arrayIn(name, scale) } };
  if (level > 1 || (level > 0 && !isNumberFormat(scale.quantization)))
    refuse(`Quantization of ${name}`, 'scales have two levels and no more.');
  const fields = recordOf(`The parameter ${name}`, scale, ['value', 'quantization']);
  const value = arrayIn(name, fields.value);
  const { record, arrays } = encodeQuantization(name, fields.quantization, level + 1);
  return { record: { dtype: value.dtype, quantization: record }, arrays: { [name]: value, ...arrays } };
}

/** What a quantization is read for: a parameter of this shape, whose integers are stored in this dtype. */
interface Reading {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly source: TensorSource;
  /** How many scales stand above: 0 for a parameter. */
  readonly level?: number;
}

/**
 * Reads a quantization; of its arrays none is larger than the file.
 * @throws LabError `model/quantization`, `model/parameter`, `shape/tile` when record, file and shape do not agree.
 */
export function decodeQuantization(name: string, value: unknown, reading: Reading): Quantization {
  const { shape, dtype, source } = reading;
  if (!isRecord(value) || !Object.hasOwn(value, 'kind')) return decodeAxisRecord(name, value, reading);
  const where = `Quantization of ${name}`;
  const kind = kindOf(name, value);
  const keys = fields[kind].filter(key => key !== 'entries');
  const { bits, tile, scale, zeroPoint, vector, format } = recordOf(where, value, keys) as unknown as QuantizationRecord;
  assertWidth(where, dtype, bits);
  const grid = gridShape(shape, tile);
  const common = {
    bits,
    tile: Object.freeze([...tile]),
    ...(scale !== undefined ? { scale: decodeScale(name, scale, { ...reading, shape: grid }) } : {}),
  };
  const made =
    kind === 'affine'
      ? {
          kind,
          ...(common as Pick<Affine, 'bits' | 'tile' | 'scale'>),
          ...(zeroPoint === undefined ? {} : { zeroPoint: readTensor(source, name + suffix.zeroPoint, { dtype: 'int32', shape: grid }) }),
        }
      : {
          kind,
          ...common,
          ...(format === undefined
            ? { entries: readTensor(source, name + suffix.entries, { dtype: 'float32' }) }
            : ownNumbers(format, where)),
          ...(vector === undefined ? {} : { vector: Object.freeze(placeIn(where, vector)) }),
        };
  assertQuantization(shape, made as Quantization, where);
  return Object.freeze(made as Quantization);
}

function decodeScale(parameter: string, record: ScaleRecord, { shape, source, level = 0 }: Reading): Scale {
  const name = parameter + suffix.scale;
  if (record === 'float32') return readTensor(source, name, { dtype: 'float32', shape });
  const { dtype: stored, quantization } = recordOf(`Scales of ${parameter}`, record, ['dtype', 'quantization']);
  if (level > 1 || (level > 0 && !isNumberFormat(quantization)))
    refuse(`Quantization of ${parameter}`, 'scales have two levels and no more.');
  const dtype = dtypeIn(name, stored);
  kindOf(name, quantization);
  const value = readTensor(source, name, { dtype, shape });
  return Object.freeze({ value, quantization: decodeQuantization(name, quantization, { shape, dtype, source, level: level + 1 }) });
}

/**
 * Reads a record from before tiles: `axis` has a scale for each index, or for each `group` of neighbours, all tables are flat lists, and code
 * books come with scales and zero points that mean nothing.
 */
function decodeAxisRecord(name: string, value: unknown, { shape, dtype, source }: Reading): Quantization {
  const where = `Quantization of ${name}`;
  const record = recordOf(where, value, ['bits', 'axis', 'group', 'codebook']);
  const { bits, axis, group } = record as { bits: number; axis?: number; group?: number };
  assertWidth(where, dtype, bits);
  if (axis !== undefined && !(Number.isInteger(axis) && axis >= 0 && axis < shape.length))
    refuse(where, `[${shape}] has no axis ${String(axis)}.`);
  if (group !== undefined && (axis === undefined || !(Number.isInteger(group) && group >= 1)))
    refuse(where, `no group is ${String(group)}.`);
  const tile = Object.freeze(
    axis === undefined ? perTensor(shape) : group === undefined ? perAxis(shape, axis) : perGroup(shape, axis, group),
  );
  const grid = gridShape(shape, tile);
  const read = (part: string, as: { readonly dtype: DType; readonly shape?: Shape }): NDArray => {
    const found = readTensor(source, name + part, { dtype: as.dtype });
    if (as.shape && sizeOf(found.shape) !== sizeOf(as.shape)) refuse(where, `it needs [${as.shape}] numbers, got [${found.shape}].`);
    return as.shape ? array(as.shape, found.data, as.dtype) : found;
  };
  const tables = record.codebook === true ? undefined : grid;
  const scale = read(suffix.scale, { dtype: 'float32', shape: tables });
  const zeroPoint = read(suffix.zeroPoint, { dtype: 'int32', shape: tables });
  const made: Quantization = tables
    ? { kind: 'affine', bits, tile, scale, zeroPoint }
    : {
        kind: 'codebook',
        bits,
        tile,
        entries: read(suffix.entries, { dtype: 'float32', shape: [...(axis === undefined ? [] : grid), 2 ** bits] }),
      };
  assertQuantization(shape, made, where);
  return Object.freeze(made);
}
