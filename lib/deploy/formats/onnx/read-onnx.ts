import { assertProgram } from '../../check-program.ts';
import type { IntegerOpName } from '../../integer/index.ts';
import { ends } from '../../integer/stored.ts';
import type { Program, ProgramTensor, Step } from '../../program.ts';
import { fileOf, type OnnxFile, type StepNodes } from './file.ts';
import { keepsGrid, meaningOf } from './meaning.ts';
import { refuseOnnx } from './refuse.ts';
import { onnxRules } from './rules/all.ts';
import type { OnnxRule, StepReader } from './rules/rule.ts';
import { writeOnnx } from './write-onnx.ts';

const layers: ReadonlySet<string> = new Set<IntegerOpName>(['conv2d', 'depthwise-conv2d', 'conv2d-transpose', 'dense']);

/**
 * The program of a file of `writeOnnx`: the same steps, names, integers and attributes; weights of 4 bits that the form `qlinear` stored in 8 stay so. Whatever else
 * a file holds is refused: what is read is written again, and must give the same bytes.
 * @param bytes The file.
 * @throws LabError `deploy/onnx` for files that `writeOnnx` did not write; the errors of `assertProgram`.
 */
export function readOnnx(bytes: Uint8Array): Program {
  const file = fileOf(bytes);
  const program = programOf(file);
  assertProgram(program);
  const again = writeOnnx(program, { form: file.form });
  if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i]))
    refuseOnnx('the file holds more than a program, or something else than its steps say.');
  return program;
}

/** Tensors in the order in which they are met. */
class Tensors {
  readonly list: ProgramTensor[] = [];
  readonly index = new Map<string, number>();

  add(tensor: ProgramTensor): number {
    const index = this.list.push(Object.freeze(tensor)) - 1;
    this.index.set(tensor.name, index);
    return index;
  }

  of(name: string): ProgramTensor {
    return this.list[this.index.get(name) ?? -1] ?? refuseOnnx(`nothing has written ${name}.`);
  }
}

function programOf(file: OnnxFile): Program {
  const tensors = new Tensors();
  const inputs = file.inputs.map(name => {
    const quantization = file.quantizationOf(name);
    return tensors.add({ name, ...file.declared(name), ...(quantization && { quantization }) });
  });
  const steps = file.steps.map(nodes => stepOf(file, nodes, tensors));
  const outputs = file.outputs.map(name => tensors.index.get(name) ?? refuseOnnx(`output ${name} is written by no step.`));
  return Object.freeze({ name: file.name, tensors: Object.freeze(tensors.list), steps: Object.freeze(steps), inputs, outputs });
}

function stepOf(file: OnnxFile, { op, nodes, reads, writes }: StepNodes, tensors: Tensors): Step {
  const rule: OnnxRule = onnxRules[op];
  for (const [i, name] of reads.entries()) {
    if (tensors.index.has(name)) continue;
    const summed = layers.has(op) && i === 2 ? reads.slice(0, 2).map(read => tensors.of(read)) : undefined;
    tensors.add(constantOf(file, { rule, op, name, i, ...(summed && { summed }) }));
  }
  const inputs = reads.map(name => tensors.of(name));
  const quantization = file.quantizationOf(writes) ?? (keepsGrid.has(op) ? inputs[0]?.quantization : undefined);
  const output: ProgramTensor = { name: writes, ...file.declared(writes), ...(quantization && { quantization }) };
  const reader: StepReader = {
    nodes,
    inputs,
    output,
    ints: (part, attribute) => file.attribute(nodes.get(part), attribute).ints ?? [],
    int: (part, attribute) => file.attribute(nodes.get(part), attribute).i ?? Number.NaN,
    numbers: part => file.numbers(`step/${file.start(nodes)}/${part}`),
  };
  const [first, last] = ends[output.type] ?? [0, 0];
  const clamp = nodes.has('clamp')
    ? { low: reader.numbers('low')[0] as number, high: reader.numbers('high')[0] as number }
    : { low: first, high: last };
  const attributes = { ...rule.read(reader), ...meaningOf(op, { inputs, output, ...clamp }) };
  const indices = reads.map(name => tensors.index.get(name) as number);
  if (layers.has(op) && indices.length === 2) indices.push(-1);
  return Object.freeze({ op, inputs: indices, outputs: [tensors.add(output)], attributes });
}

/** A constant input: a weight, a bias, or any other. `summed` are what a bias is added to the products of, whose scale it has. */
function constantOf(
  file: OnnxFile,
  { rule, op, name, i, summed }: { rule: OnnxRule; op: IntegerOpName; name: string; i: number; summed?: readonly ProgramTensor[] },
): ProgramTensor {
  const stored = file.constant(name);
  const constant = rule.restore?.(i, stored) ?? file.restored(stored);
  if (summed) {
    const [x, weight] = summed.map(({ quantization }) => quantization);
    const scale = weight?.scale.map(s => s * (x?.scale[0] as number)) ?? [];
    const spread = weight?.axis === undefined ? {} : { axis: 0 };
    return { name, ...constant, quantization: { scale, zeroPoint: scale.map(() => 0), ...spread } };
  }
  const quantization = file.quantizationOf(name, op === 'depthwise-conv2d' ? 3 : 0);
  return { name, ...constant, ...(quantization && { quantization }) };
}
