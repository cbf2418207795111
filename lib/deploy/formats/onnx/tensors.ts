import { int4, pack, unpack } from '../../../tensor/pack.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { elementTypes, zerosOf } from '../../element-types.ts';
import type { Elements, ElementType } from '../../program.ts';
import { refuseOnnx } from './refuse.ts';
import type { TensorProto } from './schema.ts';

/** ONNX's codes of our element types. */
const dataTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  int4: 22,
};

/** The code of an element type. */
export function codeOf(type: ElementType): number {
  return dataTypes[type];
}

/**
 * The element type of a code.
 * @throws LabError `deploy/onnx` for types that programs do not have.
 */
export function typeOfCode(code: number | undefined, where: string): ElementType {
  return elementTypes.find(type => dataTypes[type] === code) ?? refuseOnnx(`${where} has elements of type ${code}, which no program has.`);
}

/** A constant as ONNX stores it: little-endian bytes, int4 two a byte. */
export function writeTensor(name: string, { type, shape, data }: Constant): TensorProto {
  const rawData = type === 'int4' ? pack(data as Int8Array, int4) : new Uint8Array(data.slice().buffer);
  return { dims: shape, dataType: codeOf(type), name, rawData };
}

/** The elements of a constant. */
export interface Constant {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data: Elements;
}

/**
 * A constant of a file; its elements may stand as bytes or as a list.
 * @throws LabError `deploy/onnx` for types that programs do not have, and for more or fewer elements than the shape has.
 */
export function readTensor(proto: TensorProto): Constant {
  const { dims: shape = [], name = '', rawData } = proto;
  const type = typeOfCode(proto.dataType, `constant ${name}`);
  const length = sizeOf(shape);
  const bytes = type === 'int4' ? Math.ceil(length / 2) : length * zerosOf(type, 0).BYTES_PER_ELEMENT;
  const list = proto.floatData ?? proto.int32Data ?? proto.int64Data ?? [];
  if (!shape.every(size => size >= 0) || (rawData ? rawData.length !== bytes : list.length !== length || type === 'int4'))
    refuseOnnx(`constant ${name}, ${type} [${shape}], holds ${rawData ? `${rawData.length} bytes` : `${list.length} elements`}.`);
  if (!rawData) {
    const data = zerosOf(type, length);
    for (const [i, value] of list.entries()) data[i] = (type === 'int64' ? BigInt(value) : value) as never;
    return { type, shape, data };
  }
  if (type === 'int4') return { type, shape, data: unpack(rawData, { ...int4, length }) as Int8Array };
  const data = zerosOf(type, length);
  new Uint8Array(data.buffer).set(rawData);
  return { type, shape, data };
}
