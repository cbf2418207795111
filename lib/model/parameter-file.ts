import type { DType, NDArray } from '../tensor/array.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Parameter } from './model.ts';
import { assertStored } from './quantization/checks.ts';
import { storedShape } from './quantization/quantization.ts';
import { decodeQuantization, encodeQuantization, type QuantizationRecord } from './quantization/record.ts';
import { arrayIn, dtypeIn, readTensor, refuse, type TensorSource } from './tensor-source.ts';
import { assertWithin, recordOf } from './validate.ts';

/** What the JSON says of a parameter; the values stand in the safetensors file under the parameter's name, its mask under `#mask`. */
export interface ParameterRecord {
  readonly dtype: DType;
  readonly trainable: boolean;
  readonly mask?: DType;
  readonly quantization?: QuantizationRecord;
}

const maskOf = (name: string): string => `${name}#mask`;

/**
 * The record of a parameter, and its arrays by their names in the file.
 * @throws LabError `model/parameter`, `model/graph`, `model/quantization` for what is no parameter.
 */
export function encodeParameter(name: string, parameter: Parameter): { record: ParameterRecord; arrays: Record<string, NDArray> } {
  const { trainable, mask, quantization, ...rest } = recordOf(`Parameter ${name}`, parameter, [
    'value',
    'trainable',
    'mask',
    'quantization',
  ]);
  const value = arrayIn(name, rest.value);
  const kept = mask === undefined ? undefined : arrayIn(name, mask);
  const quantized = quantization === undefined ? undefined : encodeQuantization(name, quantization);
  const record = {
    dtype: value.dtype,
    trainable: trainable as boolean,
    ...(kept ? { mask: kept.dtype } : {}),
    ...(quantized ? { quantization: quantized.record } : {}),
  };
  return { record, arrays: { [name]: value, ...(kept ? { [maskOf(name)]: kept } : {}), ...quantized?.arrays } };
}

/**
 * Reads a parameter of this shape.
 * @throws LabError `model/parameter`, `model/mask`, `model/quantization` when record, file and graph do not agree.
 */
export function decodeParameter(name: string, value: unknown, { shape, source }: { shape: Shape; source: TensorSource }): Parameter {
  const record = recordOf(`Parameter ${name}`, value, ['dtype', 'trainable', 'mask', 'quantization']);
  if (typeof record.trainable !== 'boolean') refuse('model/parameter', `Parameter ${name}: trainable must be true or false.`);
  const dtype = dtypeIn(name, record.dtype);
  const quantization =
    record.quantization === undefined ? undefined : decodeQuantization(name, record.quantization, { shape, dtype, source });
  const vectors = quantization?.kind === 'codebook' && quantization.vector !== undefined;
  if (vectors) assertWithin(`values of parameter ${name}`, sizeOf(shape), source.values);
  const stored = readTensor(source, name, { dtype, shape: vectors ? storedShape(shape, quantization) : shape });
  const mask = record.mask === undefined ? undefined : readTensor(source, maskOf(name), { dtype: dtypeIn(name, record.mask), shape });
  if (mask?.data.some(kept => kept !== 0 && kept !== 1)) refuse('model/mask', `Parameter ${name}: a mask holds 0 and 1 only.`);
  if (quantization) assertStored({ value: stored, quantization }, `Quantization of ${name}`);
  else if (dtype === 'int4') refuse('model/quantization', `Parameter ${name}: int4 values need a quantization.`);
  return Object.freeze({
    value: stored,
    trainable: record.trainable as boolean,
    ...(mask ? { mask } : {}),
    ...(quantization ? { quantization } : {}),
  });
}
