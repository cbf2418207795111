import type { Attributes, Node } from '../../../../model/model.ts';
import type { Shape } from '../../../../tensor/shape.ts';
import type { NodeAttributes } from '../graph.ts';
import { type Order, orderOf, reordered } from '../layout.ts';

/** What the rule of a model's op writes its nodes with. Shapes begin with a batch of 1; values go by name, and images lie as ONNX has them. */
export interface LayerWriter {
  readonly layer: Node;
  readonly attributes: Attributes;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly shape: Shape;
  node(kind: { readonly part: string; readonly op: string }, inputs: readonly string[], attributes?: NodeAttributes): string;
  /** The real numbers of a parameter, with its axes in another order or another shape; undefined where the node has none. */
  parameter(role: string, arranged?: { readonly order?: Order; readonly shape?: Shape }): string | undefined;
  /** The float32 numbers of a parameter. */
  numbersOf(role: string): ArrayLike<number>;
  /** Float32 numbers, or whole ones, that only this node reads. */
  reals(part: string, data: ArrayLike<number>, shape?: Shape): string;
  wholes(part: string, data: readonly number[]): string;
  integers(part: string, data: ArrayLike<number>, kind: { readonly signed: boolean; readonly shape: Shape }): string;
  /** A value in the model's order of axes. */
  rows(i: number): string;
  /** A value in the model's order of axes as ONNX has it: what `rows` undoes. */
  unrolled(name: string): string;
}

/** Writes the nodes of one node of a model; the last one writes its value. */
export type LayerRule = (layer: LayerWriter) => void;

/** The shape that a list of one number for each channel takes beside a value. */
export function besideChannels(shape: Shape): Shape {
  const channels = shape.map((length, axis) => (axis === shape.length - 1 ? length : 1));
  return reordered(channels, orderOf(shape)).slice(1);
}
