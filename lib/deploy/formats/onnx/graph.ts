import type { Program, ProgramTensor } from '../../program.ts';
import { channelsLast, channelsSecond, type Order, orderOf, rearranged, reordered } from './layout.ts';
import { refuseOnnx } from './refuse.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './schema.ts';
import { type Constant, codeOf, writeTensor } from './tensors.ts';

/** Values of a node's attributes: whole numbers, lists of them, a float32 as `{ real }`, or a word as `{ text }`. */
export type NodeAttributes = Readonly<Record<string, number | readonly number[] | { readonly real: number } | { readonly text: string }>>;

/** Names that only the graph has begin so; those of a program's tensors do not. */
export const ownNames: readonly string[] = ['of/', 'step/'];

/** A node by the names of its values. */
export interface GraphNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: NodeAttributes;
}

/** What a graph is written with: nodes and constants, each constant once. */
export interface GraphWriter {
  node(node: GraphNode): void;
  /** Adds a constant and returns its name. */
  constant(name: string, constant: Constant): string;
  /** Declares a value between nodes, by the name that it has in the graph. */
  declare(tensor: ProgramTensor, name: string): void;
  readonly graph: GraphProto;
}

/** An empty graph. */
export function graphWriter(name: string): GraphWriter {
  const node: NodeProto[] = [];
  const initializer: TensorProto[] = [];
  const valueInfo: ValueInfoProto[] = [];
  const known = new Set<string>();
  return {
    node: ({ name: nodeName, opType, inputs, outputs, attributes }) =>
      void node.push({ input: inputs, output: outputs, name: nodeName, opType, attribute: Object.entries(attributes).map(attribute) }),
    constant(constantName, constant) {
      if (!known.has(constantName)) initializer.push(writeTensor(constantName, constant));
      known.add(constantName);
      return constantName;
    },
    declare: (tensor, valueName) =>
      void valueInfo.push(declarationOf(valueName, { ...tensor, shape: reordered(tensor.shape, orderOf(tensor.shape)) })),
    graph: { node, name, initializer, input: [], output: [], valueInfo },
  };
}

function attribute([name, value]: readonly [string, NodeAttributes[string]]): AttributeProto {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if ('text' in value) return { name, s: new TextEncoder().encode(value.text), type: 3 };
  return 'real' in value ? { name, f: value.real, type: 1 } : { name, ints: value, type: 7 };
}

/** The declaration of a value: its first axis is the batch, of any length. */
export function declarationOf(name: string, { shape, type }: Pick<ProgramTensor, 'shape' | 'type'>): ValueInfoProto {
  const dim = shape.map((dimValue, axis) => (axis === 0 && dimValue === 1 ? { dimParam: 'batch' } : { dimValue }));
  return { name, type: { tensorType: { elemType: codeOf(type), shape: { dim } } } };
}

/**
 * A name for each tensor: its own, with a number where several have it.
 * @throws LabError `deploy/onnx` for names that only a graph may have.
 */
export function namesOf({ tensors }: Program): readonly string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return tensors.map(({ name }) => {
    if (ownNames.some(start => name.startsWith(start)))
      refuseOnnx(`tensor ${name}: names that begin with ${ownNames.join(' or ')} are the graph's own.`);
    let unique = name;
    let number = next.get(name) ?? 2;
    for (; taken.has(unique); number++) unique = `${name}#${number}`;
    next.set(name, number);
    taken.add(unique);
    return unique;
  });
}

/** The name that a program's input or output has between the nodes, where it lies as ONNX has it. */
export function innerName(name: string, { shape }: Pick<ProgramTensor, 'shape'>): string {
  return shape.length === 4 ? `of/${name}/nchw` : name;
}

/** Writes the inputs and outputs of a program, which lie as the program has them, and the transpositions behind and before them. */
export function writeBorders(
  writer: GraphWriter,
  { program, names, side }: { program: Program; names: readonly string[]; side: 'input' | 'output' },
): void {
  const list = side === 'input' ? program.inputs : program.outputs;
  for (const [i, index] of list.entries()) {
    const tensor = program.tensors[index] as ProgramTensor;
    const name = names[index] as string;
    (writer.graph[side] as ValueInfoProto[]).push(declarationOf(name, tensor));
    if (tensor.shape.length !== 4) continue;
    const ends = [name, innerName(name, tensor)];
    const [from, to] = (side === 'input' ? ends : ends.reverse()) as [string, string];
    const perm = side === 'input' ? channelsSecond : channelsLast;
    writer.node({ name: `${side}.${i}`, opType: 'Transpose', inputs: [from], outputs: [to], attributes: { perm } });
  }
}

/** The constant of a tensor, in ONNX's order or another. */
export function constantOf({ type, shape, data, name }: ProgramTensor, order: Order = orderOf(shape)): Constant {
  return rearranged({ type, shape, data: data ?? refuseOnnx(`tensor ${name} is no constant.`) }, order);
}
