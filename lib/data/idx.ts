import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';

const uint8Code = 0x08;

/**
 * Reads the IDX format of LeCun's MNIST files (two zero bytes, type code, rank, big-endian sizes, row-major values) for unsigned bytes.
 * @throws LabError `data/idx`, naming `where`, for another type or a length that does not fit the sizes.
 */
export function decodeIdx(bytes: Uint8Array, where: string): NDArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  const start = 4 + 4 * rank;
  if (bytes.length < start || view.getUint16(0) !== 0 || bytes[2] !== uint8Code) {
    throw new LabError(
      'data/idx',
      `${where} is not an IDX file of unsigned bytes.`,
      'Fetch the file again, from the source named in its README.',
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (bytes.length !== start + sizeOf(shape)) {
    throw new LabError(
      'data/idx',
      `${where}: shape [${shape.join(', ')}] needs ${sizeOf(shape)} bytes, the file has ${bytes.length - start}.`,
      'The file was cut short or is not what its header says; fetch it again.',
    );
  }
  return array(shape, Uint8Array.from(bytes.subarray(start)), 'uint8');
}

/** Writes uint8 or int32 values from 0 to 255 in the IDX format; `decodeIdx` reads it back as uint8. */
export function encodeIdx(values: NDArray): Uint8Array {
  const rank = values.shape.length;
  const bytes = new Uint8Array(4 + 4 * rank + values.data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, uint8Code, rank]);
  for (const [axis, size] of values.shape.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(values.data, 4 + 4 * rank);
  return bytes;
}
