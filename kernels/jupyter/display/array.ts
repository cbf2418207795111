/** An array of the library, recognised by its shape: neither side imports the other. */
export interface ArrayLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayBufferView & { readonly length: number; readonly [index: number]: number | bigint };
}

/** A tensor of tfjs. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed?: boolean;
  dataSync(): ArrayLike['data'] | readonly string[];
}

const described = (value: unknown): value is { shape: unknown[]; dtype: string } =>
  typeof value === 'object' &&
  value !== null &&
  'shape' in value &&
  Array.isArray(value.shape) &&
  'dtype' in value &&
  typeof value.dtype === 'string';

export const isTensor = (value: unknown): value is Tensor =>
  described(value) && 'dataSync' in value && typeof value.dataSync === 'function';

export const isArrayLike = (value: unknown): value is ArrayLike => described(value) && 'data' in value && ArrayBuffer.isView(value.data);

const heading = ({ dtype, shape }: { dtype: string; shape: readonly number[] }) => `${dtype} [${shape.join(', ')}]`;
const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

export function tensorText(tensor: Tensor): string {
  const title = `Tensor ${heading(tensor)}`;
  if (tensor.isDisposed) return `${title}, disposed`;
  const data = tensor.dataSync();
  return summary(title, tensor.shape, data);
}

/** Shape, dtype, range and mean, and the first values. Packed types have fewer cells than values, so their values are left out. */
export function arrayText(array: ArrayLike): string {
  const packed = array.data.length !== sizeOf(array.shape);
  return packed
    ? `Array ${heading(array)}, packed in ${array.data.byteLength} bytes`
    : summary(`Array ${heading(array)}`, array.shape, array.data);
}

function summary(title: string, shape: readonly number[], data: ArrayLike['data'] | readonly string[]): string {
  const statistics = ArrayBuffer.isView(data) && data.length > 1 ? `, ${range(data)}` : '';
  return `${title}${statistics}\n${nested(shape, data)}`;
}

function range(data: ArrayLike['data']): string {
  let [least, greatest, sum, strange] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let at = 0; at < data.length; at++) {
    const value = Number(data[at]);
    if (!Number.isFinite(value)) strange++;
    else {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      sum += value;
    }
  }
  const finite = data.length - strange;
  const known = finite ? `min ${short(least)}, max ${short(greatest)}, mean ${short(sum / finite)}` : 'no finite value';
  return strange ? `${known}, ${strange} not finite` : known;
}

const short = (value: number) => String(Number(value.toPrecision(5)));

/** Values in brackets, at most six of each dimension and some sixty in all. */
function nested(shape: readonly number[], data: ArrayLike['data'] | readonly string[]): string {
  let room = 60;
  const value = (at: number) => {
    room--;
    const item = data[at];
    return typeof item === 'number' ? short(item) : String(item);
  };
  const level = (depth: number, offset: number): string => {
    const extent = shape[depth];
    if (extent === undefined) return value(offset);
    const stride = sizeOf(shape.slice(depth + 1));
    const parts: string[] = [];
    for (let at = 0; at < extent && at < 6 && room > 0; at++) parts.push(level(depth + 1, offset + at * stride));
    if (parts.length < extent) parts.push('…');
    return `[${parts.join(depth === shape.length - 1 ? ', ' : `,\n${' '.repeat(depth + 1)}`)}]`;
  };
  return level(0, 0);
}
