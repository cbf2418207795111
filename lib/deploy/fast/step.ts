import type { Attributes } from '../../model/model.ts';
import type { Int8Kernels } from '../../tensor/native-int8.ts';
import type { StepValues, Value } from '../integer/op.ts';

/** A tensor of a prepared run: the elements of `copies` examples one after the other, or of a constant, which has one. */
export interface Bound extends Value {
  readonly constant: boolean;
}

/** A step with the arrays that it reads and writes whenever it runs. `shape`s are those of one example, as the program has them. */
export interface BoundStep<A = Attributes> extends StepValues<A, Bound> {
  /** Examples that run at once. */
  readonly count: number;
  readonly threads: number;
  /** The kernels in C++, where they are built and wanted. */
  readonly kernels: Int8Kernels | undefined;
  /** What belongs to the program's step, whatever the count: packed weights are made once. */
  once<T>(key: string, make: () => T): T;
}

/** Runs a bound step once more, on what its arrays hold now. */
export type Task = () => void;

/** A faster way to run a step, or undefined when this one is not for it: it must give the same bytes as the reference. */
export type Way = (step: BoundStep) => Task | undefined;
