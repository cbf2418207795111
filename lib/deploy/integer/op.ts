import type { AttributeKind } from '../../model/attributes.ts';
import type { Attributes } from '../../model/model.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Elements, ElementType } from '../program.ts';

/** A tensor while a program runs: its shape says the batch that runs, not the program's. */
export interface Value {
  readonly shape: Shape;
  readonly type: ElementType;
  readonly data: Elements;
}

/** A tensor before there are numbers for it: what is checked, counted and planned with. */
export type Declared = Omit<Value, 'data'> & { readonly data?: Elements };

/** What a step computes from and into. An input that is left out is undefined. */
export interface StepValues<A = Attributes, V = Value> {
  readonly inputs: readonly (V | undefined)[];
  readonly outputs: readonly V[];
  readonly attributes: A;
  /** Names the step in messages: its number, op and output. */
  readonly where: string;
}

/** One operation on integers: everything that the reference interpreter knows about it. */
export interface IntegerOp<Name extends string = string, A = Attributes> {
  readonly name: Name;
  /** The least and the most inputs, those that are left out counted. */
  readonly arity: readonly [least: number, most: number];
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /**
   * Refuses shapes, types, constants and attributes with which `run` would read or write outside its arrays, divide by 0 or be undefined.
   * @throws LabError `deploy/step` with the step in the message.
   */
  check(values: StepValues<A, Declared>): void;
  /** Multiply-accumulates of the whole step, its batch included; 0 when absent. */
  macs?(values: StepValues<A, Declared>): number;
  /** Elementary operations of a step that has no MACs and still does more than read its inputs and write its outputs once. */
  work?(values: StepValues<A, Declared>): number;
  /** Whether the first output may lie in the memory of the first input when nobody else needs that. */
  readonly inPlace?: boolean;
  /** Writes every element of the outputs. The definition, as a plain loop. */
  run(values: StepValues<A>): void;
}
