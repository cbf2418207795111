import { LabError } from 'tinylab';

/** Arrays as NumPy stores them: little endian, rows first. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyElements;
}

export type NpyElements = Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

type Make = (bytes: ArrayBuffer) => NpyElements;
const kinds: Readonly<Record<string, { readonly bytes: number; readonly make: Make }>> = {
  '|i1': { bytes: 1, make: bytes => new Int8Array(bytes) },
  '|u1': { bytes: 1, make: bytes => new Uint8Array(bytes) },
  '|b1': { bytes: 1, make: bytes => new Uint8Array(bytes) },
  '<i2': { bytes: 2, make: bytes => new Int16Array(bytes) },
  '<i4': { bytes: 4, make: bytes => new Int32Array(bytes) },
  '<i8': { bytes: 8, make: bytes => new BigInt64Array(bytes) },
  '<f4': { bytes: 4, make: bytes => new Float32Array(bytes) },
  '<f8': { bytes: 8, make: bytes => new Float64Array(bytes) },
};

function refuse(message: string): never {
  throw new LabError(
    'files/npy',
    message,
    "numpy.save('x.npy', numpy.ascontiguousarray(x)) writes one, of int8, uint8, int16, int32, int64, float32 or float64.",
  );
}

/** Reads a .npy file: format 1 to 3 of NumPy. @throws LabError `files/npy`. */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY') refuse(`${name} is no .npy file.`);
  const long = (bytes[6] as number) > 1;
  const start = long ? 12 : 10;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) refuse(`${name} is cut off.`);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? 'none';
  const listed = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind) return refuse(`${name} holds elements of ${type}.`);
  if (listed === undefined || !/'fortran_order':\s*False/.test(header)) return refuse(`${name} has no shape, or its columns come first.`);
  const shape = listed.split(',').flatMap(size => (size.trim() === '' ? [] : [Number(size)]));
  const count = shape.reduce((product, size) => product * size, 1);
  if (start + length + count * kind.bytes !== bytes.length)
    refuse(`${name} says [${shape}] of ${type} and holds ${bytes.length - start - length} bytes.`);
  return { shape, data: kind.make(new Uint8Array(bytes.subarray(start + length)).buffer) };
}

/** The bytes of a .npy file. */
export function npyBytes({ shape, data }: NpyArray): Uint8Array {
  const type = Object.keys(kinds).find(key => key !== '|b1' && kinds[key]?.make(new ArrayBuffer(0)).constructor === data.constructor);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = new Uint8Array(10 + length).fill(32);
  head.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, length & 255, length >> 8]);
  head.set(new TextEncoder().encode(text), 10);
  head[head.length - 1] = 10;
  return new Uint8Array([...head, ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
