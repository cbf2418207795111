import type { TfliteOp } from '../../../../../lib/deploy/formats/tflite/schema.ts';
import type { WrittenFile } from '../../../../../lib/deploy/formats/tflite/write/bytes.ts';
import { versionOf } from '../../../../../lib/deploy/formats/tflite/write/version.ts';
import type { Elements, ElementType, ProgramTensor } from '../../../../../lib/deploy/program.ts';
import type { Random } from '../../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../../lib/tensor/shape.ts';
import { convolution, dense, matmul, pool, transposed } from './random-layers.ts';
import { activation, elementsOf, float32, int8, int32, type Made, scaleOf, sizes, type Type, value, whole } from './random-parts.ts';

// Files of one operator with random sizes, scales and options, for other runtimes to run.

/** Two shapes that stretch to each other. */
function pair(random: Random): { a: number[]; b: number[]; y: number[] } {
  const y = sizes(random, random.int(1, 4));
  const narrow = (): number[] => y.map(size => (random.next() < 0.25 ? 1 : size));
  const [a, b] = random.next() < 0.5 ? [y, y] : [y, narrow().slice(random.int(0, y.length - 1))];
  return random.next() < 0.5 ? { a, b, y } : { a: b, b: a, y };
}

function elementwise(random: Random, type: Type, op: 'ADD' | 'SUB' | 'MUL' | 'MINIMUM' | 'MAXIMUM'): Made {
  const { a, b, y } = pair(random);
  const left = value(random, 'a', { shape: a, type });
  const copies = op === 'MINIMUM' || op === 'MAXIMUM';
  const right = copies ? { ...left, name: 'b', shape: b } : value(random, 'b', { shape: b, type, constant: random.next() < 0.3 });
  const [p, q] = [left, right].map(({ quantization }) => quantization?.scale[0] as number) as [number, number];
  const scale = op === 'MUL' ? p * q * 2 ** random.uniform(0, 8) : Math.max(p, q) * 2 ** random.uniform(-1, 2);
  const output = copies ? { ...left, name: 'y', shape: y } : value(random, 'y', { shape: y, type, scale: Math.fround(scale) });
  const sum = op === 'ADD' || op === 'SUB';
  return { inputs: [left, right], output, options: copies ? [] : [int8(0, activation(random)), ...(sum ? [int8(1, 0)] : [])] };
}

function alone(random: Random, type: Type, op: TfliteOp): Made {
  const x = value(random, 'x', { shape: sizes(random, random.int(1, 4)), type, scale: scaleOf(random, -6, -1) });
  const scale = x.quantization?.scale[0] as number;
  const to = (given: { type?: ElementType; scale?: number; zeroPoint?: number }): ProgramTensor =>
    value(random, 'y', { shape: x.shape, type, scale: Math.fround(scale * 2 ** random.uniform(-2, 2)), ...given });
  const fixed = {
    int8: { scale: 1 / 256, zeroPoint: -128 },
    uint8: { scale: 1 / 256, zeroPoint: 0 },
    int16: { scale: 1 / 32768, zeroPoint: 0 },
  }[type];
  if (op === 'SOFTMAX') return { inputs: [x], output: to(fixed), options: [float32(0, random.pick([1, 1, 0.5, 2]))] };
  if (op === 'LOGISTIC') return { inputs: [x], output: to(fixed) };
  if (op === 'TANH' && type === 'int16') return { inputs: [x], output: to(fixed) };
  if (op === 'TANH') return { inputs: [x], output: to({ scale: 1 / 128, zeroPoint: type === 'uint8' ? 128 : 0 }) };
  if (op === 'LEAKY_RELU') return { inputs: [x], output: to({}), options: [float32(0, random.uniform(0, 0.9))] };
  if (op === 'HARD_SWISH') return { inputs: [x], output: to({ scale: Math.fround(scale * 2 ** random.uniform(-1, 2)) }) };
  if (op === 'DEQUANTIZE') return { inputs: [x], output: { name: 'y', shape: x.shape, type: 'float32' } };
  if (op === 'QUANTIZE' && random.next() < 0.5) return { inputs: [{ name: 'x', shape: x.shape, type: 'float32' }], output: to({}) };
  if (op === 'QUANTIZE') return { inputs: [x], output: to({ type: type === 'int16' ? 'int8' : random.pick(['int8', 'uint8'] as const) }) };
  return { inputs: [x], output: to({}) };
}

