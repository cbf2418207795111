import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { bytesOf } from '../../element-types.ts';
import { ends } from '../../integer/requantize-attributes.ts';
import type { Elements, ElementType, ProgramTensor, TensorQuantization } from '../../program.ts';
import { unpacked } from './elements.ts';
import type { Table } from './flatbuffer.ts';
import { damaged, refuseTflite } from './refuse.ts';
import { bufferFields, quantizationFields, tensorFields, typeOf } from './schema.ts';

/** The stored bytes of each buffer of a file. */
export function readBuffers(tables: readonly Table[]): readonly Uint8Array[] {
  return tables.map((table, i) => {
    if (table.has(bufferFields.offset) || table.has(bufferFields.size))
      refuseTflite(`Buffer ${i} lies behind the file's tables, as in files of 2 GiB and more.`, 'Such files are not read.');
    return table.bytes(bufferFields.data);
  });
}

/** All tensors of a subgraph. Those that share a buffer share their elements. */
export function readTensors(tables: readonly Table[], buffers: readonly Uint8Array[]): readonly ProgramTensor[] {
  const known = new Map<string, Elements>();
  return tables.map((table, index) => {
    const name = table.text(tensorFields.name) || `tensor-${index}`;
    const where = `Tensor ${index} (${name})`;
    const { type, name: said } = typeOf(table.int8(tensorFields.type));
    if (!type) return refuseTflite(`${where} has elements of ${said}.`, 'Convert the network to 8-bit integers.');
    refuseUnknown(table, where);
    const shape = shapeOf(table, where);
    const quantization = quantizationOf(table.table(tensorFields.quantization), { where, shape, type });
    const data = dataOf(table.uint32(tensorFields.buffer), { where, shape, type, buffers, known });
    return Object.freeze({ name, shape, type, ...(quantization && { quantization }), ...(data && { data }) });
  });
}

function refuseUnknown(table: Table, where: string): void {
  const hint = 'Convert the network without it.';
  if (table.uint8(tensorFields.variable)) refuseTflite(`${where} is a variable that keeps its value between runs.`, hint);
  if (table.has(tensorFields.sparsity)) refuseTflite(`${where} is stored sparsely.`, hint);
  if (table.has(tensorFields.variants)) refuseTflite(`${where} has variants.`, hint);
  if (table.uint32(tensorFields.externalBuffer)) refuseTflite(`${where} lies in another file.`, hint);
}

function shapeOf(table: Table, where: string): Shape {
  const shape = table.int32s(tensorFields.shape);
  if (shape.length > 8 || shape.some(size => size < 0) || sizeOf(shape) > 2 ** 31) refuseTflite(`${where} has shape [${shape}].`, damaged);
  return Object.freeze(shape);
}

interface Place {
  readonly where: string;
  readonly shape: Shape;
  readonly type: ElementType;
}

function quantizationOf(table: Table | undefined, { where, shape, type }: Place): TensorQuantization | undefined {
  const scale = table?.float32s(quantizationFields.scale) ?? [];
  if (!table || scale.length === 0 || type === 'float32' || type === 'bool' || type === 'int64') return undefined;
  if (table.uint8(quantizationFields.detailsType))
    refuseTflite(`${where} is quantized in a form of its own.`, 'Quantize it with scales and zero points for the tensor or each channel.');
  const given = table.int64s(quantizationFields.zeroPoint);
  const zeroPoint = given.length === 0 ? scale.map(() => 0) : given;
  const axis = table.int32(quantizationFields.axis);
  const [low, high] = ends[type] ?? [0, 0];
  if (zeroPoint.length !== scale.length || (scale.length > 1 && scale.length !== shape[axis]))
    refuseTflite(`${where}, [${shape}], has ${scale.length} scales and ${zeroPoint.length} zero points along axis ${axis}.`, damaged);
  if (!scale.every(s => s > 0 && Number.isFinite(s)) || !zeroPoint.every(z => z >= low && z <= high)) {
    if (type === 'int32') return undefined;
    refuseTflite(`${where} has a scale that is not positive, or a zero point that ${type} does not hold.`, damaged);
  }
  return Object.freeze({ scale: Object.freeze(scale), zeroPoint: Object.freeze(zeroPoint), ...(scale.length > 1 && { axis }) });
}

function dataOf(
  buffer: number,
  { where, shape, type, buffers, known }: Place & { readonly buffers: readonly Uint8Array[]; readonly known: Map<string, Elements> },
): Elements | undefined {
  const bytes = buffers[buffer];
  if (!bytes) return refuseTflite(`${where} stands in buffer ${buffer}; there are ${buffers.length}.`, damaged);
  const needed = bytesOf({ shape, type });
  if (bytes.length === 0 && (needed > 0 || buffer === 0)) return undefined;
  if (bytes.length !== needed)
    refuseTflite(`${where}, ${type} [${shape}], takes ${needed} bytes; its buffer has ${bytes.length}.`, damaged);
  const key = `${buffer} ${type} ${sizeOf(shape)}`;
  const data = known.get(key) ?? unpacked(type, bytes, sizeOf(shape));
  known.set(key, data);
  return data;
}
