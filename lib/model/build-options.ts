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
