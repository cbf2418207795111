import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeGates, gateHooks, openGates } from '../../../lib/compress/prune/channels/gates.ts';
import { slimming } from '../../../lib/compress/prune/channels/slimming.ts';
import { groupLasso } from '../../../lib/compress/prune/schedule/penalties.ts';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { array } from '../../../lib/tensor/array.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { fit } from '../../../lib/train/fit.ts';
import type { NamedTensors, TrainingHooks } from '../../../lib/train/hooks.ts';
import { joinHooks } from '../../../lib/train/join-hooks.ts';
import { guardAgainstLeaks } from '../tensor/leak-guard.ts';
import { digest } from './digest.ts';

guardAgainstLeaks();

const few = strokeGlyphs({ count: 64, seed: 1 });
const scalar = (value: number): { value: ReturnType<typeof array> } => ({ value: array([1], [value]) });

type Plain = Readonly<Record<string, number>>;
const tensors = (values: Plain): NamedTensors => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, tf.scalar(v)]));
const numbers = (named: NamedTensors): Plain =>
  Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, tensor.dataSync()[0] as number]));

/** Everything that hooks do to two parameters and their gradients, and the order in which they hear of updates. */
function effect(hooks: TrainingHooks): unknown {
  return tf.tidy(() => {
    const calls: string[] = [];
    heard = calls;
    const parameters = tensors({ a: 2, b: 3 });
    hooks.afterStep?.({}, { step: 1, epoch: 1, loss: 0, learningRate: 0, elapsedMilliseconds: 0 });
    hooks.afterEpoch?.({}, { epoch: 1, loss: 0, learningRate: 0, elapsedMilliseconds: 0 });
    const used = { ...parameters, ...hooks.parameters?.(parameters) };
    return [numbers(used), numbers(hooks.gradients?.(tensors({ a: 5, b: 7 }), parameters) ?? tensors({ a: 5, b: 7 })), calls];
  });
}

let heard: string[] = [];

/** A hook that maps one parameter or gradient by v ↦ factor · v + shift: two of these do not commute. */
const linear = fc
  .record({
    name: fc.constantFrom('a', 'b'),
    factor: fc.integer({ min: -3, max: 3 }),
    shift: fc.integer({ min: -3, max: 3 }),
    places: fc.nat(15),
  })
  .map(({ name, factor, shift, places }): TrainingHooks => {
    const map = (v: NamedTensors): NamedTensors => ({ [name]: tf.add(tf.mul(v[name] as tf.Tensor, factor), shift) });
    return {
      ...(places & 1 && { parameters: map }),
      ...(places & 2 && { gradients: (g: NamedTensors) => ({ ...g, ...map(g) }) }),
      ...(places & 4 && { afterStep: () => heard.push(`step ${name} ${factor}`) }),
      ...(places & 8 && { afterEpoch: () => heard.push(`epoch ${name} ${factor}`) }),
    };
  });

