import { array, type DType, dtypes, isArray, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { firstNotFinite } from '../tensor/finite.ts';
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import { type TensorEntry, tensorAt } from './safetensors.ts';

/** The file that parameters are read from; `used` collects the names of the tensors that were asked for. */
export interface TensorSource {
  readonly bytes: Uint8Array;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly used: Set<string>;
  /** Refuse NaN and infinities. */
  readonly finite: boolean;
  /** Values that a parameter may stand for, where they are more than those stored. */
  readonly values: number;
}

/** The error of a file that says something else than the graph, or a model that holds something else than arrays. */
export function refuse(code: string, message: string, hint = 'The model is damaged or was not made by this library.'): never {
  throw new LabError(code, message, hint);
}

/** What to do about a model whose numbers have run away. */
const runAway = 'It is the first such parameter. Train again, with a lower learning rate or from a network whose numbers are finite.';

/** The tensor of this name, which must have this dtype and, when given, this shape. */
export function readTensor(source: TensorSource, name: string, as: { readonly dtype: DType; readonly shape?: Shape }): NDArray {
  const entry = source.entries.get(name) ?? refuse('model/parameter', `The file has no tensor ${name}.`);
  source.used.add(name);
  const shape = as.shape ?? entry.shape;
  const stored = as.dtype === 'int4' ? { dtype: 'uint8', shape: [Math.ceil(sizeOf(shape) / 2)] } : { dtype: as.dtype, shape };
  if (entry.dtype !== stored.dtype || !sameShape(entry.shape, stored.shape))
    refuse('model/parameter', `Tensor ${name}: expected ${stored.dtype} [${stored.shape}], got ${entry.dtype} [${entry.shape}].`);
  const found = tensorAt(source.bytes, entry, { dtype: as.dtype, shape });
  const wild = source.finite ? firstNotFinite(found.data) : -1;
  if (wild >= 0)
    refuse(
      'model/finite',
      `${name} is not finite: value ${wild} is ${found.data[wild]}. Training went astray, or started from such a network.`,
      runAway,
    );
  return found;
}

/** The dtype of this name. */
export function dtypeIn(name: string, value: unknown): DType {
  return dtypes.find(dtype => dtype === value) ?? refuse('model/dtype', `Parameter ${name}: ${JSON.stringify(value)} is no dtype.`);
}

/** An array of unknown origin, once it is known to be one. */
export function arrayIn(name: string, value: unknown): NDArray {
  if (!isArray(value) || array(value.shape, value.data, value.dtype).data !== value.data)
    refuse('model/parameter', `Parameter ${name} holds something that is no array.`);
  return value as NDArray;
}
