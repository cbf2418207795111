import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { roundHalfEven } from '../tensor/round.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import { zerosOf } from './element-types.ts';
import { clamped } from './fixed-point.ts';
import { ends } from './integer/stored.ts';
import type { Elements, Program, ProgramTensor } from './program.ts';

/**
 * Real numbers as the integers that input number `index` of a program takes: q = clip(round(x / S) + Z), halves to even, the quotient in float32 as
 * `fake-quantize` has it; NaN becomes Z. Bytes of images stand for 0–1. An input of float32 gets the real numbers.
 * @param images [n, … input shape], float32 or uint8.
 * @throws LabError `deploy/input` for other shapes or dtypes, or an input that does not say what its integers stand for.
 */
export function quantizeInput(program: Program, images: NDArray, index = 0): Elements {
  const tensor = tensorOf(program, program.inputs, { index, kind: 'input' });
  const size = sizeOf(tensor.shape);
  const { shape, dtype, data } = images;
  if ((dtype !== 'float32' && dtype !== 'uint8') || sizeOf(shape.slice(1)) !== size)
    refuse(`Input ${tensor.name} takes float32 or uint8 of shape [n, ${tensor.shape.slice(1).join(', ')}]; got ${dtype} [${shape}].`);
  const unit = dtype === 'uint8' ? 255 : 1;
  if (tensor.type === 'float32') return Float32Array.from(data, x => x / unit);
  const { scale, zeroPoint } = gridOf(tensor);
  const [low, high] = ends[tensor.type] as readonly [number, number];
  const integers = zerosOf(tensor.type, data.length) as Int32Array;
  for (let i = 0; i < integers.length; i++) {
    const q = roundHalfEven(Math.fround(Math.fround((data[i] as number) / unit) / scale)) + zeroPoint;
    integers[i] = Number.isNaN(q) ? zeroPoint : clamped(q, low, high);
  }
  return integers;
}

/**
 * What the integers of output number `index` stand for: S · (q - Z), [n, … output shape].
 * @throws LabError `deploy/input` for elements that are no whole examples, an output that the program lacks, or one that does not say what its integers stand for.
 */
export function dequantizeOutput(program: Program, elements: Elements, index = 0): NDArray {
  const tensor = tensorOf(program, program.outputs, { index, kind: 'output' });
  const count = elements.length / sizeOf(tensor.shape);
  if (!Number.isInteger(count)) refuse(`Output ${tensor.name} has ${sizeOf(tensor.shape)} elements an example; got ${elements.length}.`);
  const shape: Shape = [count, ...tensor.shape.slice(1)];
  if (tensor.type === 'float32') return array(shape, Float32Array.from(elements as Float32Array));
  const { scale, zeroPoint } = gridOf(tensor);
  return array(
    shape,
    Float32Array.from(elements as Int8Array, q => scale * (q - zeroPoint)),
  );
}

function tensorOf(
  { tensors }: Program,
  list: readonly number[],
  { index, kind }: { readonly index: number; readonly kind: string },
): ProgramTensor {
  return tensors[list[index] ?? -1] ?? refuse(`The program has ${list.length} ${kind}s; there is no ${kind} ${index}.`);
}

function gridOf({ name, type, quantization }: ProgramTensor): { readonly scale: number; readonly zeroPoint: number } {
  const [scale] = quantization?.scale ?? [];
  if (scale === undefined || !ends[type]) return refuse(`Tensor ${name} (${type}) does not say what its integers stand for.`);
  return { scale, zeroPoint: quantization?.zeroPoint[0] as number };
}

function refuse(message: string): never {
  throw new LabError('deploy/input', message, "Look at program.inputs, program.outputs and the tensors' quantization.");
}
