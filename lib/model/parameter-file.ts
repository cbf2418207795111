import type { DType, NDArray } from '../tensor/array.ts';
import { bitsOf, dtypes } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import type { Parameter, Quantization } from './model.ts';
import { storedIntegers } from './real-value.ts';
import { type TensorEntry, tensorAt } from './safetensors.ts';
import { isRecord, recordOf } from './validate.ts';

/** What the JSON says of a parameter; the values stand in the safetensors file under the parameter's name and these suffixes. */
export interface ParameterRecord {
  readonly dtype: DType;
  readonly trainable: boolean;
  readonly mask?: DType;
  readonly quantization?: { readonly bits: number; readonly axis?: number; readonly group?: number; readonly codebook?: boolean };
}

const parts = { mask: '#mask', scale: '#scale', zeroPoint: '#zero-point', codebook: '#codebook' } as const;

const refuse = (code: string, message: string): never => {
  throw new LabError(code, message, 'The model is damaged or was not made by this library.');
};

/** The record of a parameter, and its arrays by their names in the file. */
export function encodeParameter(name: string, parameter: Parameter): { record: ParameterRecord; arrays: Record<string, NDArray> } {
  const { value, trainable, mask, quantization } = parameter;
  const record = {
    dtype: value.dtype,
    trainable,
    ...(mask ? { mask: mask.dtype } : {}),
    ...(quantization
      ? { quantization: { bits: quantization.bits, ...quantization.granularity, codebook: quantization.codebook !== undefined } }
      : {}),
  };
  const arrays: Record<string, NDArray | undefined> = {
    [name]: value,
    [name + parts.mask]: mask,
    [name + parts.scale]: quantization?.scale,
    [name + parts.zeroPoint]: quantization?.zeroPoint,
    [name + parts.codebook]: quantization?.codebook,
  };
  const present = Object.entries(arrays).filter((entry): entry is [string, NDArray] => entry[1] !== undefined);
  return { record, arrays: Object.fromEntries(present) };
}

/** The file that parameters are read from; `used` collects the names of the tensors that were asked for. */
export interface ParameterSource {
  readonly bytes: Uint8Array;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly used: Set<string>;
  readonly finite: boolean;
}

/**
 * Reads a parameter of this shape.
 * @throws LabError `model/parameter`, `model/mask`, `model/quantization` when record, file and graph do not agree.
 */
export function decodeParameter(name: string, value: unknown, { shape, source }: { shape: Shape; source: ParameterSource }): Parameter {
  const record = recordOf(`Parameter ${name}`, value, ['dtype', 'trainable', 'mask', 'quantization']);
  if (typeof record.trainable !== 'boolean') refuse('model/parameter', `Parameter ${name}: trainable must be true or false.`);
  const stored = read(source, name, { dtype: dtypeIn(name, record.dtype), shape });
  const mask = record.mask === undefined ? undefined : read(source, name + parts.mask, { dtype: dtypeIn(name, record.mask), shape });
  if (mask?.data.some(kept => kept !== 0 && kept !== 1)) refuse('model/mask', `Parameter ${name}: a mask holds 0 and 1 only.`);
  const quantization = record.quantization === undefined ? undefined : decodeQuantization(name, record.quantization, { stored, source });
  if (!quantization && stored.dtype === 'int4') refuse('model/quantization', `Parameter ${name}: int4 values need a quantization.`);
  return Object.freeze({
    value: stored,
    trainable: record.trainable as boolean,
    ...(mask ? { mask } : {}),
    ...(quantization ? { quantization } : {}),
  });
}

function dtypeIn(name: string, value: unknown): DType {
  return dtypes.find(dtype => dtype === value) ?? refuse('model/dtype', `Parameter ${name}: ${JSON.stringify(value)} is no dtype.`);
}

/** The tensor of this name, which must have this dtype and, when given, this shape. */
function read(source: ParameterSource, name: string, as: { readonly dtype: DType; readonly shape?: Shape }): NDArray {
  const entry = source.entries.get(name) ?? refuse('model/parameter', `The file has no tensor ${name}.`);
  source.used.add(name);
  const shape = as.shape ?? entry.shape;
  const stored = as.dtype === 'int4' ? { dtype: 'uint8', shape: [Math.ceil(sizeOf(shape) / 2)] } : { dtype: as.dtype, shape };
  if (entry.dtype !== stored.dtype || !sameShape(entry.shape, stored.shape))
    refuse('model/parameter', `Tensor ${name}: expected ${stored.dtype} [${stored.shape}], got ${entry.dtype} [${entry.shape}].`);
  const found = tensorAt(source.bytes, entry, { dtype: as.dtype, shape });
  const wild = source.finite ? found.data.findIndex(value => !Number.isFinite(value)) : -1;
  if (wild >= 0) refuse('model/finite', `Tensor ${name}: value ${wild} is ${found.data[wild]}.`);
  return found;
}

function decodeQuantization(name: string, value: unknown, { stored, source }: { stored: NDArray; source: ParameterSource }): Quantization {
  const record = recordOf(`Quantization of ${name}`, value, ['bits', 'axis', 'group', 'codebook']);
  const { bits, axis, group } = record as { bits: number; axis?: number; group?: number };
  const whole = (n: unknown, from: number, to: number): boolean => Number.isInteger(n) && (n as number) >= from && (n as number) <= to;
  const valid =
    isRecord(value) &&
    whole(bits, 1, Math.min(bitsOf(stored.dtype), 16)) &&
    stored.dtype !== 'float32' &&
    (axis === undefined || whole(axis, 0, stored.shape.length - 1)) &&
    (group === undefined || (axis !== undefined && whole(group, 1, 2 ** 31)));
  if (!valid) refuse('model/quantization', `Parameter ${name} (${stored.dtype}) cannot have the quantization ${JSON.stringify(value)}.`);
  assertBits(name, stored, bits);
  const scale = read(source, name + parts.scale, { dtype: 'float32' });
  const zeroPoint = read(source, name + parts.zeroPoint, { dtype: 'int32' });
  const codebook = record.codebook === true ? read(source, name + parts.codebook, { dtype: 'float32' }) : undefined;
  const tables = tablesOf(stored.shape, { axis, group });
  const expected = codebook
    ? sizeOf(codebook.shape) === tables * 2 ** bits
    : sizeOf(scale.shape) === tables && sizeOf(zeroPoint.shape) === tables;
  if (!expected)
    refuse('model/quantization', `Parameter ${name} needs ${tables} scale(s) and zero point(s), or a codebook of ${tables * 2 ** bits}.`);
  const granularity = Object.freeze({ ...(axis === undefined ? {} : { axis }), ...(group === undefined ? {} : { group }) });
  return Object.freeze({ bits, granularity, scale, zeroPoint, ...(codebook ? { codebook } : {}) });
}

/** Number of scales (or codebooks) that a granularity needs. */
function tablesOf(shape: Shape, { axis, group }: { axis?: number; group?: number }): number {
  if (axis === undefined) return 1;
  const length = shape[axis] as number;
  return group === undefined ? length : (sizeOf(shape) / length) * Math.ceil(length / group);
}

/** The declared bits must hold every stored value, signed or unsigned: sizes are computed from them. */
function assertBits(name: string, stored: NDArray, bits: number): void {
  let [low, high] = [0, 0];
  const values = storedIntegers(stored);
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  const fits = low >= 0 ? high < 2 ** bits : low >= -(2 ** (bits - 1)) && high < 2 ** (bits - 1);
  if (!fits) refuse('model/quantization', `Parameter ${name}: values from ${low} to ${high} do not fit into ${bits} bits.`);
}