function moved(random: Random, type: Type, op: TfliteOp): Made {
  const shape = sizes(random, random.int(2, 4), 4);
  const x = value(random, 'x', { shape, type });
  const to = (to: readonly number[]): ProgramTensor => ({ ...x, name: 'y', shape: to });
  if (op === 'RESHAPE') {
    const flat = [shape[0] as number, sizeOf(shape.slice(1))];
    return { inputs: [x, whole('shape', [random.pick([-1, shape[0] as number]), flat[1] as number])], output: to(flat) };
  }
  if (op === 'EXPAND_DIMS') {
    const axis = random.int(0, shape.length);
    return { inputs: [x, whole('axis', [axis])], output: to([...shape.slice(0, axis), 1, ...shape.slice(axis)]) };
  }
  if (op === 'SQUEEZE') return { inputs: [{ ...x, shape: [1, ...shape] }], output: to([1, ...shape].filter(size => size !== 1)) };
  if (op === 'TRANSPOSE') {
    const permutation = [...random.permutation(shape.length)];
    return { inputs: [x, whole('permutation', permutation)], output: to(permutation.map(axis => shape[axis] as number)) };
  }
  if (op === 'CONCATENATION') {
    const axis = random.int(0, shape.length - 1);
    const parts = Array.from({ length: random.int(1, 3) }, (_, i) => ({
      ...x,
      name: `x${i}`,
      shape: shape.map((size, a) => (a === axis ? random.int(1, 3) : size)),
    }));
    const length = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
    return {
      inputs: parts,
      output: to(shape.map((size, a) => (a === axis ? length : size))),
      options: [int32(0, random.pick([axis, axis - shape.length])), int8(1, 0)],
    };
  }
  const around = shape.flatMap(() => [random.int(0, 2), random.int(0, 2)]);
  const output = to(shape.map((size, axis) => size + (around[2 * axis] as number) + (around[2 * axis + 1] as number)));
  const paddings = whole('paddings', around, [shape.length, 2]);
  if (op === 'PAD') return { inputs: [x, paddings], output };
  return { inputs: [x, paddings, { ...x, name: 'border', shape: [1], data: elementsOf(random, type, 1) }], output };
}

function mean(random: Random, type: Type): Made {
  const four = random.next() < 0.6;
  const shape = sizes(random, four ? 4 : random.int(2, 4), 6);
  const axes = four ? [1, 2] : [...random.permutation(shape.length)].slice(0, random.int(1, shape.length));
  const keeps = random.next() < 0.5;
  const x = value(random, 'x', { shape, type });
  const scale = Math.fround((x.quantization?.scale[0] as number) * 2 ** random.uniform(-2, 1));
  const output = value(random, 'y', {
    shape: shape.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size])),
    type,
    scale,
  });
  return { inputs: [x, whole('axes', axes)], output, options: [int8(0, keeps ? 1 : 0)] };
}

/** Parts along one axis, the output one of them. */
function parted(random: Random, type: Type, op: 'SPLIT' | 'SPLIT_V'): Made {
  const shape = sizes(random, random.int(1, 4), 4);
  const axis = random.int(0, shape.length - 1);
  const [count, each] = [random.int(1, 3), random.int(1, 3)];
  const lengths = Array.from({ length: count }, () => (op === 'SPLIT' ? each : random.int(1, 3)));
  const long = (length: number): number[] => shape.map((size, a) => (a === axis ? length : size));
  const x = value(random, 'x', { shape: long(lengths.reduce((sum, length) => sum + length, 0)), type });
  const outputs = lengths.map((length, i) => ({ ...x, name: `y${i}`, shape: long(length) }));
  const output = random.pick(outputs);
  const at = whole('axis', [random.pick([axis, axis - shape.length])], op === 'SPLIT' ? [] : [1]);
  if (op === 'SPLIT') return { inputs: [at, x], output, outputs, options: [int32(0, count)] };
  const given = lengths.map((length, i) => (i === 0 && random.next() < 0.5 ? -1 : length));
  return { inputs: [x, whole('lengths', given), at], output, outputs, options: [int32(0, count)] };
}

