import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assertAttributes } from '../../../lib/model/attributes.ts';
import { type OpName, opOf, ops } from '../../../lib/model/ops/index.ts';
import { random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { convolutions } from './op-cases/convolutions.ts';
import { layers } from './op-cases/layers.ts';
import type { OpCase } from './op-cases/op-case.ts';
import { activations, others, poolings } from './op-cases/others.ts';
import { products } from './op-cases/products.ts';
import { type Values, values } from './reference.ts';

const opCases: readonly OpCase[] = [...convolutions, ...layers, ...poolings, ...activations, ...others, ...products];

test('the static list holds one op for each file, and every op has a case here', () => {
  const files = readdirSync(new URL('../../../lib/model/ops/', import.meta.url)).filter(
    file => !['all.ts', 'index.ts', 'op.ts'].includes(file),
  );
  expect(ops.map(op => `${op.name}.ts`).sort()).toEqual(files.sort());
  const tested = new Set(opCases.map(example => example.op));
  expect(ops.map(op => op.name).filter(name => name !== 'input' && !tested.has(name))).toEqual([]);
});

test('a name that is no op is refused, names of Object.prototype too', () => {
  expect(() => opOf('conv3d')).toThrowError(expect.objectContaining({ code: 'model/op' }));
  expect(() => opOf('constructor')).toThrowError(expect.objectContaining({ code: 'model/op' }));
});

test('a table over ops that lacks one is refused by the compiler', () => {
  // @ts-expect-error every op but add is missing
  const table: Record<OpName, string> = { add: 'a sum' };
  expect(Object.keys(table)).toEqual(['add']);
});

interface Drawn {
  readonly inputs: Values[];
  readonly parameters: Record<string, Values>;
  readonly trainable: string[];
}

/** Values in float32, so that the library and the reference start from the same numbers; variances are positive. */
function draw({ op, inputs, attributes = {}, spread = 1, whole }: OpCase): Drawn {
  const rng = random(11);
  const some = (shape: readonly number[], role = ''): Values =>
    values(shape, () => Math.fround(role === 'variance' ? rng.uniform(0.5, 2) : rng.normal()));
  const specs = opOf(op).parameters?.(inputs, attributes) ?? {};
  return {
    inputs: inputs.map(shape =>
      whole
        ? values([2, ...shape], () => rng.int(0, whole - 1))
        : values([2, ...shape], () => Math.fround(spread * Math.fround(rng.normal()))),
    ),
    parameters: Object.fromEntries(Object.entries(specs).map(([role, { shape }]) => [role, some(shape, role)])),
    trainable: Object.keys(specs).filter(role => specs[role]?.trainable),
  };
}

const tensor = ({ shape, data }: Values): tf.Tensor => tf.tensor(Float32Array.from(data), [...shape]);

function run({ op, attributes = {}, training = false }: OpCase, inputs: tf.Tensor[], parameters: Record<string, tf.Tensor>): tf.Tensor {
  return opOf(op).forward({ inputs, parameters, attributes, training });
}

const none = (): void => undefined;

describe.each(opCases.map(example => [`${example.op}: ${example.name}`, example] as const))('%s', (_, example) => {
  const op = opOf(example.op);
  const attributes = example.attributes ?? {};
  const drawn = draw(example);

  test('attributes are declared, shape and counts are exact', () => {
    assertAttributes({ id: 'n', op: op.name, attributes, inputs: [], parameters: {} }, op.attributes);
    expect(op.infer(example.inputs, attributes)).toEqual(example.output);
    const specs = Object.values(op.parameters?.(example.inputs, attributes) ?? {}).filter(spec => spec.trainable);
    expect(specs.reduce((total, spec) => total + sizeOf(spec.shape), 0)).toBe(example.parameters ?? 0);
    let counted = 0;
    example.reference(drawn.inputs, drawn.parameters, () => counted++);
    expect(op.macs?.(example.inputs, example.output, attributes) ?? 0).toBe(counted);
  });

  test('values equal the obvious loops, in the inferred shape, and nothing leaks', () => {
    const expected = example.reference(drawn.inputs, drawn.parameters, none);
    const before = tensorCount();
    const got = tf.tidy(() => {
      const parameters = Object.fromEntries(Object.entries(drawn.parameters).map(([role, value]) => [role, tensor(value)]));
      const y = run(example, drawn.inputs.map(tensor), parameters);
      return { shape: y.shape, data: y.dataSync() };
    });
    expect(tensorCount()).toBe(before);
    expect(got.shape).toEqual([2, ...example.output]);
    expect(expected.shape).toEqual(got.shape);
    for (const [i, value] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(value, 4);
  });

  test.skipIf(example.estimated)('gradients equal central differences of the obvious loops', () => {
    const weights = values([2, ...example.output], index => Math.fround(Math.sin(1 + index.reduce((h, i) => h * 7 + i, 3))));
    const roles = drawn.trainable;
    const inputs = example.whole ? [] : drawn.inputs;
    const starts = [...inputs, ...roles.map(role => drawn.parameters[role] as Values)];
    const loss = (all: readonly Values[]): number => {
      const parameters = {
        ...drawn.parameters,
        ...Object.fromEntries(roles.map((role, i) => [role, all[inputs.length + i] as Values])),
      };
      const y = example.reference(example.whole ? drawn.inputs : all.slice(0, inputs.length), parameters, none);
      return y.data.reduce((total, value, i) => total + value * (weights.data[i] as number), 0);
    };
    const gradients = tf.tidy(() => {
      const fixed = Object.fromEntries(Object.entries(drawn.parameters).map(([role, value]) => [role, tensor(value)]));
      const f = (...all: tf.Tensor[]): tf.Scalar => {
        const entering = example.whole ? drawn.inputs.map(tensor) : all.slice(0, inputs.length);
        const moving = Object.fromEntries(roles.map((role, i) => [role, all.at(i - roles.length) as tf.Tensor]));
        return run(example, entering, { ...fixed, ...moving })
          .mul(tensor(weights))
          .sum() as tf.Scalar;
      };
      return tf
        .grads(f)(starts.map(tensor))
        .map(gradient => gradient.dataSync());
    });
    const step = 1e-5;
    for (const [which, start] of starts.entries())
      for (let i = 0; i < start.data.length; i += 1 + Math.floor(start.data.length / 40)) {
        const moved = (by: number): number =>
          loss(starts.map((value, w) => (w === which ? { ...value, data: value.data.with(i, (value.data[i] as number) + by) } : value)));
        expect(gradients[which]?.[i]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3);
      }
  });
});
