import type { Model } from '../../../model/model.ts';
import { assertProgram, whereOf } from '../../check-program.ts';
import type { IntegerOpName } from '../../integer/index.ts';
import type { Program, ProgramTensor } from '../../program.ts';
import { graphWriter, namesOf, writeBorders } from './graph.ts';
import { assertMeaning } from './meaning.ts';
import { graphOf } from './model/write-model.ts';
import { refuseOnnx } from './refuse.ts';
import { onnxRules } from './rules/all.ts';
import { type GraphProto, modelSchema } from './schema.ts';
import { type OnnxForm, writeGrid, writeStep } from './step-writer.ts';
import { encode } from './wire.ts';

/** How a program is written. */
export interface OnnxOptions {
  /**
   * `qdq` (default): every op computes with real numbers between a DequantizeLinear and a QuantizeLinear, which runtimes merge into integer kernels.
   * `qlinear`: convolutions, dense layers and matrix products are QLinearConv and QLinearMatMul; weights of 4 bits take 8.
   */
  readonly form?: OnnxForm;
}

/**
 * A program, or a model in float32, as an ONNX file (opset 21). Inputs and outputs are those of the program, or of the model: images [batch, h, w, c]; within the graph images lie
 * as [batch, c, h, w], and the batch is of any length. What the program's multipliers and shifts compute, ONNX computes from scales in float32: integers may
 * differ by one step where a rounding meets a half. The parameters of a model are the real numbers that they stand for, and its fake-quantize nodes
 * pairs of QuantizeLinear and DequantizeLinear.
 * @throws LabError `deploy/onnx` for what ONNX has no numbers for: layers on activations of 16 bits, weights of 16 bits, steps whose multipliers are not
 * those of their tensors' scales; the errors of `assertProgram`.
 */
export function writeOnnx(network: Program | Model, { form = 'qdq' }: OnnxOptions = {}): Uint8Array {
  return 'nodes' in network ? fileOf(graphOf(network), 'float32') : fileOf(programGraph(network, form), form);
}

/** The bytes of a file. `form` tells `readOnnx` what it has before it. */
function fileOf(graph: GraphProto, form: string): Uint8Array {
  return encode(
    {
      irVersion: 10,
      producerName: 'tinylab',
      graph,
      opsetImport: [{ domain: '', version: 21 }],
      metadataProps: [{ key: 'form', value: form }],
    },
    modelSchema,
  );
}

function programGraph(program: Program, form: OnnxForm): GraphProto {
  assertProgram(program);
  const written = form === 'qlinear' ? widened(program) : program;
  const names = namesOf(written);
  const writer = graphWriter(written.name);
  const both = written.inputs.filter(index => written.outputs.includes(index) || written.tensors[index]?.data);
  if (both.length) refuseOnnx(`tensor ${names[both[0] as number]} is an input and an output.`);
  writeBorders(writer, { program: written, names, side: 'input' });
  for (const index of written.inputs)
    if (written.tensors[index]?.quantization) writeGrid(writer, names[index] as string, written.tensors[index] as ProgramTensor);
  for (const [number, step] of written.steps.entries()) {
    const where = whereOf(written, step, number);
    assertTypes(
      step.inputs.map(index => written.tensors[index]),
      where,
    );
    assertMeaning(step, written.tensors, where);
    writeStep({ writer, program: written, names, form, number }, onnxRules[step.op as IntegerOpName].write);
  }
  writeBorders(writer, { program: written, names, side: 'output' });
  return writer.graph;
}

/** Weights of 16 bits and sums of 64 have no kernels. */
function assertTypes([x, weight, bias]: readonly (ProgramTensor | undefined)[], where: string): void {
  if (bias?.type === 'int64' || (weight?.data && weight.type === 'int16') || (bias?.data && x?.type === 'int16'))
    refuseOnnx(`${where} works on ${x?.type} with a weight of ${weight?.type}.`, 'ONNX has layers on integers of 8 bits.');
}

/** QLinearConv takes no integers of 4 bits. */
function widened(program: Program): Program {
  return { ...program, tensors: program.tensors.map(tensor => (tensor.type === 'int4' ? { ...tensor, type: 'int8' } : tensor)) };
}
