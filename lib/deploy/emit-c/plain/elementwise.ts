import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import type { AddStep } from '../../integer/add.ts';
import type { MultiplyStep } from '../../integer/multiply.ts';
import type { Declared } from '../../integer/op.ts';
import type { RequantizeStep } from '../../integer/requantize.ts';
import { integerLiteral, nest, placeOf, plus, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { operand } from './operand.ts';

/** `y[i] = …` of two values, each axis of length 1 stretched to the other's, given the C of an element of each. */
function ofTwo(step: Pick<CStep, 'inputs' | 'output'>, writer: CWriter, expression: (a: string, b: string) => string): string {
  const [a, b] = [operand(step, 0, writer), operand(step, 1, writer)];
  const { shape } = step.output;
  const from = step.inputs.map(value => stretchedStrides((value as Declared).shape, shape)) as [number[], number[]];
  const equal = step.inputs.every(value => sizeOf((value as Declared).shape) === sizeOf(shape));
  const sizes = equal ? [sizeOf(shape)] : shape;
  const [ofA, ofB, ofY] = equal ? [[1], [1], [1]] : [...from, stridesOf(shape)];
  return nest(
    sizes,
    at =>
      `y[${placeOf(at, ofY as number[])}] = ${expression(`${a}[${placeOf(at, ofA as number[])}]`, `${b}[${placeOf(at, ofB as number[])}]`)};`,
  );
}

/** Strides of a value that is stretched to a shape: 0 where it has length 1. */
function stretchedStrides(shape: Shape, to: Shape): number[] {
  const own = stridesOf(shape);
  const lead = to.length - shape.length;
  return to.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] as number)));
}

const sum = (sign: '+' | '-'): Kernel<AddStep> => ({
  name: 'plain',
  fits: () => true,
  emit(step: CStep<AddStep>, writer: CWriter): string {
    const { attributes } = step;
    const { leftShift, aZeroPoint, bZeroPoint, aMultiplier, aShift, bMultiplier, bShift } = attributes;
    const store = storeOf(attributes, writer);
    const term = (x: string, [zero, multiplier, shift]: readonly [zero: number, multiplier: number, shift: number]): string => {
      const raised = `(${plus(x, -zero)}) * ${2 ** leftShift}`;
      return shift > 0 ? `scaled(${raised}, ${multiplier}, ${shift})` : `scaled_right(${raised}, ${multiplier}, ${-shift})`;
    };
    return ofTwo(step, writer, (a, b) =>
      store(
        `(int32_t)((uint32_t)${term(a, [aZeroPoint, aMultiplier, aShift])} ${sign} (uint32_t)${term(b, [bZeroPoint, bMultiplier, bShift])})`,
        '0',
      ),
    );
  },
});

export const add: Kernel<AddStep> = sum('+');
export const subtract: Kernel<AddStep> = sum('-');

/** (a - Z_a) · (b - Z_b). */
export const multiply: Kernel<MultiplyStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<MultiplyStep>, writer: CWriter): string {
    const { aZeroPoint, bZeroPoint } = step.attributes;
    const store = storeOf(step.attributes, writer);
    return ofTwo(step, writer, (a, b) =>
      store(`(int32_t)((uint32_t)(${plus(a, -aZeroPoint)}) * (uint32_t)(${plus(b, -bZeroPoint)}))`, '0'),
    );
  },
};

/** As JavaScript has it for real numbers: NaN if one is, and -0 below 0. */
const realHelper = (sign: '<' | '>', name: string): string => `static inline float ${name}(float a, float b) {
  if (a != a || b != b) return __builtin_nanf("");
  if (a == b) return ${sign === '<' ? '' : '!'}__builtin_signbit(a) ? a : b;
  return a ${sign} b ? a : b;
}`;

const extreme = (sign: '<' | '>', name: string): Kernel => ({
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const isReal = step.output.type === 'float32';
    if (isReal) writer.helper(name, realHelper(sign, name));
    return ofTwo(step, writer, (a, b) => (isReal ? `${name}(${a}, ${b})` : `${a} ${sign} ${b} ? ${a} : ${b}`));
  },
});

export const minimum: Kernel = extreme('<', 'least');
export const maximum: Kernel = extreme('>', 'most');

/** A value on another grid. */
export const requantize: Kernel<RequantizeStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<RequantizeStep>, writer: CWriter): string {
    const x = operand(step, 0, writer);
    const store = storeOf(step.attributes, writer);
    const zero = step.attributes.inputZeroPoint;
    const value = (i: string): string =>
      zero === 0 ? `${x}[${i}]` : `(int32_t)((uint32_t)${x}[${i}] - (uint32_t)${integerLiteral(zero)})`;
    return nest([sizeOf(step.output.shape)], ([i = '0']) => `y[${i}] = ${store(value(i), '0')};`);
  },
};

/** A table of 256 entries. */
export const lookup: Kernel = {
  name: 'plain',
  fits: () => true,
  emit(step, writer): string {
    const [x, table] = [operand(step, 0, writer), operand(step, 1, writer)];
    const first = (step.inputs[0] as Declared).type === 'int8' ? 128 : 0;
    return nest([sizeOf(step.output.shape)], ([i = '0']) => `y[${i}] = ${table}[${plus(`${x}[${i}]`, first)}];`);
  },
};
