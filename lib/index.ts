// The public door of the library, grouped by stage. Nothing inside lib imports this file.

// tensor
export { array, bitsOf, byteLengthOf, type DType, filled, isArray, type NDArray, zeros } from './tensor/array.ts';
export { LabError } from './tensor/errors.ts';
export { displaySymbol, type MimeBundle } from './tensor/host.ts';
export { integers, normal, type Random, random, uniform } from './tensor/random.ts';
export { assertShape, type Shape, sameShape, sizeOf } from './tensor/shape.ts';

// data

// model
export {
  type Attribute,
  inputShape,
  type Model,
  mapParameters,
  type Node,
  nodeOf,
  type Parameter,
  type Quantization,
  withParameters,
} from './model/model.ts';

// train

// measure

// check

// notebook