/** A part of a value: where it begins and ends told in all the ways there are. */
function sliced(random: Random, type: Type, op: 'SLICE' | 'STRIDED_SLICE'): Made {
  const shape = sizes(random, random.int(1, 4), 5);
  const x = value(random, 'x', { shape, type });
  const parts = shape.map(size => {
    const [from, stride] = [random.int(0, size - 1), op === 'SLICE' ? 1 : random.int(1, 3)];
    const length = random.int(1, Math.floor((size - 1 - from) / stride) + 1);
    return { size, from, stride, length, to: Math.min(size, from + length * stride) };
  });
  const output = { ...x, name: 'y', shape: parts.map(({ length }) => length) };
  const row = (name: string, of: (part: (typeof parts)[number]) => number): ProgramTensor => whole(name, parts.map(of));
  const begin = row('begin', ({ from, size }) => (op === 'STRIDED_SLICE' && random.next() < 0.3 ? from - size : from));
  if (op === 'SLICE') {
    const all = ({ from, size, length }: (typeof parts)[number]): boolean => from + length === size && random.next() < 0.5;
    return { inputs: [x, begin, row('size', part => (all(part) ? -1 : part.length))], output };
  }
  const end = row('end', ({ to, size }) => (to === size ? random.pick([size, size + 3]) : random.pick([to, to - size])));
  const mask = (is: (part: (typeof parts)[number]) => boolean): number =>
    parts.reduce((bits, part, axis) => bits | (is(part) && random.next() < 0.5 ? 1 << axis : 0), 0);
  const masks = [mask(({ from }) => from === 0), mask(({ to, size }) => to === size), 0, 0, 0];
  return {
    inputs: [x, begin, end, row('strides', ({ stride }) => stride)],
    output,
    options: masks.map((bits, field) => int32(field, bits)),
  };
}

function shapeOf(random: Random, type: Type): Made {
  const x = value(random, 'x', { shape: sizes(random, random.int(1, 4)), type });
  return { inputs: [x], output: { name: 'y', shape: [x.shape.length], type: 'int32' }, options: [int8(0, 2)] };
}

/** Of values of the network, which are not read. */
function packed(random: Random, type: Type): Made {
  const x = value(random, 'x', { shape: [], type });
  return { inputs: [x, { ...x, name: 'z' }], output: { ...x, name: 'y', shape: [2] }, options: [int32(0, 2), int32(1, 0)] };
}

type Maker = (random: Random, type: Type) => Made;
const forEach = (ops: readonly TfliteOp[], make: (random: Random, type: Type, op: never) => Made): Partial<Record<TfliteOp, Maker>> =>
  Object.fromEntries(ops.map(op => [op, (random: Random, type: Type) => make(random, type, op as never)]));

/** Operators that are none of these take one value of any shape. */
const makers: Readonly<Partial<Record<TfliteOp, Maker>>> = {
  CONV_2D: (random, type) => convolution(random, type, false),
  DEPTHWISE_CONV_2D: (random, type) => convolution(random, type, true),
  TRANSPOSE_CONV: transposed,
  FULLY_CONNECTED: dense,
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  MEAN: mean,
  BATCH_MATMUL: matmul,
  SHAPE: shapeOf,
  PACK: packed,
  ...forEach(['SPLIT', 'SPLIT_V'], parted),
  ...forEach(['SLICE', 'STRIDED_SLICE'], sliced),
  ...forEach(['ADD', 'SUB', 'MUL', 'MINIMUM', 'MAXIMUM'], elementwise),
  ...forEach(['RESHAPE', 'EXPAND_DIMS', 'SQUEEZE', 'TRANSPOSE', 'CONCATENATION', 'PAD', 'PADV2'], moved),
};

/** A file with one operator, and inputs for some examples. */
export function oneOperator(
  random: Random,
  { op, type, count = 2 }: { readonly op: TfliteOp; readonly type: Type; readonly count?: number },
): { readonly file: WrittenFile; readonly inputs: readonly Elements[] } {
  const { inputs, output, outputs = [output], options = [] } = (makers[op] ?? ((r: Random, t: Type) => alone(r, t, op)))(random, type);
  const tensors = [...inputs, ...outputs];
  const place = (index: number): number => inputs.length + index;
  const free = [...inputs.keys()].filter(index => !inputs[index]?.data);
  const operator = {
    op,
    version: versionOf(op, inputs, output),
    inputs: [...inputs.keys()],
    outputs: [...outputs.keys()].map(place),
    options,
  };
  const data = free.map(index =>
    elementsOf(random, (inputs[index] as ProgramTensor).type, count * sizeOf((inputs[index] as ProgramTensor).shape)),
  );
  return { file: { name: 'main', tensors, operators: [operator], inputs: free, outputs: [place(outputs.indexOf(output))] }, inputs: data };
}
