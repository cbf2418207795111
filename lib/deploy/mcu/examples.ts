import { LabError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { zerosOf } from '../element-types.ts';
import type { Elements, Program, ProgramTensor } from '../program.ts';

/** What comes into a program. */
interface Given {
  readonly input?: Elements;
  readonly inputs?: readonly Elements[];
}

/** The inputs of a program: those that are given, or one example of zeros. @throws LabError `deploy/input` for both. */
export function someInputs(program: Program, { input, inputs }: Given): readonly Elements[] {
  if (input && inputs)
    throw new LabError('deploy/input', 'Both input and inputs are given.', 'Give input for a program with one, else inputs.');
  if (inputs) return inputs;
  if (input) return [input];
  return program.inputs.map(index => {
    const { type, shape } = program.tensors[index] as ProgramTensor;
    return zerosOf(type, sizeOf(shape));
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Elements): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** The values of the first example as bytes, then those of the second …: what a microcontroller reads and writes. */
export function exampleBytes(values: readonly Elements[], count: number): Uint8Array {
  const all = values.map(value => ({ bytes: bytesOf(value), each: value.byteLength / count }));
  return Buffer.concat(
    Array.from({ length: count }, (_, n) => all.map(({ bytes, each }) => bytes.subarray(n * each, (n + 1) * each))).flat(),
  );
}

/** The file that kernels/mcu/main.c reads: the number of examples, 32 bits, then their bytes. */
export function examplesFile(bytes: Uint8Array, count: number): Uint8Array {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, count, true);
  return Buffer.concat([head, bytes]);
}

/** The outputs that `exampleBytes` made bytes of. @throws LabError `mcu/emulator` for another number of bytes. */
export function outputsOf(program: Program, bytes: Uint8Array, count: number): readonly Elements[] {
  const outputs = program.outputs.map(index => {
    const { type, shape } = program.tensors[index] as ProgramTensor;
    return zerosOf(type, sizeOf(shape) * count);
  });
  const each = outputs.map(({ byteLength }) => byteLength / count);
  if (bytes.length !== count * each.reduce((sum, length) => sum + length, 0))
    throw new LabError(
      'mcu/emulator',
      `The network wrote ${bytes.length} bytes of outputs for ${count} examples.`,
      'Its C and the program disagree: report it.',
    );
  let at = 0;
  for (let n = 0; n < count; n++)
    for (const [i, output] of outputs.entries()) {
      const length = each[i] as number;
      bytesOf(output).set(bytes.subarray(at, at + length), n * length);
      at += length;
    }
  return outputs;
}
