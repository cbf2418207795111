import { activations, deploy, layers, type Model, modelSize, peakMemory } from 'tinylab';
import { type Call, command, printable } from './command.ts';
import { type Opened, openNetwork } from './open.ts';

const help = `npx tinylab inspect FILE [--json]: the layers of a network, with what each costs for one example.

FILE is a .tflite file, or what saveProgram or saveModel wrote. Columns: what a layer computes, type and shape of its output, the scale and zero point that
its integers stand for, multiply-accumulates, bytes of its constants. Below: sums, and the most bytes of values that are needed at one time.`;

/** A layer as it is printed. */
interface Line {
  readonly name: string;
  readonly op: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly scale?: number;
  readonly zeroPoint?: number;
  readonly macs: number;
  readonly constantBytes: number;
}

/** All that is told of a network. */
interface Facts {
  readonly network: string;
  readonly kind: Opened['kind'];
  readonly fileBytes: number;
  readonly inputs: readonly Pick<Line, 'name' | 'type' | 'shape' | 'scale' | 'zeroPoint'>[];
  readonly layers: readonly Line[];
  readonly macs: number;
  readonly constantBytes: number;
  readonly peakBytes: number;
}

function factsOf({ name, type, shape, quantization }: deploy.ProgramTensor): Facts['inputs'][number] {
  const grid = quantization && { scale: quantization.scale[0] as number, zeroPoint: quantization.zeroPoint[0] as number };
  return { name: printable(name), type, shape, ...grid };
}

function programFacts(program: deploy.Program): Omit<Facts, 'kind' | 'fileBytes'> {
  const { steps, macs, constantBytes, peakBytes } = deploy.inspectProgram(program);
  const tensor = (index: number | undefined): deploy.ProgramTensor => program.tensors[index as number] as deploy.ProgramTensor;
  return {
    network: printable(program.name),
    inputs: program.inputs.map(index => factsOf(tensor(index))),
    layers: steps.map(({ op, macs, constantBytes }, i) => ({ ...factsOf(tensor(program.steps[i]?.outputs[0])), op, macs, constantBytes })),
    macs,
    constantBytes,
    peakBytes,
  };
}

function modelFacts(model: Model): Omit<Facts, 'kind' | 'fileBytes'> {
  const counted = layers(model, { statistics: true });
  const lines = counted.map(({ id, op, output, macs, parameters }) => ({
    name: printable(id),
    op,
    type: 'float32',
    shape: output,
    macs,
    constantBytes: 4 * parameters,
  }));
  return {
    network: printable(model.name),
    inputs: lines.filter(({ op }) => op === 'input'),
    layers: lines.filter(({ op }) => op !== 'input'),
    macs: counted.reduce((sum, { macs }) => sum + macs, 0),
    constantBytes: modelSize(model),
    peakBytes: activations(model).total === 0 ? 0 : peakMemory(model),
  };
}

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const number = (x: number): string => x.toLocaleString('en');

/** A table with columns as wide as they need to be. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] as string).length)));
  return rows.map(row =>
    row
      .map((cell, column) => (column >= 4 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number)))
      .join('  ')
      .trimEnd(),
  );
}

function lines({ network, kind, inputs, layers: all, macs, constantBytes, peakBytes, fileBytes }: Facts): string[] {
  const cells = ({ name, type, shape, scale, zeroPoint }: Facts['inputs'][number], op: string, costs: readonly string[]): string[] => [
    short(name, 40),
    op,
    type,
    `[${shape.join(', ')}]`,
    scale === undefined ? '' : `${Number(scale.toPrecision(6))}`,
    zeroPoint === undefined ? '' : `${zeroPoint}`,
    ...costs,
  ];
  const rows = [
    ['name', 'op', 'type', 'shape', 'scale', 'zero point', 'MACs', 'bytes'],
    ...inputs.map(input => cells(input, 'input', ['', ''])),
    ...all.map(layer => cells(layer, layer.op, [number(layer.macs), number(layer.constantBytes)])),
  ];
  const sums = [
    `${number(macs)} MACs`,
    `${number(constantBytes)} bytes of constants`,
    `${number(peakBytes)} bytes of values at the peak`,
    `${number(fileBytes)} bytes on the disk`,
  ];
  return [`${network} (${kind})`, ...table(rows), '', sums.join(', ')];
}

function main({ files, json }: Call): void {
  const opened = openNetwork(files[0] as string);
  const facts = opened.kind === 'model' ? modelFacts(opened.model) : programFacts(opened.program);
  const all: Facts = { ...facts, kind: opened.kind, fileBytes: opened.bytes };
  console.log(json ? JSON.stringify(all, null, 1) : lines(all).join('\n'));
}

command(help, 1, main);
