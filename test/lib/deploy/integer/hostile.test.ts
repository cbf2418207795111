import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram, whereOf } from '../../../../lib/deploy/check-program.ts';
import { holds, zerosOf } from '../../../../lib/deploy/element-types.ts';
import { integerOpOf } from '../../../../lib/deploy/integer/index.ts';
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

describe('a hostile step is refused by name, or stays inside its arrays', () => {
  for (const op of opNames)
    it(op, () => {
      let [refused, ran] = [0, 0];
      fc.assert(
        fc.property(fc.nat(), fc.nat(), (seed, change) => {
          const program = changed(randomProgram(seed, [op]), change);
          try {
            assertProgram(program, { maximumMacs: 1e6, maximumBytes: 1e6 });
          } catch (error) {
            refused++;
            expect(error).toBeInstanceOf(LabError);
            const { code, message } = error as LabError;
            expect(code).toMatch(/^deploy\/(program|step|op|limit)$|^model\/attribute$/);
            expect(message).toMatch(/Step 0 \(|tensor \d|output|input|has \d+ |no integer op/);
            return;
          }
          ran++;
          runGuarded(program, change);
          const inputs = randomInputs(program, { seed: change });
          const { outputs } = runProgram(program, inputs, { interpreter: 'reference' });
          expect(runProgram(program, inputs, { interpreter: 'fast' }).outputs).toEqual(outputs);
        }),
        { numRuns: 400 },
      );
      expect(refused).toBeGreaterThan(0);
      expect(ran).toBeGreaterThan(0);
    });
});

describe('a program is refused', () => {
  const good = randomProgram(1, ['conv2d', 'requantize']);
  const codes = (program: Program, limits = {}): string => {
    try {
      assertProgram(program, limits);
    } catch (error) {
      return `${(error as LabError).code}: ${(error as LabError).message}`;
    }
    return 'accepted';
  };

  it('never when it is sound', () => {
    expect(codes(good)).toBe('accepted');
  });

  it.each([
    ['no inputs', { inputs: [] }, 'inputs are none'],
    ['an input twice', { inputs: [0, 0] }, 'one of them twice'],
    ['an input that is a constant', { inputs: [1] }, 'no tensor without elements'],
    ['no outputs', { outputs: [] }, 'output is written by no step'],
    ['an output that nothing writes', { outputs: [0.5] }, 'output is written by no step'],
  ])('%s', (_, change, says) => {
    expect(codes({ ...good, ...change })).toContain(says);
  });

  it.each([
    ['four bits that are more', { shape: [1], type: 'int4', data: Int8Array.of(8) }, 'int4 has not'],
    ['a bool that is 2', { shape: [1], type: 'bool', data: Uint8Array.of(2) }, 'bool has not'],
    ['elements in another array', { shape: [1], type: 'int8', data: Uint8Array.of(1) }, 'Uint8Array'],
    ['too few elements', { shape: [2], type: 'int8', data: Int8Array.of(1) }, 'holds 1 elements'],
    ['nine axes', { shape: Array(9).fill(1), type: 'int8' }, 'shape'],
    ['2^31 elements and more', { shape: [2 ** 16, 2 ** 16], type: 'int8' }, 'shape'],
    ['a scale of 0', { shape: [1], type: 'int8', quantization: { scale: [0], zeroPoint: [0] } }, 'positive scales'],
    ['scales that are too few', { shape: [2], type: 'int8', quantization: { scale: [1], zeroPoint: [0], axis: 0 } }, 'needs 2'],
    ['an axis that is none', { shape: [2], type: 'int8', quantization: { scale: [1], zeroPoint: [0], axis: 1 } }, 'needs'],
  ] as const)('a tensor with %s', (_, tensor, says) => {
    const tensors = [...good.tensors, { name: 'odd', ...tensor } as ProgramTensor];
    expect(codes({ ...good, tensors })).toContain(says);
  });

  it('whose windows reach far beyond their image, which an interpreter would have to lay out', () => {
    const tensors: ProgramTensor[] = [
      { name: 'x', shape: [1, 1, 1, 1], type: 'int8' },
      { name: 'w', shape: [1, 2, 2, 1], type: 'int8', data: new Int8Array(4) },
      { name: 'y', shape: [1, 2, 2, 1], type: 'int8' },
    ];
    const layer = { inputZeroPoint: 0, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [0], outputZeroPoint: 0, low: 0, high: 0 };
    const far = (attributes: object, op = 'conv2d'): string =>
      codes({
        name: 'far',
        tensors,
        steps: [
          {
            op,
            inputs: [0, 1, -1],
            outputs: [2],
            attributes: { ...layer, strides: [1, 1], dilations: [1, 1], padding: [0, 0], ...attributes },
          },
        ],
        inputs: [0],
        outputs: [2],
      });
    expect(far({ padding: [1, 1] })).toBe('accepted');
    for (const op of ['conv2d', 'depthwise-conv2d']) expect(far({ strides: [2 ** 20, 2 ** 20] }, op)).toContain('far beyond');
    for (const op of ['conv2d', 'depthwise-conv2d', 'conv2d-transpose'])
      expect(far({ dilations: [2 ** 20, 2 ** 20] }, op)).toContain('far beyond');
  });

  it('whose sums are longer than double precision is exact for', () => {
    const long = (type: 'int8' | 'int16', depth: number): string =>
      codes({
        name: 'long',
        tensors: [
          { name: 'x', shape: [1, depth], type },
          { name: 'w', shape: [1, depth], type },
          { name: 'y', shape: [1, 1], type },
        ],
        steps: [
          {
            op: 'dense',
            inputs: [0, 1],
            outputs: [2],
            attributes: { inputZeroPoint: 0, weightZeroPoint: [0], multiplier: [2 ** 30], shift: [0], outputZeroPoint: 0, low: 0, high: 0 },
          },
        ],
        inputs: [0, 1],
        outputs: [2],
      });
    expect(long('int8', 2 ** 24)).toBe('accepted');
    expect(long('int16', 2 ** 20)).toBe('accepted');
    expect(long('int16', 2 ** 21)).toContain('not exact');
  });

  it('that costs too much, before anything of it is run', () => {
    expect(codes(good, { maximumBytes: 1 })).toContain('deploy/limit');
    expect(codes(good, { maximumMacs: 1 })).toContain('deploy/limit');
    // windows that cover everything, everywhere, have no multiply-accumulates
    const side = 2 ** 13;
    const image = { shape: [1, side, side, 1], type: 'int8' } as const;
    const attributes = { window: [side, side], strides: [1, 1], padding: [side - 1, side - 1], low: -128, high: 127 };
    const pool: Program = {
      name: 'pool',
      tensors: [
        { name: 'x', ...image },
        { name: 'y', ...image },
      ],
      steps: [{ op: 'max-pool', inputs: [0], outputs: [1], attributes }],
      inputs: [0],
      outputs: [1],
    };
    expect(codes(pool)).toContain('deploy/limit');
  });
});
