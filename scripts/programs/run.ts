import { writeFileSync } from 'node:fs';
import { array, deploy, LabError } from 'tinylab';
import { type Call, command, counter, printable } from './command.ts';
import { type NpyArray, type NpyElements, npyBytes, readNpy } from './npy.ts';
import { bytesOf, openNetwork } from './open.ts';

const help = `npx tinylab run FILE INPUT.npy [INPUT.npy …] [--out OUT.npy] [--real] [--json]: runs a network of integers on examples.

FILE is a .tflite file, or what saveProgram wrote. Each INPUT.npy holds the examples of one input, [n, …] or one example without n: its stored integers
where the types agree, else real numbers, or bytes of images that stand for 0 to 1. Results of a .tflite file are those of LiteRT's reference kernels, byte for
byte. --out writes them as OUT.npy (several outputs as OUT-0.npy, OUT-1.npy …), as stored integers, with --real as real numbers.`;

/** The elements of an input, and how many examples they are. */
function elementsOf(
  program: deploy.Program,
  { shape, data }: NpyArray,
  index: number,
): { readonly elements: deploy.Elements; readonly count: number } {
  const tensor = program.tensors[program.inputs[index] as number] as deploy.ProgramTensor;
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  const own = [tensor.shape, tensor.shape.slice(1)].some(form => form.join() === shape.join());
  const many = tensor.shape[0] === 1 && shape.length === tensor.shape.length && shape.slice(1).join() === tensor.shape.slice(1).join();
  if ((!own && !many) || size === 0 || data.length === 0)
    throw new LabError(
      'deploy/input',
      `Input ${tensor.name} takes [n, ${tensor.shape.slice(1).join(', ')}]; got [${shape}].`,
      'Reshape the array: the first axis counts examples.',
    );
  const same = {
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    int32: Int32Array,
    int64: BigInt64Array,
    float32: Float32Array,
    bool: Uint8Array,
    int4: Int8Array,
  }[tensor.type];
  const count = data.length / size;
  if (data instanceof same) return { elements: data as deploy.Elements, count };
  if (!(data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint8Array))
    throw new LabError(
      'deploy/input',
      `Input ${tensor.name} holds ${tensor.type}; got ${data.constructor.name}.`,
      `Give ${tensor.type}, float32, or bytes of images.`,
    );
  const values = data instanceof Float64Array ? Float32Array.from(data) : data;
  return { elements: deploy.quantizeInput(program, array([count, ...tensor.shape.slice(1)], values), index), count };
}

/** Runs all examples, some at a time. */
function runAll(program: deploy.Program, inputs: readonly deploy.Elements[], count: number): readonly deploy.Elements[] {
  const prepared = deploy.prepareProgram(program);
  const tell = counter(count);
  const parts: (readonly deploy.Elements[])[] = [];
  for (let from = 0; from < count; from += 64) {
    tell(from);
    const to = Math.min(count, from + 64);
    parts.push(prepared.run(inputs.map(input => input.subarray((from * input.length) / count, (to * input.length) / count))).outputs);
  }
  tell(count);
  return program.outputs.map((_, i) => joined(parts.map(part => part[i] as deploy.Elements)));
}

function joined(parts: readonly deploy.Elements[]): deploy.Elements {
  const [first] = parts as readonly [Int8Array];
  const all = new (first.constructor as typeof Int8Array)(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts as readonly Int8Array[]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

interface Asked {
  readonly program: deploy.Program;
  readonly inputs: readonly deploy.Elements[];
  readonly count: number;
}

/** The program and the examples that the files hold. */
function opened([file, ...given]: readonly [string, ...string[]]): Asked {
  const network = openNetwork(file);
  if (network.kind === 'model')
    throw new LabError(
      'deploy/input',
      `${file} is a model of real numbers.`,
      'Make integers of it first: deploy.saveProgram(deploy.lowerModel(model), …).',
    );
  const { program } = network;
  if (given.length !== program.inputs.length)
    throw new LabError(
      'deploy/input',
      `${file} takes ${program.inputs.length} inputs; got ${given.length} files.`,
      'Give one .npy file for each.',
    );
  const inputs = given.map((path, i) => elementsOf(program, readNpy(bytesOf(path), path), i));
  const counts = [...new Set(inputs.map(({ count }) => count))];
  if (counts.length > 1)
    throw new LabError('deploy/input', `The inputs hold ${counts.join(' and ')} examples.`, 'Give as many in each file.');
  return { program, inputs: inputs.map(({ elements }) => elements), count: counts[0] as number };
}

function main({ files, out, real, json }: Call): void {
  const { program, inputs, count } = opened(files as readonly [string, ...string[]]);
  const began = performance.now();
  const outputs = runAll(program, inputs, count);
  const milliseconds = performance.now() - began;
  const facts = outputs.map((elements, i) => {
    const { name, shape, type, quantization } = program.tensors[program.outputs[i] as number] as deploy.ProgramTensor;
    const written = out === undefined ? undefined : outputs.length === 1 ? out : `${out.replace(/\.npy$/, '')}-${i}.npy`;
    const data = real ? (deploy.dequantizeOutput(program, elements, i).data as Float32Array) : elements;
    if (written) writeFileSync(written, npyBytes({ shape: [count * (shape[0] ?? 1), ...shape.slice(1)], data: data as NpyElements }));
    const grid = quantization && { scale: quantization.scale[0], zeroPoint: quantization.zeroPoint[0] };
    const first = Array.from(elements.subarray(0, 10) as Int8Array, Number);
    return { name: printable(name), type, shape, ...grid, first, ...(written && { file: written }) };
  });
  const text = facts.map(
    ({ name, type, shape, first, file }) =>
      `${name}: ${type} [${shape.join(', ')}], begins ${first.join(' ')}${file ? `, in ${file}` : ''}`,
  );
  if (json) console.log(JSON.stringify({ network: printable(program.name), examples: count, milliseconds, outputs: facts }));
  else console.log([`${count} examples in ${milliseconds.toFixed(1)} ms`, ...text].join('\n'));
}

command(help, 16, main);
