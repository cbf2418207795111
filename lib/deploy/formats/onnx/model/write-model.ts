import { inputsOf, type Model, type Node, outputNodes, type Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import { inferShapes } from '../../../../model/shapes.ts';
import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import type { Program, ProgramTensor } from '../../../program.ts';
import { type GraphNode, type GraphWriter, graphWriter, innerName, namesOf, writeBorders } from '../graph.ts';
import { inverse, orderOf, rearranged } from '../layout.ts';
import type { GraphProto } from '../schema.ts';
import type { LayerWriter } from './rule.ts';
import { layerRules } from './rules.ts';

/** Where the nodes of a model go. */
interface Writing {
  readonly writer: GraphWriter;
  readonly model: Model;
  /** Every value as a tensor of a program, whose index is the node's. */
  readonly values: Program;
  readonly names: readonly string[];
}

/** The graph of a model in float32: parameters are the real numbers that they stand for. */
export function graphOf(model: Model): GraphProto {
  const values = valuesOf(model);
  const writing = { writer: graphWriter(model.name), model, values, names: namesOf(values) };
  writeBorders(writing.writer, { program: values, names: writing.names, side: 'input' });
  for (const [index, node] of model.nodes.entries()) if (node.op !== 'input') writeLayer(writing, node, index);
  writeBorders(writing.writer, { program: values, names: writing.names, side: 'output' });
  return writing.writer.graph;
}

function valuesOf(model: Model): Program {
  const shapes = inferShapes(model);
  const kinds = new Map(inputsOf(model).map(({ id, dtype }) => [id, dtype]));
  const tensors = model.nodes.map(
    ({ id }): ProgramTensor => ({ name: id, shape: [1, ...(shapes.get(id) as Shape)], type: kinds.get(id) ?? 'float32' }),
  );
  const indexOf = (id: string): number => model.nodes.findIndex(node => node.id === id);
  return { name: model.name, tensors, steps: [], inputs: [...kinds.keys()].map(indexOf), outputs: [...outputNodes(model)].map(indexOf) };
}

function writeLayer(writing: Writing, layer: Node, index: number): void {
  const { writer, values } = writing;
  const nodes: GraphNode[] = [];
  layerRules[layer.op as keyof typeof layerRules](layerWriter(writing, { layer, index, nodes }));
  const name = nameOf(writing, index);
  const last = nodes.pop() as GraphNode;
  for (const node of [...nodes, { ...last, outputs: [name] }]) writer.node(node);
  writer.declare(values.tensors[index] as ProgramTensor, name);
}

/** The name of a value between the nodes. */
function nameOf({ values, names }: Writing, index: number): string {
  const border = values.inputs.includes(index) || values.outputs.includes(index);
  return border ? innerName(names[index] as string, values.tensors[index] as ProgramTensor) : (names[index] as string);
}

function layerWriter(writing: Writing, { layer, index, nodes }: { layer: Node; index: number; nodes: GraphNode[] }): LayerWriter {
  const { writer, model, values } = writing;
  const { shape } = values.tensors[index] as ProgramTensor;
  const inputs = layer.inputs.map(id => {
    const i = model.nodes.findIndex(node => node.id === id);
    return { name: nameOf(writing, i), shape: (values.tensors[i] as ProgramTensor).shape };
  });
  const node: LayerWriter['node'] = ({ part, op }, read, attributes = {}) => {
    const name = `${index}.${layer.op}/${part}`;
    nodes.push({ name, opType: op, inputs: read, outputs: [`step/${name}`], attributes });
    return `step/${name}`;
  };
  const own = (part: string): string => `step/${index}.${layer.op}/${part}`;
  const real = (role: string) => realValue(model.parameters[layer.parameters[role] as string] as Parameter);
  const images = (name: string, of: Shape, turn: { part: string; perm: readonly number[] }): string =>
    of.length === 4 ? node({ part: turn.part, op: 'Transpose' }, [name], { perm: turn.perm }) : name;
  return {
    layer,
    attributes: layer.attributes,
    inputs,
    shape,
    node,
    parameter(role, { order, shape: given } = {}) {
      if (layer.parameters[role] === undefined) return undefined;
      const { shape: whole, data } = real(role);
      const constant = { type: 'float32', shape: whole, data: data as Float32Array } as const;
      const turned = order ? rearranged(constant, order) : constant;
      return writer.constant(`of/${index}/${layer.parameters[role]}`, { ...turned, shape: given ?? turned.shape });
    },
    numbersOf: role => real(role).data,
    reals: (part, data, given = [data.length]) =>
      writer.constant(own(part), { type: 'float32', shape: given, data: Float32Array.from(data) }),
    wholes: (part, data) => writer.constant(own(part), { type: 'int64', shape: [data.length], data: BigInt64Array.from(data, BigInt) }),
    integers(part, data, { signed, shape: given }) {
      const whole = Array.from({ length: sizeOf(given) }, (_, i) => Math.round(data[i] as number));
      const type = signed ? 'int8' : 'uint8';
      return writer.constant(own(part), { type, shape: given, data: signed ? Int8Array.from(whole) : Uint8Array.from(whole) });
    },
    rows: i => images(inputs[i]?.name as string, inputs[i]?.shape as Shape, { part: `rows-${i}`, perm: inverse(orderOf([1, 1, 1, 1])) }),
    unrolled: name => images(name, shape, { part: 'nchw', perm: orderOf([1, 1, 1, 1]) }),
  };
}
