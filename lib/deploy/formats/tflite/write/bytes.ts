import { Builder, type Offset } from 'flatbuffers';
import type { Elements, ProgramTensor, TensorQuantization } from '../../../program.ts';
import { packed } from '../elements.ts';
import {
  bufferFields,
  modelFields,
  operatorCodeFields,
  operatorFields,
  operators,
  quantizationFields,
  subgraphFields,
  type TfliteOp,
  tensorFields,
  typeNumbers,
} from '../schema.ts';

/** A field of a table of options. */
export interface OptionField {
  readonly field: number;
  readonly type: 'int8' | 'int32' | 'float32' | 'bool';
  readonly value: number;
}

/** An operator as it is written. */
export interface WrittenOperator {
  readonly op: TfliteOp;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: readonly OptionField[];
}

/** All that a file says. */
export interface WrittenFile {
  readonly name: string;
  readonly tensors: readonly ProgramTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The bytes of a .tflite file with one subgraph. */
export function tfliteBytes(file: WrittenFile): Uint8Array {
  const builder = new Builder(1024 + file.tensors.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0));
  // one buffer for each constant, behind the empty one that all other tensors share
  const constants = file.tensors.flatMap((tensor, index) => (tensor.data ? [index] : []));
  const buffers = [
    table(builder, 3, () => undefined),
    ...constants.map(index => bufferOf(builder, file.tensors[index] as ProgramTensor & { readonly data: Elements })),
  ];
  const places = new Map(constants.map((index, i) => [index, i + 1]));
  const tensors = file.tensors.map((tensor, index) => tensorOf(builder, tensor, places.get(index) ?? 0));
  const codes = [...new Map(file.operators.map(operator => [codeKey(operator), operator])).values()];
  const codePlaces = new Map(codes.map((operator, i) => [codeKey(operator), i]));
  const operatorTables = file.operators.map(operator => operatorOf(builder, operator, codePlaces.get(codeKey(operator)) as number));
  const graph = subgraphOf(builder, file, { tensors, operators: operatorTables });
  const parts = {
    [modelFields.operatorCodes]: offsets(
      builder,
      codes.map(operator => codeOf(builder, operator)),
    ),
    [modelFields.subgraphs]: offsets(builder, [graph]),
    [modelFields.description]: builder.createString('TinyLab'),
    [modelFields.buffers]: offsets(builder, buffers),
  };
  const model = table(builder, 8, () => {
    builder.addFieldInt32(modelFields.version, 3, 0);
    addOffsets(builder, parts);
  });
  builder.finish(model, 'TFL3');
  return builder.asUint8Array();
}

const codeKey = ({ op, version }: WrittenOperator): string => `${op} ${version}`;

/** A table of at most so many fields; what `add` needs stands in the file already. */
function table(builder: Builder, fields: number, add: () => void): Offset {
  builder.startObject(fields);
  add();
  return builder.endObject();
}

function addOffsets(builder: Builder, parts: Readonly<Record<number, Offset | undefined>>): void {
  for (const [field, offset] of Object.entries(parts)) if (offset !== undefined) builder.addFieldOffset(Number(field), offset, 0);
}

/** A list, written from its last item on. */
function list<T>(
  builder: Builder,
  items: readonly T[],
  { bytes, add }: { readonly bytes: number; readonly add: (item: T) => void },
): Offset {
  builder.startVector(bytes, items.length, bytes);
  for (const item of items.toReversed()) add(item);
  return builder.endVector();
}

const offsets = (builder: Builder, items: readonly Offset[]): Offset =>
  list(builder, items, { bytes: 4, add: item => builder.addOffset(item) });
const int32s = (builder: Builder, items: readonly number[]): Offset =>
  list(builder, items, { bytes: 4, add: item => builder.addInt32(item) });

/** Constants stand on multiples of 16 bytes. */
function bufferOf(builder: Builder, tensor: ProgramTensor & { readonly data: Elements }): Offset {
  const bytes = packed(tensor);
  builder.prep(16, bytes.length);
  const data = builder.createByteVector(bytes);
  return table(builder, 3, () => builder.addFieldOffset(bufferFields.data, data, 0));
}

function quantizationOf(builder: Builder, { scale, zeroPoint, axis = 0 }: TensorQuantization): Offset {
  const parts = {
    [quantizationFields.scale]: list(builder, scale, { bytes: 4, add: item => builder.addFloat32(item) }),
    [quantizationFields.zeroPoint]: list(builder, zeroPoint, { bytes: 8, add: item => builder.addInt64(BigInt(item)) }),
  };
  return table(builder, 7, () => {
    addOffsets(builder, parts);
    builder.addFieldInt32(quantizationFields.axis, axis, 0);
  });
}

function tensorOf(builder: Builder, { name, shape, type, quantization }: ProgramTensor, buffer: number): Offset {
  const parts = {
    [tensorFields.shape]: int32s(builder, shape),
    [tensorFields.name]: builder.createString(name),
    ...(quantization && { [tensorFields.quantization]: quantizationOf(builder, quantization) }),
  };
  return table(builder, 11, () => {
    addOffsets(builder, parts);
    builder.addFieldInt8(tensorFields.type, typeNumbers[type], 0);
    builder.addFieldInt32(tensorFields.buffer, buffer, 0);
    builder.addFieldInt8(tensorFields.hasRank, 1, 0);
  });
}

function codeOf(builder: Builder, { op, version }: WrittenOperator): Offset {
  const { code } = operators[op];
  return table(builder, 4, () => {
    builder.addFieldInt8(operatorCodeFields.deprecatedCode, Math.min(code, 127), 0);
    builder.addFieldInt32(operatorCodeFields.version, version, 1);
    builder.addFieldInt32(operatorCodeFields.code, code, 0);
  });
}

function operatorOf(builder: Builder, { op, inputs, outputs, options }: WrittenOperator, code: number): Offset {
  const type = operators[op].options;
  const parts = {
    [operatorFields.inputs]: int32s(builder, inputs),
    [operatorFields.outputs]: int32s(builder, outputs),
    ...(type !== 0 && { [operatorFields.options]: optionsOf(builder, options) }),
  };
  return table(builder, 14, () => {
    builder.addFieldInt32(operatorFields.code, code, 0);
    builder.addFieldInt8(operatorFields.optionsType, type, 0);
    addOffsets(builder, parts);
  });
}

/** Every option is written, its default too. */
function optionsOf(builder: Builder, options: readonly OptionField[]): Offset {
  return table(builder, 8, () => {
    for (const { field, type, value } of options) {
      if (type === 'int32') builder.addFieldInt32(field, value, null);
      else if (type === 'float32') builder.addFieldFloat32(field, value, null);
      else builder.addFieldInt8(field, value, null);
    }
  });
}

function subgraphOf(
  builder: Builder,
  { name, inputs, outputs }: WrittenFile,
  { tensors, operators: tables }: { readonly tensors: readonly Offset[]; readonly operators: readonly Offset[] },
): Offset {
  const parts = {
    [subgraphFields.tensors]: offsets(builder, tensors),
    [subgraphFields.inputs]: int32s(builder, inputs),
    [subgraphFields.outputs]: int32s(builder, outputs),
    [subgraphFields.operators]: offsets(builder, tables),
    [subgraphFields.name]: builder.createString(name),
  };
  return table(builder, 6, () => addOffsets(builder, parts));
}
