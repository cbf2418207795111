import { zerosOf } from '../../../../lib/deploy/element-types.ts';
import type { Conv2dStep } from '../../../../lib/deploy/integer/conv2d.ts';
import { integerOpOf } from '../../../../lib/deploy/integer/index.ts';
import type { StepValues, Value } from '../../../../lib/deploy/integer/op.ts';
import { requantizer } from '../../../../lib/deploy/integer/requantize-attributes.ts';
import { biasOf, isWide, type Numbers, numbersOf } from '../../../../lib/deploy/integer/values.ts';
import type { MemoryPlan } from '../../../../lib/deploy/plan/plan.ts';
import type { Elements, Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';

type ArrayKind = new (buffer: ArrayBufferLike, offset: number, length: number) => Elements;

/**
 * Runs a program for one example with every value where a plan has it, in one piece of memory that was never cleared. A depthwise convolution whose output lies
 * over its input works a channel at a time, with its scratch as the only other memory; the scratch of other steps is filled with rubbish while they run, and what
 * a buffer gives back when it shrinks is too.
 */
export function runInArena({ tensors, steps, inputs, outputs }: Program, data: readonly Elements[], plan: MemoryPlan): Elements[] {
  const arena = new ArrayBuffer(plan.bytes);
  new Uint8Array(arena).fill(0xa5);
  const offsets = new Map(plan.buffers.flatMap(buffer => buffer.tensors.map(index => [index, buffer.offset] as const)));
  const values = tensors.map(({ type, shape, data: constant }: ProgramTensor, index): Value | undefined => {
    const kind = zerosOf(type, 0).constructor as ArrayKind;
    const offset = offsets.get(index);
    if (!constant && offset === undefined) return undefined;
    return { type, shape, data: constant ?? new kind(arena, offset as number, sizeOf(shape)) };
  });
  for (const [i, index] of inputs.entries()) ((values[index] as Value).data as Int8Array).set(data[i] as Int8Array);
  for (const [number, { op, inputs: read, outputs: written, attributes }] of steps.entries()) {
    const step = { inputs: read.map(i => values[i]), outputs: written.map(i => values[i] as Value), attributes, where: op };
    const [x, y] = [step.inputs[0] as Value, step.outputs[0] as Value];
    const scratch = plan.buffers.find(buffer => buffer.scratch === number);
    if (scratch) new Uint8Array(arena, scratch.offset, scratch.bytes).fill(0x5a);
    const held = plan.buffers.find(({ tensors: holds }) => holds.includes(read[0] as number));
    if (op === 'depthwise-conv2d' && held?.tensors.includes(written[0] as number)) {
      if (!scratch) throw new Error(`Step ${number} works in place without scratch.`);
      const kind = x.data.constructor as ArrayKind;
      const channel = new kind(arena, scratch.offset, scratch.bytes / x.data.BYTES_PER_ELEMENT) as Numbers;
      depthwiseInPlace(step as unknown as StepValues<Conv2dStep>, channel);
      new Uint8Array(arena, held.offset + y.data.byteLength, x.data.byteLength - y.data.byteLength).fill(0x77);
    } else integerOpOf(op).run(step);
  }
  return outputs.map(index => (values[index] as Value).data.slice() as Elements);
}

/** The definition of a depthwise convolution, channel after channel: each is copied with its border, then written over. */
function depthwiseInPlace({ inputs, outputs, attributes }: StepValues<Conv2dStep>, channel: Numbers): void {
  const [x, w] = inputs as readonly [Value, Value];
  const [y] = outputs as readonly [Value];
  const [, height, width, channels] = x.shape as readonly [number, number, number, number];
  const [, down, across] = y.shape as readonly [number, number, number];
  const [, tall, wide] = w.shape as readonly [number, number, number];
  const { strides, dilations, padding, inputZeroPoint, weightZeroPoint } = attributes;
  const row = (across - 1) * strides[1] + (wide - 1) * dilations[1] + 1;
  const bias = biasOf(inputs[2], channels);
  const store = requantizer(attributes, { wide: isWide(x, inputs[2]) });
  const [from, weight, to] = [numbersOf(x), numbersOf(w), numbersOf(y)];
  for (let c = 0; c < channels; c++) {
    for (let at = 0; at < channel.length; at++) {
      const [i, j] = [Math.floor(at / row) - padding[0], (at % row) - padding[1]];
      const inside = i >= 0 && i < height && j >= 0 && j < width;
      channel[at] = inside ? (from[(i * width + j) * channels + c] as number) : inputZeroPoint;
    }
    const zero = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : c] as number;
    for (let place = 0; place < down * across; place++) {
      const start = Math.floor(place / across) * strides[0] * row + (place % across) * strides[1];
      let sum = bias[c] as number;
      for (let k = 0; k < tall * wide; k++) {
        const value = channel[start + Math.floor(k / wide) * dilations[0] * row + (k % wide) * dilations[1]] as number;
        sum += (value - inputZeroPoint) * ((weight[k * channels + c] as number) - zero);
      }
      to[place * channels + c] = store(sum, c);
    }
  }
}
