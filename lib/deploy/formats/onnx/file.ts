import { type IntegerOpName, integerOps } from '../../integer/index.ts';
import type { ProgramTensor, TensorQuantization } from '../../program.ts';
import { ownNames } from './graph.ts';
import { inverse, orderOf, rearranged, reordered } from './layout.ts';
import { refuseOnnx } from './refuse.ts';
import { type AttributeProto, type GraphProto, type ModelProto, modelSchema, type NodeProto, type ValueInfoProto } from './schema.ts';
import type { OnnxForm } from './step-writer.ts';
import { type Constant, readTensor, typeOfCode } from './tensors.ts';
import { decode } from './wire.ts';

/** The nodes of one step. */
export interface StepNodes {
  readonly op: IntegerOpName;
  /** By part. */
  readonly nodes: ReadonlyMap<string, NodeProto>;
  /** The tensors it reads, in order, and the one it writes, by the program's names. */
  readonly reads: readonly string[];
  readonly writes: string;
}

/** What a file says, with images as a program has them. */
export interface OnnxFile {
  readonly name: string;
  readonly form: OnnxForm;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly steps: readonly StepNodes[];
  declared(name: string): Pick<ProgramTensor, 'type' | 'shape'>;
  constant(name: string): Constant;
  /** A constant that lies as ONNX has values, as the program has it. */
  restored(constant: Constant): Constant;
  quantizationOf(name: string, axis?: number): TensorQuantization | undefined;
  attribute(node: NodeProto | undefined, name: string): AttributeProto;
  /** The whole numbers of a constant. */
  numbers(name: string): readonly number[];
  /** `NUMBER.OP` of a step. */
  start(nodes: StepNodes['nodes']): string;
}

/**
 * Takes a file apart.
 * @throws LabError `deploy/onnx`.
 */
export function fileOf(bytes: Uint8Array): OnnxFile {
  const model = decode(bytes, modelSchema) as ModelProto;
  const form = model.metadataProps?.find(({ key }) => key === 'form')?.value;
  const { graph } = model;
  if (model.producerName !== 'tinylab' || (form !== 'qdq' && form !== 'qlinear') || !graph)
    return refuseOnnx(`the file was written by ${model.producerName ?? 'nobody who says so'}.`);
  const constants = new Map((graph.initializer ?? []).map(proto => [proto.name ?? '', proto]));
  const values = declarations(graph);
  const constant = (name: string): Constant => readTensor(constants.get(name) ?? refuseOnnx(`there is no constant ${name}.`));
  const outer = outerNames(graph);
  return {
    name: graph.name ?? '',
    form,
    inputs: (graph.input ?? []).map(({ name = '' }) => name),
    outputs: (graph.output ?? []).map(({ name = '' }) => name),
    steps: stepsOf(graph, outer),
    declared: name => values.get(name) ?? refuseOnnx(`value ${name} is declared nowhere.`),
    constant,
    restored: stored => rearranged(stored, inverse(orderOf(stored.shape))),
    quantizationOf(name, axis = 0) {
      if (!constants.has(`of/${name}/scale`)) return undefined;
      const scale = constant(`of/${name}/scale`);
      const zeroPoint = constants.has(`of/${name}/zero`) ? constant(`of/${name}/zero`) : scale;
      return {
        scale: Array.from(scale.data, Number),
        zeroPoint: Array.from(zeroPoint.data, Number),
        ...(scale.shape.length > 0 && { axis }),
      };
    },
    attribute: (node, name) =>
      node?.attribute?.find(found => found.name === name) ?? refuseOnnx(`node ${node?.name} lacks attribute ${name}.`),
    numbers: name => Array.from(constant(name).data, Number),
    start: nodes => (nodes.values().next().value?.name ?? '').split('/')[0] as string,
  };
}

/** What the graph declares, by the program's names. */
function declarations(graph: GraphProto): ReadonlyMap<string, Pick<ProgramTensor, 'type' | 'shape'>> {
  const read = ({ name = '', type }: ValueInfoProto): [string, Pick<ProgramTensor, 'type' | 'shape'>] => {
    const { elemType, shape } = type?.tensorType ?? {};
    return [name, { type: typeOfCode(elemType, `value ${name}`), shape: (shape?.dim ?? []).map(({ dimValue = 1 }) => dimValue) }];
  };
  const inside = (graph.valueInfo ?? [])
    .map(read)
    .map(([name, { type, shape }]) => [name, { type, shape: reordered(shape, inverse(orderOf(shape))) }] as const);
  return new Map([...inside, ...[...(graph.input ?? []), ...(graph.output ?? [])].map(read)]);
}

/** The program's names of the values behind and before the transpositions at the borders. */
function outerNames({ node = [] }: GraphProto): ReadonlyMap<string, string> {
  return new Map(
    node.flatMap(({ name = '', input: [from = ''] = [], output: [to = ''] = [] }): (readonly [string, string])[] => {
      if (/^input\.\d+$/.test(name)) return [[to, from]];
      return /^output\.\d+$/.test(name) ? [[from, to]] : [];
    }),
  );
}

const opNames: ReadonlySet<string> = new Set(integerOps.map(({ name }) => name));

function stepsOf({ node = [] }: GraphProto, outer: ReadonlyMap<string, string>): readonly StepNodes[] {
  const groups = new Map<string, { op: IntegerOpName; nodes: Map<string, NodeProto> }>();
  for (const one of node) {
    const { name = '' } = one;
    if (/^(input|output)\.\d+$/.test(name)) continue;
    const [, start = '', op = '', part = ''] = /^(\d+\.([a-z0-9-]+))\/(.+)$/.exec(name) ?? [];
    if (!opNames.has(op)) refuseOnnx(`node ${name} is no part of a step.`);
    const group = groups.get(start) ?? { op: op as IntegerOpName, nodes: new Map() };
    groups.set(start, group);
    group.nodes.set(part, one);
  }
  return [...groups.values()].map(({ op, nodes }) => {
    const isOwn = (name: string): boolean => !outer.has(name) && ownNames.some(start => name.startsWith(start));
    const outside = (name: string): string => outer.get(name) ?? name;
    const reads = [...nodes.values()].flatMap(({ input = [] }) => input.filter(name => !isOwn(name)).map(outside));
    const [writes = ''] = [...nodes.values()].at(-1)?.output ?? [];
    return { op, nodes, reads, writes: outside(writes) };
  });
}
