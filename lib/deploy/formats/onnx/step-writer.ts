import type { Attributes } from '../../../model/model.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { ends } from '../../integer/stored.ts';
import type { Program, ProgramTensor, Step } from '../../program.ts';
import { constantOf, type GraphNode, type GraphWriter, innerName, type NodeAttributes } from './graph.ts';
import { keepsGrid, quantizationOf } from './meaning.ts';
import type { Constant } from './tensors.ts';

/** How a program's integers stand in ONNX. */
export type OnnxForm = 'qdq' | 'qlinear';

/** What the rule of an op writes its nodes with. Values go by name; what the last node writes is the step's output. */
export interface StepWriter {
  readonly form: OnnxForm;
  readonly attributes: Attributes;
  readonly inputs: readonly (ProgramTensor | undefined)[];
  readonly output: ProgramTensor;
  /** The integers of input i, as ONNX has them. */
  value(i: number): string;
  /** The real numbers of input i: a DequantizeLinear. `stored` names its integers, where they lie in another order, with scales along `axis`. */
  real(i: number, stored?: { readonly name: string; readonly axis?: number }): string;
  /** The integers of a constant input in another order. */
  weight(i: number, arrange: (constant: Constant) => Constant): string;
  /** The names of the scale and the zero point of an input, or of the output; a bias has none, since it is 0. */
  grid(i: number | 'output'): readonly string[];
  /** A node of the step; the name of what it writes. */
  node(kind: { readonly part: string; readonly op: string }, inputs: readonly string[], attributes?: NodeAttributes): string;
  /** Whole numbers that only this step reads. */
  numbers(part: string, numbers: Pick<Constant, 'type' | 'data'> & { readonly shape?: Shape }): string;
  /** Real numbers as the output's integers: a QuantizeLinear, and a Clip where the step's ends are not those of the type. */
  store(real: string): string;
  /** Integers within the step's ends. */
  clamped(integers: string): string;
}

/** A step that is being written, and where to. */
interface Writing {
  readonly writer: GraphWriter;
  readonly program: Program;
  readonly names: readonly string[];
  readonly form: OnnxForm;
  readonly number: number;
}

/** Writes one step: its nodes are called `NUMBER.OP/PART`. */
export function writeStep(writing: Writing, write: (step: StepWriter) => void): void {
  const { writer, program, names, number } = writing;
  const { outputs } = program.steps[number] as Step;
  const nodes: GraphNode[] = [];
  write(stepWriter(writing, nodes));
  const last = nodes.pop() as GraphNode;
  const index = outputs[0] as number;
  const output = program.tensors[index] as ProgramTensor;
  const name = innerOf(writing, index);
  for (const node of [...nodes, { ...last, outputs: [name] }]) writer.node(node);
  writer.declare(output, name);
  // a table, for one, gives integers without saying of what grid
  if (output.quantization && !keepsGrid.has((program.steps[number] as Step).op)) writeGrid(writer, names[index] as string, output);
}

/** The name of a tensor between the nodes. */
function innerOf({ program, names }: Writing, index: number): string {
  const border = program.inputs.includes(index) || program.outputs.includes(index);
  return border ? innerName(names[index] as string, program.tensors[index] as ProgramTensor) : (names[index] as string);
}

function stepWriter(writing: Writing, nodes: GraphNode[]): StepWriter {
  const { writer, program, names, form, number } = writing;
  const { op, inputs, outputs, attributes } = program.steps[number] as Step;
  const start = `${number}.${op}`;
  const output = program.tensors[outputs[0] as number] as ProgramTensor;
  const tensorOf = (i: number): ProgramTensor => program.tensors[inputs[i] as number] as ProgramTensor;
  const nameOf = (i: number): string => names[inputs[i] as number] as string;
  const node: StepWriter['node'] = ({ part, op: opType }, read, nodeAttributes = {}) => {
    const name = `${start}/${part}`;
    nodes.push({ name, opType, inputs: read, outputs: [`step/${name}`], attributes: nodeAttributes });
    return `step/${name}`;
  };
  const grid: StepWriter['grid'] = i =>
    i === 'output' ? writeGrid(writer, names[outputs[0] as number] as string, output) : writeGrid(writer, nameOf(i), tensorOf(i));
  const value = (i: number): string => {
    const tensor = tensorOf(i);
    return tensor.data ? writer.constant(nameOf(i), constantOf(tensor)) : innerOf(writing, inputs[i] as number);
  };
  const numbers: StepWriter['numbers'] = (part, { type, data, shape = [data.length] }) =>
    writer.constant(`step/${start}/${part}`, { type, shape, data });
  const clamped = (integers: string): string => {
    const { low, high } = attributes as { low?: number; high?: number };
    const { type } = output;
    const [first, last] = ends[type] as readonly [number, number];
    if (low === undefined || high === undefined || (low === first && high === last)) return integers;
    const end = (part: string, number: number): string => numbers(part, { type, data: numbersOf(type, [number]), shape: [] });
    return node({ part: 'clamp', op: 'Clip' }, [integers, end('low', low), end('high', high)]);
  };
  return {
    form,
    attributes,
    inputs: inputs.map(index => program.tensors[index]),
    output,
    value,
    node,
    grid,
    numbers,
    clamped,
    real: (i, { name, axis } = { name: value(i) }) =>
      node({ part: `real-${i}`, op: 'DequantizeLinear' }, [name, ...grid(i)], axis === undefined ? {} : { axis }),
    weight: (i, arrange) => writer.constant(nameOf(i), arrange(constantOf(tensorOf(i), [...tensorOf(i).shape.keys()]))),
    store: real => clamped(node({ part: 'store', op: 'QuantizeLinear' }, [real, ...grid('output')])),
  };
}

/** Integers of a type. */
export function numbersOf(type: ProgramTensor['type'], numbers: readonly number[]): Constant['data'] {
  const kinds = { int4: Int8Array, int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array } as const;
  return kinds[type as keyof typeof kinds].from(numbers);
}

/** The scale and the zero point of a tensor as constants: lists where there is one for each channel. The zero point of 32-bit integers is 0 and left out. */
export function writeGrid(writer: GraphWriter, name: string, tensor: ProgramTensor): readonly string[] {
  const { scale, zeroPoint, axis } = quantizationOf(tensor);
  const shape = axis === undefined ? [] : [scale.length];
  const unit = writer.constant(`of/${name}/scale`, { type: 'float32', shape, data: Float32Array.from(scale) });
  if (tensor.type === 'int32') return [unit];
  return [unit, writer.constant(`of/${name}/zero`, { type: tensor.type, shape, data: numbersOf(tensor.type, zeroPoint) })];
}
