import type { Shape } from '../../tensor/shape.ts';
import type { Attribute, Attributes } from '../model.ts';
import type { Labels, Reason } from './channel-sets.ts';

/**
 * What a parameter's axis does with the channels along it: `out` makes them (filters and their biases), `through` treats each by itself (batch
 * norm, depthwise kernels), `in` reads them (the input axis of the next kernel).
 */
export type Side = 'out' | 'through' | 'in';

/** One node as its rule sees it. */
export interface CouplingContext {
  readonly id: string;
  readonly attributes: Attributes;
  /** Channels along the last axis of each input. */
  readonly inputs: readonly Labels[];
  /** Shape of the output, without the batch axis. */
  readonly output: Shape;
  /** New channels. */
  make(count: number): Labels;
  /** Says that the parameter of this role, if the node has it, carries these channels along an axis. */
  carry(role: string, axis: number, along: { readonly side: Side; readonly channels: Labels }): void;
  /** Ties channels position by position; returns the first. */
  unite(a: Labels, b: Labels): Labels;
  /** These channels must stay. */
  fix(channels: Labels, reason: Reason): void;
}

/** Channels of a value before and after some were removed. */
export interface Widths {
  readonly before: number;
  readonly after: number;
}

/** What one op demands of the channels that pass it. */
export interface Coupling {
  /** Ties the channels of inputs and parameters; returns the channels along the output's last axis. */
  readonly couple: (context: CouplingContext) => Labels;
  /** Attributes that say how many channels there are, for the new numbers. */
  readonly resize?: (
    attributes: Attributes,
    widths: { readonly input: Widths; readonly output: Widths },
  ) => Readonly<Record<string, Attribute>>;
}
