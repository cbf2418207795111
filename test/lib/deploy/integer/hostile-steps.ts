import { expect } from 'vitest';
import { assertProgram, whereOf } from '../../../../lib/deploy/check-program.ts';
import { holds, zerosOf } from '../../../../lib/deploy/element-types.ts';
import { type IntegerOpName, integerOpOf } from '../../../../lib/deploy/integer/index.ts';
import type { Value } from '../../../../lib/deploy/integer/op.ts';
import type { Elements, Program, ProgramTensor, Step } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { LabError } from '../../../../lib/tensor/errors.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';
import { opNames, randomInputs, randomProgram } from '../arbitrary-program.ts';
import { randomElements } from '../random/builder.ts';

/** Elements that throw where they are read or written outside. */
function guarded(data: Elements, where: string): Elements {
  const outside = (key: string | symbol): boolean =>
    typeof key === 'string' &&
    /^-?\d|^NaN|^undefined|^Infinity/.test(key) &&
    !(String(Number(key)) === key && Number(key) >= 0 && Number(key) < data.length && Number.isInteger(Number(key)));
  return new Proxy(data, {
    get(target, key) {
      if (outside(key)) throw new RangeError(`${where} is read at ${String(key)} of ${data.length}`);
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        return key === 'subarray' ? guarded(result as Elements, where) : result;
      };
    },
    set(target, key, value) {
      if (outside(key)) throw new RangeError(`${where} is written at ${String(key)} of ${data.length}`);
      return Reflect.set(target, key, value, target);
    },
  });
}

const numbers = [
  -1,
  0,
  1,
  2,
  3,
  7,
  31,
  32,
  127,
  128,
  255,
  256,
  1.5,
  -128,
  -32,
  2 ** 15,
  2 ** 20,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];
const others = [
  null,
  'x',
  true,
  false,
  {},
  undefined,
  [],
  [0],
  [1, 1],
  [-1, 0],
  [0, 0],
  [2, 2],
  [1.5],
  [2 ** 31],
  [Number.NaN],
  [1, 2, 3],
  ['a'],
  [2 ** 20, 2 ** 20],
  Array(17).fill(0),
];
const small = [0, 1, 2, 3, 4, 5, 17, 256];
const types = ['float32', 'int4', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'] as const;

/** The program with one thing changed at random. Constants keep as many elements as their shape says, so that what is asked is the steps' business. */
function changed(program: Program, seed: number): Program {
  const rng = random(seed);
  const [step] = program.steps as readonly [Step];
  const steps = (change: Partial<Step>): Program => ({ ...program, steps: [{ ...step, ...change }] });
  const tensor = (change: (old: ProgramTensor) => Partial<ProgramTensor>): Program => {
    const index = rng.int(0, program.tensors.length - 1);
    const tensors = program.tensors.map((old, i) => {
      if (i !== index) return old;
      const next = { ...old, ...change(old) };
      return next.data ? { ...next, data: randomElements(next.type, Math.min(1e5, sizeOf(next.shape)), rng) } : next;
    });
    return { ...program, tensors };
  };
  const keys = Object.keys(step.attributes);
  const key = keys.length > 0 ? rng.pick(keys) : 'extra';
  const old = step.attributes[key];
  const inside = Array.isArray(old) && old.length > 0 ? old.with(rng.int(0, old.length - 1), rng.pick(numbers)) : rng.pick(numbers);
  return rng.pick([
    () => steps({ attributes: { ...step.attributes, [key]: inside as number } }),
    () => steps({ attributes: { ...step.attributes, [key]: inside as number } }),
    () => steps({ attributes: { ...step.attributes, [key]: rng.pick(others) as number } }),
    () => steps({ attributes: Object.fromEntries(Object.entries(step.attributes).filter(([name]) => name !== key)) }),
    () => steps({ attributes: { ...step.attributes, more: 1 } }),
    () => tensor(({ shape }) => ({ shape: shape.length > 0 ? shape.with(rng.int(0, shape.length - 1), rng.pick(small)) : [2] })),
    () => tensor(({ shape }) => ({ shape: shape.slice(1) })),
    () => tensor(({ shape }) => ({ shape: [...shape, rng.pick(small)] })),
    () => tensor(() => ({ type: rng.pick(types) })),
    () =>
      steps({
        inputs: step.inputs.with(rng.int(0, step.inputs.length - 1), rng.pick([-1, -2, 0, 0.5, 99, Number.NaN, step.outputs[0] as number])),
      }),
    () => steps({ inputs: step.inputs.slice(0, -1) }),
    () => steps({ inputs: [...step.inputs, rng.pick([-1, 0])] }),
    () => steps({ outputs: rng.pick([[], [0], [-1], [99], [step.outputs[0] as number, step.outputs[0] as number]]) }),
    () => steps({ op: rng.pick(opNames) }),
  ])();
}

/** Runs a step that was accepted, with every array guarded. */
function runGuarded(program: Program, seed: number): void {
  const rng = random(seed);
  const values = program.tensors.map(({ name, shape, type, data }): Value => {
    const elements = data ?? (program.inputs.length > 0 ? randomElements(type, sizeOf(shape), rng) : zerosOf(type, sizeOf(shape)));
    return { shape, type, data: guarded(elements, name) };
  });
  for (const [i, step] of program.steps.entries()) {
    const outputs = step.outputs.map(index => values[index] as Value);
    integerOpOf(step.op).run({
      inputs: step.inputs.map(index => values[index]),
      outputs,
      attributes: step.attributes,
      where: whereOf(program, step, i),
    });
    for (const { type, data } of outputs) expect(holds(type, data)).toBe(true);
  }
}

/**
 * A random step of an op with something changed is refused with a message that names it, or runs inside its arrays, by both interpreters alike.
 */
export function survives(op: IntegerOpName, { seed, change }: { readonly seed: number; readonly change: number }): 'refused' | 'ran' {
  const program = changed(randomProgram(seed, [op]), change);
  try {
    assertProgram(program, { maximumMacs: 1e6, maximumBytes: 1e6 });
  } catch (error) {
    expect(error).toBeInstanceOf(LabError);
    const { code, message } = error as LabError;
    expect(code).toMatch(/^deploy\/(program|step|op|limit)$|^model\/attribute$/);
    expect(message).toMatch(/Step 0 \(|tensor \d|output|input|has \d+ |no integer op/);
    return 'refused';
  }
  runGuarded(program, change);
  const inputs = randomInputs(program, { seed: change });
  const { outputs } = runProgram(program, inputs, { interpreter: 'reference' });
  expect(runProgram(program, inputs, { interpreter: 'fast' }).outputs).toEqual(outputs);
  return 'ran';
}
