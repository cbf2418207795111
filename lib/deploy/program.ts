import type { Attributes } from '../model/model.ts';
import type { Shape } from '../tensor/shape.ts';

/** Element types of a program's tensors. `int4` is one value a byte here, -8 … 7; files pack two. */
export type ElementType = 'float32' | 'int4' | 'int8' | 'uint8' | 'int16' | 'int32' | 'int64' | 'bool';

/** Where the elements of a tensor lie, row-major. */
export type Elements = Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

/**
 * How the integers of a tensor stand for real numbers: real = scale[c] · (q - zeroPoint[c]), with c the index along `axis`, or 0 without one.
 * It says what a tensor means; the integers of a step's attributes alone say what is computed.
 */
export interface TensorQuantization {
  /** One positive number, or one for each index of `axis`. */
  readonly scale: readonly number[];
  /** As many whole numbers. */
  readonly zeroPoint: readonly number[];
  readonly axis?: number;
}

/** A value of a program: an input, a constant, or what a step writes. */
export interface ProgramTensor {
  readonly name: string;
  /** With the batch axis first where the value has one; a program is made for a batch of 1, see `runProgram`. */
  readonly shape: Shape;
  readonly type: ElementType;
  readonly quantization?: TensorQuantization;
  /** The elements of a constant. */
  readonly data?: Elements;
}

/** One operation on integers: tensors go by their index in `tensors`, an input that is left out is -1. */
export interface Step {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Attributes;
}

/**
 * A network as integers: every multiplier, shift, zero point and border of a clamp stands in it, so that running it asks for no floating point and
 * no knowledge of what made it. Plain data. Steps are in the order in which they run; each tensor is written by at most one of them.
 * Layouts are those of TensorFlow Lite: images [n, h, w, c], kernels of convolutions [out, h, w, in / groups], of depthwise ones
 * [1, h, w, in · multiplier], of dense layers [out, in]. The attributes of an op are listed in its file in `integer/`.
 */
export interface Program {
  readonly name: string;
  readonly tensors: readonly ProgramTensor[];
  readonly steps: readonly Step[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}
