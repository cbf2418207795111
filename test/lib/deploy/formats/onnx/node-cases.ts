import { elementTypes, zerosOf } from '../../../../../lib/deploy/element-types.ts';
import { fixedPoint } from '../../../../../lib/deploy/fixed-point.ts';
import { ends } from '../../../../../lib/deploy/integer/stored.ts';
import type { Elements, ElementType, Program, ProgramTensor } from '../../../../../lib/deploy/program.ts';
import type { Attributes } from '../../../../../lib/model/model.ts';

/** A value of a node test. */
export interface CaseValue {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A node test of ONNX. */
export interface NodeCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
  readonly inputs: readonly CaseValue[];
  readonly outputs: readonly CaseValue[];
}

/** A case as a program of one step, with its input; or why it is none. */
export type Expressed = { readonly program: Program; readonly inputs: readonly Elements[] } | string;

const isType = (type: string): type is ElementType => elementTypes.includes((type === 'float' ? 'float32' : type) as ElementType);
const typeOf = (type: string): ElementType => (type === 'float' ? 'float32' : type) as ElementType;

const nhwc = ({ type, shape, data }: CaseValue, order = [0, 2, 3, 1]): CaseValue => {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map(axis => shape[axis] as number);
  const steps = order.map(axis => strides[axis] as number);
  const places = sizes.reduce(
    (at: number[], size, a) => at.flatMap(from => Array.from({ length: size }, (_, i) => from + i * (steps[a] as number))),
    [0],
  );
  return { type, shape: sizes, data: places.map(place => data[place] as number) };
};

function tensorOf(name: string, { type, shape, data }: CaseValue, constant = false): ProgramTensor {
  const elements = zerosOf(typeOf(type), data.length);
  for (const [i, x] of data.entries()) elements[i] = x as never;
  return { name, type: typeOf(type), shape, ...(constant && { data: elements }) };
}

const elementsOf = (value: CaseValue): Elements => tensorOf('', value, true).data as Elements;
const number = (value: CaseValue | undefined, otherwise = 0): number => value?.data[0] ?? otherwise;

/** A step on some values, of which the first ones are inputs and those in `constants` stand in the program. */
function single(
  op: string,
  attributes: Attributes,
  { inputs, constants = [], output }: { inputs: CaseValue[]; constants?: CaseValue[]; output: CaseValue },
): Expressed {
  const tensors = [
    ...inputs.map((value, i) => tensorOf(`x${i}`, value)),
    ...constants.map((value, i) => tensorOf(`c${i}`, value, true)),
    tensorOf('y', { ...output, data: [] }),
  ];
  const read = [...tensors.keys()].slice(0, -1);
  const steps = [{ op, inputs: op.endsWith('conv2d') ? [...read, -1] : read, outputs: [tensors.length - 1], attributes }];
  const program = { name: op, tensors, steps, inputs: [...inputs.keys()], outputs: [tensors.length - 1] };
  return { program, inputs: inputs.map(elementsOf) };
}

const requantized = (factors: readonly number[], to: CaseValue, zeroPoint: number): Attributes => {
  const [low, high] = ends[typeOf(to.type)] as readonly [number, number];
  const found = factors.map(fixedPoint);
  return { multiplier: found.map(f => f.multiplier), shift: found.map(f => f.shift), outputZeroPoint: zeroPoint, low, high };
};

const convolved = (
  x: CaseValue,
  w: CaseValue,
  {
    zero,
    weightZero,
    pads,
    rest,
    output,
  }: { zero: number; weightZero: readonly number[]; pads: readonly number[]; rest: Attributes; output: CaseValue },
): Expressed => {
  const [top = 0, left = 0] = pads;
  const attributes = {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [top, left],
    inputZeroPoint: zero,
    weightZeroPoint: [...weightZero],
    ...rest,
  };
  return single('conv2d', attributes, { inputs: [nhwc(x)], constants: [nhwc(w)], output: nhwc(output) });
};

const rules: Readonly<Record<string, (c: NodeCase) => Expressed>> = {
  ConvInteger({ inputs: [x, w, xZero, wZero], outputs: [y], attributes: { pads = [] } }) {
    if (!x || !w || !y) return 'it lacks a value';
    const weightZero = wZero?.data ?? [0];
    return convolved(x, w, { zero: number(xZero), weightZero, pads: pads as number[], rest: requantized([1], y, 0), output: y });
  },
  QLinearConv({ inputs: [x, xScale, xZero, w, wScale, wZero, yScale, yZero], outputs: [y] }) {
    if (!x || !w || !wScale || !wZero || !y) return 'it lacks a value';
    const factors = wScale.data.map(s => (number(xScale) * s) / number(yScale));
    return convolved(x, w, {
      zero: number(xZero),
      weightZero: wZero.data,
      pads: [],
      rest: requantized(factors, y, number(yZero)),
      output: y,
    });
  },
  MatMulInteger({ inputs: [a, b, aZero, bZero], outputs: [y] }) {
    if (!a || !b || !y) return 'it lacks a value';
    const attributes = { transposeA: false, transposeB: false, aZeroPoint: number(aZero), bZeroPoint: number(bZero) };
    return single('matmul', { ...attributes, ...requantized([1], y, 0) }, { inputs: [a, b], output: y });
  },
  QLinearMatMul({ inputs: [a, aScale, aZero, b, bScale, bZero, yScale, yZero], outputs: [y] }) {
    if (!a || !b || !y) return 'it lacks a value';
    const attributes = { transposeA: false, transposeB: false, aZeroPoint: number(aZero), bZeroPoint: number(bZero) };
    const factor = (number(aScale) * number(bScale)) / number(yScale);
    return single('matmul', { ...attributes, ...requantized([factor], y, number(yZero)) }, { inputs: [a, b], output: y });
  },
  QuantizeLinear({ inputs: [x, scale, zero], outputs: [y] }) {
    if (!x || !scale || !y) return 'it lacks a value';
    if (!isType(y.type)) return `no tensor of a program is ${y.type}`;
    if (scale.data.length > 1) return 'an activation of a program has one scale';
    const [low, high] = ends[typeOf(y.type)] as readonly [number, number];
    return single('quantize', { scale: number(scale), outputZeroPoint: number(zero), low, high }, { inputs: [x], output: y });
  },
  DequantizeLinear({ inputs: [x, scale, zero], outputs: [y] }) {
    if (!x || !scale || !y) return 'it lacks a value';
    if (!isType(x.type)) return `no tensor of a program is ${x.type}`;
    if (!isType(y.type)) return `no tensor of a program is ${y.type}`;
    if (scale.data.length > 1) return 'an activation of a program has one scale';
    return single('dequantize', { scale: number(scale), inputZeroPoint: number(zero) }, { inputs: [x], output: y });
  },
};

/** The case as a program of ours. */
export function expressed(c: NodeCase): Expressed {
  return rules[c.op]?.(c) ?? `there is no rule for ${c.op}`;
}

/** The output of the case as a program holds it. */
export function expectedOf({ op, outputs: [y] }: NodeCase): readonly number[] {
  return (y && op.includes('Conv') ? nhwc(y) : y)?.data ?? [];
}