describe('joining hooks', () => {
  it('has nothing as its identity', () => {
    expect(joinHooks()).toEqual({});
    fc.assert(
      fc.property(linear, hook => {
        for (const same of [joinHooks(hook), joinHooks(undefined, hook), joinHooks({}, hook), joinHooks(hook, {})])
          expect(effect(same)).toEqual(effect(hook));
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(linear, linear, linear, (a, b, c) => {
        const flat = effect(joinHooks(a, b, c));
        expect(effect(joinHooks(joinHooks(a, b), c))).toEqual(flat);
        expect(effect(joinHooks(a, joinHooks(b, c)))).toEqual(flat);
      }),
    );
  });

  it('lets the second see what the first made, in order', () => {
    const [double, addOne] = [
      { parameters: (p: NamedTensors) => ({ a: tf.mul(p.a as tf.Tensor, 2) }) },
      { parameters: (p: NamedTensors) => ({ a: tf.add(p.a as tf.Tensor, 1) }) },
    ];
    expect((effect(joinHooks(double, addOne)) as unknown[])[0]).toEqual({ a: 5, b: 3 });
    expect((effect(joinHooks(addOne, double)) as unknown[])[0]).toEqual({ a: 6, b: 3 });
  });

  it('puts what stands behind a node one behind the other', () => {
    const by = (id: string, change: (value: tf.Tensor) => tf.Tensor): TrainingHooks => ({ values: { [id]: change } });
    const joined = joinHooks(
      by('a', v => tf.mul(v, 2)),
      {},
      by('b', v => tf.mul(v, 3)),
      by('a', v => tf.add(v, 1)),
    );
    const at = (id: string): number => tf.tidy(() => joined.values?.[id]?.(tf.scalar(5)).dataSync()[0] as number);
    expect(Object.keys(joined)).toEqual(['values']);
    expect([at('a'), at('b')]).toEqual([11, 15]);
  });

  it('has no place where none of them steps in', () => {
    expect(Object.keys(joinHooks({ afterStep: () => {} }, { afterStep: () => {} }))).toEqual(['afterStep']);
  });

  it('keeps objects whose methods use `this`', () => {
    class Counting implements TrainingHooks {
      count = 0;
      afterStep(): void {
        this.count++;
      }
    }
    const counting = new Counting();
    effect(joinHooks(counting, { afterStep: () => {} }));
    expect(counting.count).toBe(1);
  });

  it('hides from each hook what another owns, and leaves its gradients alone', () => {
    const seen: string[][] = [];
    const looking = (own: string): TrainingHooks => ({
      owns: { [own]: scalar(1) },
      gradients: (g, p) => {
        seen.push(Object.keys(g).sort(), Object.keys(p).sort());
        return Object.fromEntries(Object.entries(g).map(([name, tensor]) => [name, tf.mul(tensor, 10)]));
      },
    });
    const joined = joinHooks(joinHooks(looking('x'), looking('y')), looking('z'));
    expect(Object.keys(joined.owns ?? {})).toEqual(['x', 'y', 'z']);
    tf.tidy(() => {
      const values = tensors({ w: 1, x: 1, y: 1, z: 1 });
      expect(numbers(joined.gradients?.(values, values) ?? {})).toEqual({ w: 1000, x: 10, y: 10, z: 10 });
    });
    expect(seen).toEqual(
      ['x', 'y', 'z'].flatMap(own => [
        ['w', own],
        ['w', own],
      ]),
    );
  });

  it('refuses two parameters of one name, and takes one that both own', () => {
    const refused = expect.objectContaining({ code: 'train/owned' });
    expect(() => joinHooks({ owns: { x: scalar(1) } }, { owns: { x: scalar(1) } })).toThrow(refused);
    const owns = { x: scalar(1) };
    expect(joinHooks({ owns }, { owns: { x: owns.x } }).owns).toEqual(owns);
  });
});

describe('in training', () => {
  const model = vgg({ widths: [6, 'M', 8], classes: 10, seed: 1 });
  const options = { steps: 6, batchSize: 32, optimizer: 'sgd', learningRate: 0.1, seed: 2 } as const;

  it('hooks that touch different names may change places', async () => {
    const [scales, kernels] = [slimming(model, { strength: 0.05 }), groupLasso({ strength: 0.02 })];
    const both = await fit(model, few, { ...options, hooks: joinHooks(scales, kernels) });
    expect(digest(await fit(model, few, { ...options, hooks: joinHooks(kernels, scales) }))).toBe(digest(both));
    for (const one of [scales, kernels]) expect(digest(await fit(model, few, { ...options, hooks: one }))).not.toBe(digest(both));
  });

  it('slimming, group lasso and gates in one fit do what each does: the gradient of the sum', async () => {
    const gated = openGates(model);
    const three = [slimming(gated, { strength: 0.05 }), groupLasso({ strength: 0.02 }), gateHooks(gated, { strength: 0.03 })] as const;
    const step = { ...options, steps: 1 };
    const change = async (hooks: TrainingHooks): Promise<Record<string, number[]>> => {
      const after = await fit(gated, few, { ...step, hooks });
      return Object.fromEntries(
        Object.entries(gated.parameters).map(([name, { value }]) => [
          name,
          [...value.data].map((v, i) => (after.parameters[name]?.value.data[i] as number) - (v as number)),
        ]),
      );
    };
    // with sgd the change is -0.1 · gradient: what a penalty adds is the difference to the gates alone
    const gates = await change(gateHooks(gated));
    const alone = await Promise.all(three.map(hook => change(hook === three[2] ? hook : joinHooks(gateHooks(gated), hook))));
    const together = await change(joinHooks(...three));
    for (const [name, values] of Object.entries(together))
      for (const [i, value] of values.entries()) {
        const base = gates[name]?.[i] as number;
        expect(value).toBeCloseTo(
          alone.reduce((sum, one) => sum + ((one[name]?.[i] as number) - base), base),
          5,
        );
      }
    const trained = await fit(gated, few, { ...options, hooks: joinHooks(...three) });
    expect(Object.keys(closeGates(trained, model).parameters)).toEqual(Object.keys(model.parameters));
  });

  it('no hooks, one and a join with nothing train alike, bit for bit', async () => {
    const net = mlp({ hidden: [8], seed: 1 });
    const plain = digest(await fit(net, few, options));
    expect(digest(await fit(net, few, { ...options, hooks: joinHooks({}, undefined, {}) }))).toBe(plain);
  });
});
