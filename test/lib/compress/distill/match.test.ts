import { describe, expect, it } from 'vitest';
import { distillationLoss } from '../../../../lib/compress/distill/distillation-loss.ts';
import type { Match } from '../../../../lib/compress/distill/match/match.ts';
import { frozenTeacher } from '../../../../lib/compress/distill/teacher.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { tf } from '../../../../lib/tensor/tf.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { gradients } from '../../../../lib/train/gradients.ts';
import { listedMatches, placed } from './listed-matches.ts';

/** A value of the batch for a place of these channels. */
const normalValue = (places: 'maps' | 'vectors', channels: number, seed: number): tf.Tensor => {
  const shape = places === 'maps' ? [4, 3, 5, channels] : [4, channels];
  return tf.tensor(normal(random(seed), shape).data as Float32Array, shape);
};

const ownOf = ({ owns = {} }: Match): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(owns).map(([name, { value: v }]) => [name, tf.tensor(v.data as Float32Array, [...v.shape])]));

describe.each(listedMatches)('match $name', ({ of, places, otherChannels = false, zeroAtEquality = true, probabilities }) => {
  const pair = (student: number, teacher: number) => ({
    student: { model: placed(places, student, { probabilities }), node: 'place' },
    teacher: { model: placed(places, teacher, { seed: 1, probabilities }), node: 'place' },
  });
  const value = (kind: 'maps' | 'vectors', channels: number, seed: number): tf.Tensor => {
    const drawn = normalValue(kind, channels, seed);
    return probabilities ? tf.softmax(drawn) : drawn;
  };
  const all = (ids: readonly string[] = [], of: tf.Tensor) => Object.fromEntries(ids.map(id => [id, of]));
  const match = of(pair(6, 6));
  const lossOf = (m: Match, s: tf.Tensor, t: tf.Tensor): tf.Scalar =>
    m(s, t, {
      own: ownOf(m),
      further: { student: all(m.further?.student, s), teacher: all(m.further?.teacher, t) },
      loss: { inputs: s, parameters: {}, activations: {} },
    });
  const number = (s: tf.Tensor, t: tf.Tensor): number => tf.tidy(() => lossOf(match, s, t).dataSync()[0] as number);

  it.runIf(zeroAtEquality)('is 0 at equality, and so is its gradient', () =>
    tf.tidy(() => {
      const s = value(places, 6, 1);
      expect(number(s, s.clone())).toBeCloseTo(0, 5);
      const slope = tf.grad((x: tf.Tensor) => lossOf(match, x, s.clone()))(s);
      expect(Math.max(...slope.abs().dataSync())).toBeLessThan(1e-5);
    }),
  );

  it('is one number above 0 elsewhere', () =>
    tf.tidy(() => {
      const found = lossOf(match, value(places, 6, 1), value(places, 6, 2));
      expect(found.shape).toEqual([]);
      expect(found.dataSync()[0]).toBeGreaterThan(1e-4);
    }));

  it('has the gradient that finite differences find', () =>
    tf.tidy(() => {
      const [s, t] = [value(places, 6, 3), value(places, 6, 4)];
      const slope = tf.grad((x: tf.Tensor) => lossOf(match, x, t))(s);
      const direction = normalValue(places, 6, 5).mul(probabilities ? 0.1 : 1);
      const h = 2e-3;
      const measured = (number(s.add(direction.mul(h)), t) - number(s.sub(direction.mul(h)), t)) / (2 * h);
      const expected = slope.mul(direction).sum().dataSync()[0] as number;
      expect(Math.abs(measured - expected)).toBeLessThan(2e-3 + 0.02 * Math.abs(expected));
    }));

  it.runIf(match.owns)('has the gradient for parameters of its own that finite differences find', () =>
    tf.tidy(() => {
      const [s, t] = [value(places, 6, 3), value(places, 6, 4)];
      const own = ownOf(match);
      const names = Object.keys(own);
      const at = (...given: tf.Tensor[]): tf.Scalar =>
        match(s, t, {
          own: Object.fromEntries(names.map((name, i) => [name, given[i] as tf.Tensor])),
          loss: { inputs: s, parameters: {}, activations: {} },
        });
      const start = Object.values(own);
      const slopes = tf.grads(at)(start);
      const directions = start.map(({ shape }, i) => tf.tensor(normal(random(20 + i), shape).data as Float32Array, shape));
      const moved = (by: number): number => at(...start.map((x, i) => x.add((directions[i] as tf.Tensor).mul(by)))).dataSync()[0] as number;
      const expected = slopes.reduce(
        (sum, slope, i) =>
          sum +
          (slope
            .mul(directions[i] as tf.Tensor)
            .sum()
            .dataSync()[0] as number),
        0,
      );
      expect(Math.abs((moved(3e-4) - moved(-3e-4)) / 6e-4 - expected)).toBeLessThan(2e-3 + 0.02 * Math.abs(expected));
    }),
  );

  it('takes a batch of one, and does not hide what is no number', () =>
    tf.tidy(() => {
      const [s, t] = [value(places, 6, 3), value(places, 6, 4)];
      const one = number(s.slice(0, 1), t.slice(0, 1));
      expect(Number.isFinite(one) && one >= 0).toBe(true);
      const spoilt = s.dataSync().slice();
      spoilt[7] = Number.NaN;
      expect(number(tf.tensor(spoilt, s.shape), t)).toBeNaN();
    }));

  it('does not depend on the order of the batch', () =>
    tf.tidy(() => {
      const [s, t] = [value(places, 6, 3), value(places, 6, 4)];
      const order = tf.tensor1d([2, 0, 3, 1], 'int32');
      expect(number(s.gather(order), t.gather(order))).toBeCloseTo(number(s, t), 4);
    }));

  it('trains a student, leaves the teacher as it was and leaks nothing', async () => {
    const { student, teacher } = pair(6, otherChannels ? 8 : 6);
    const before = JSON.stringify(Object.values(teacher.model.parameters).map(p => [...p.value.data]));
    const data = { inputs: normal(random(8), [12, 3, 5, 2]), targets: array([12], new Int32Array(12)) };
    const chosen = of({ student, teacher });
    const loss = distillationLoss({ teacher: frozenTeacher(teacher.model), matches: [[1, chosen]] });
    const found = gradients(student.model, data, { loss });
    expect(Object.values(found).some(({ data: values }) => values.some(v => v !== 0))).toBe(true);
    const tensors = tf.memory().numTensors;
    const trained = await fit(student.model, data, { loss, epochs: 2, batchSize: 6, optimizer: 'adam', learningRate: 0.01, reporter: {} });
    expect(trained.parameters['conv2d-1.kernel']?.value.data).not.toEqual(student.model.parameters['conv2d-1.kernel']?.value.data);
    expect(Object.keys(trained.parameters)).toEqual(Object.keys(student.model.parameters));
    expect(JSON.stringify(Object.values(teacher.model.parameters).map(p => [...p.value.data]))).toBe(before);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors + Object.keys(student.model.parameters).length);
  });

  it('refuses places that are not there, or cannot be compared', () => {
    const { student, teacher } = pair(6, 6);
    expect(() => of({ student, teacher: { ...teacher, node: 'nowhere' } })).toThrow(expect.objectContaining({ code: 'distill/node' }));
    const other = { model: placed(places === 'maps' ? 'vectors' : 'maps', 6), node: 'place' };
    expect(() => of({ student, teacher: other })).toThrow(expect.objectContaining({ code: 'distill/shape' }));
    if (!otherChannels) expect(() => of(pair(6, 7))).toThrow(expect.objectContaining({ code: 'distill/shape' }));
  });
});
