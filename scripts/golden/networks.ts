import { zerosOf } from '../../lib/deploy/element-types.ts';
import { readTflite } from '../../lib/deploy/formats/tflite/read-tflite.ts';
import type { Elements, Program, ProgramTensor } from '../../lib/deploy/program.ts';
import { refuseCase } from './case.ts';
import type { Trial } from './draft.ts';

interface Stored {
  readonly dtype?: unknown;
  readonly base64?: unknown;
}

/** A network with what LiteRT's reference kernels made of some inputs, one trial an input. What its default kernels made of them is left alone. */
export function networkTrials(network: Uint8Array, text: string): readonly Trial[] {
  const { cases } = JSON.parse(text) as { cases?: unknown };
  if (!Array.isArray(cases)) return refuseCase('the file beside the network has no cases.');
  const program = readTflite(network);
  return cases.map(({ inputs, reference }: { inputs?: unknown; reference?: unknown }, i) => ({
    program,
    inputs: elementsOf(program, program.inputs, { list: inputs, where: `Case ${i}: input` }),
    expected: elementsOf(program, program.outputs, { list: reference, where: `Case ${i}: output` }),
  }));
}

function elementsOf({ tensors }: Program, indices: readonly number[], { list, where }: { list: unknown; where: string }): Elements[] {
  if (!Array.isArray(list) || list.length !== indices.length) return refuseCase(`${where}s are not ${indices.length}.`);
  return indices.map((index, i) => {
    const { type } = tensors[index] as ProgramTensor;
    const { dtype, base64 } = (list[i] ?? {}) as Stored;
    if (dtype !== type || typeof base64 !== 'string') refuseCase(`${where} ${i} is ${dtype}; the network has ${type}.`);
    const bytes = Uint8Array.from(Buffer.from(base64 as string, 'base64'));
    const kind = zerosOf(type, 0).constructor as { new (buffer: ArrayBuffer): Elements; readonly BYTES_PER_ELEMENT: number };
    if (bytes.length % kind.BYTES_PER_ELEMENT !== 0) refuseCase(`${where} ${i} is cut short.`);
    return new kind(bytes.buffer);
  });
}
