import type { InputDType } from './model.ts';
import type { Padding, Pair } from './window.ts';

export interface Named {
  /** Name of the node; the op's name and a number when absent. */
  readonly id?: string;
}

export interface PoolOptions extends Named {
  readonly strides?: number | Pair;
  readonly padding?: Padding;
}

export interface ConvOptions extends PoolOptions {
  readonly dilations?: number | Pair;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly initial?: 'he' | 'glorot';
}

export interface DepthwiseOptions extends Omit<ConvOptions, 'groups'> {
  readonly multiplier?: number;
}

export type TransposeOptions = Omit<ConvOptions, 'groups' | 'dilations'>;

export interface DenseOptions extends Named {
  readonly bias?: boolean;
  readonly initial?: 'he' | 'glorot';
}

/** Options of an input. */
export interface InputOptions extends Named {
  /** Default float32, where bytes of images are scaled to 0–1; int32 takes whole numbers as they are. */
  readonly dtype?: InputDType;
}

/** Options of `fakeQuantize`. */
export interface FakeQuantizeOptions extends Named {
  /** 2–16. */
  readonly bits?: number;
  /** Whether the grid is -2^(bits - 1) … 2^(bits - 1) - 1, or 0 … 2^bits - 1. */
  readonly signed?: boolean;
  /** A scale and a zero point for each channel (the last axis), or one of each. */
  readonly perChannel?: boolean;
}
