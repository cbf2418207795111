import { describe, expect, it } from 'vitest';
import { distillationLoss } from '../../../../lib/compress/distill/distillation-loss.ts';
import { fsp, fspMatrix } from '../../../../lib/compress/distill/match/fsp.ts';
import type { Match } from '../../../../lib/compress/distill/match/match.ts';
import { attentionProbabilities, layerTransfer } from '../../../../lib/compress/distill/match/transformer.ts';
import { frozenTeacher } from '../../../../lib/compress/distill/teacher.ts';
import { network } from '../../../../lib/model/build.ts';
import type { Model } from '../../../../lib/model/model.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { tf } from '../../../../lib/tensor/tf.ts';
import { fit } from '../../../../lib/train/fit.ts';

const value = (shape: number[], seed: number): tf.Tensor => tf.tensor(normal(random(seed), shape).data as Float32Array, shape);
const scalar = (x: tf.Tensor): number => x.dataSync()[0] as number;
const refused = (code: string) => expect.objectContaining({ code });

describe('fsp', () => {
  const net = (channels: number) =>
    network('net', [6, 4, 2], { seed: channels })
      .conv2d(channels, 3, { id: 'a' })
      .maxPool()
      .conv2d(5, 3, { id: 'b' })
      .flatten({ id: 'flat' })
      .model();

  it('gives the matrix of the definition, of maps of other sizes as well', () =>
    tf.tidy(() => {
      const [first, second] = [value([2, 4, 6, 3], 1), value([2, 2, 3, 2], 2)];
      const found = fspMatrix(first, second).arraySync() as number[][][];
      const [f1, f2] = [first.arraySync(), second.arraySync()] as number[][][][][];
      for (const [n, i, j] of [
        [0, 0, 0],
        [0, 2, 1],
        [1, 1, 0],
      ] as const) {
        let sum = 0;
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 6; x++) sum += (f1?.[n]?.[y]?.[x]?.[i] as number) * (f2?.[n]?.[y >> 1]?.[x >> 1]?.[j] as number);
        expect(found[n]?.[i]?.[j]).toBeCloseTo(sum / 24, 5);
      }
    }));

  it('of a layer with itself is symmetric and has no direction below 0', () =>
    tf.tidy(() => {
      const maps = value([1, 3, 3, 4], 3);
      const gram = fspMatrix(maps, maps).reshape([4, 4]) as tf.Tensor2D;
      expect(scalar(tf.max(tf.abs(tf.sub(gram, gram.transpose()))))).toBeLessThan(1e-6);
      for (let seed = 10; seed < 20; seed++) {
        const v = value([4, 1], seed) as tf.Tensor2D;
        expect(scalar(tf.matMul(v, tf.matMul(gram, v), true))).toBeGreaterThan(-1e-6);
      }
    }));

  it('refuses vectors, channels that differ, and nodes that are not there', () => {
    const of = (student: Model, nodes: [string, string], teacher = net(3)): Match =>
      fsp({ student: { model: student, nodes }, teacher: { model: teacher, nodes: ['a', 'b'] } });
    expect(() => of(net(3), ['a', 'flat'])).toThrow(refused('distill/shape'));
    expect(() => of(net(4), ['a', 'b'])).toThrow(refused('distill/shape'));
    expect(() => of(net(3), ['a', 'nowhere'])).toThrow(refused('distill/node'));
    expect(of(net(3), ['a', 'b']).further).toEqual({ student: ['a'], teacher: ['a'] });
    const match = of(net(3), ['a', 'b']);
    tf.tidy(() => {
      const [x, context] = [value([1, 3, 2, 5], 1), { inputs: value([1], 1), parameters: {}, activations: {} }];
      expect(() => match(x, x, { own: {}, loss: context })).toThrow(refused('distill/further'));
    });
    const other = frozenTeacher(network('other', [6, 4, 2]).conv2d(5, 3, { id: 'b' }).flatten().model());
    expect(() => distillationLoss({ teacher: other, matches: [[1, match]] })).toThrow(refused('distill/matches'));
  });
});

/** Two layers of attention with one head each, on sequences of 5 vectors of 6. */
function transformer(width: number, seed: number): Model {
  const start = network('transformer', [5, 6], { seed }).dense(8, { id: 'features-0' });
  for (const l of [1, 2]) {
    const before = `features-${l - 1}`;
    start
      .from(before)
      .dense(width, { id: `query-${l}` })
      .from(before)
      .dense(width, { id: `key-${l}` })
      .from(before)
      .dense(8, { id: `value-${l}` });
    start
      .apply('matmul', { transposeA: false, transposeB: true }, { inputs: [`query-${l}`, `key-${l}`] })
      .activation('softmax', { id: `attention-${l}` });
    start.apply('matmul', { transposeA: false, transposeB: false }, { inputs: [`attention-${l}`, `value-${l}`], id: `mixed-${l}` });
    start.apply('add', {}, { inputs: [before, `mixed-${l}`] }).layerNorm({ id: `features-${l}` });
  }
  return start.flatten().dense(3).model();
}

describe('layers of a transformer', () => {
  const [student, teacher] = [transformer(2, 1), transformer(8, 2)];
  const both = (id: string) => ({ student: id, teacher: id });
  const layers = [1, 2].map(l => ({ features: both(`features-${l}`), attention: both(`attention-${l}`) }));
  const data = { inputs: normal(random(5), [32, 5, 6]), targets: array([32], new Int32Array(32)) };

  it('come near the teacher as they are trained, each part of it', async () => {
    const seen: number[][] = [];
    const onParts = (parts: readonly number[]): void => void seen.push([...parts]);
    const loss = distillationLoss({ teacher: frozenTeacher(teacher), matches: layerTransfer({ student, teacher }, layers), onParts });
    await fit(student, data, { loss, steps: 60, batchSize: 32, optimizer: 'adam', learningRate: 0.01, reporter: {} });
    for (const part of [0, 1, 2, 3]) expect(seen.at(-1)?.[part]).toBeLessThan(0.7 * (seen[0]?.[part] as number));
  });

  it('cost nothing beside themselves', async () => {
    const seen: number[][] = [];
    const matches = layerTransfer({ student: teacher, teacher }, layers);
    const onParts = (parts: readonly number[]): void => void seen.push([...parts]);
    const loss = distillationLoss({ teacher: frozenTeacher(teacher), matches, onParts });
    await fit(teacher, data, { loss, steps: 1, batchSize: 32, reporter: {} });
    for (const part of seen[0] as number[]) expect(part).toBeCloseTo(0, 6);
  });

  it('are learnt one after another when told so', () => {
    const matches = layerTransfer({ student, teacher }, layers, { features: 2, attention: 3, progressive: { before: 0.1 } });
    const at = (step: number): number[] => matches.map(([weight]) => (typeof weight === 'function' ? weight(step, 10) : weight));
    expect(at(0)).toEqual([2, 3, 0, 0]);
    expect(at(4)).toEqual([2, 3, 0, 0]);
    expect(at(5)).toEqual([0.2, expect.closeTo(0.3, 9), 2, 3]);
    expect(at(9)).toEqual([0.2, expect.closeTo(0.3, 9), 2, 3]);
    expect(layerTransfer({ student, teacher }, layers).map(([weight]) => weight)).toEqual([1, 1, 1, 1]);
  });

  it('are refused where there is nothing to transfer, or attention of other shapes', () => {
    expect(() => layerTransfer({ student, teacher }, [])).toThrow(refused('distill/layers'));
    expect(() => layerTransfer({ student, teacher }, layers, { progressive: { before: 2 } })).toThrow(refused('distill/layers'));
    expect(() =>
      attentionProbabilities({ student: { model: student, node: 'attention-1' }, teacher: { model: teacher, node: 'value-1' } }),
    ).toThrow(refused('distill/shape'));
  });

  it('stay finite where the student is sure of something else', () =>
    tf.tidy(() => {
      const place = { model: network('p', [2, 2]).model() };
      const match = attentionProbabilities({ student: place, teacher: place });
      const [s, t] = [tf.tensor3d([1, 0, 0.5, 0.5], [1, 2, 2]), tf.tensor3d([0, 1, 0.5, 0.5], [1, 2, 2])];
      const context = { own: {}, loss: { inputs: s, parameters: {}, activations: {} } };
      expect(scalar(match(s, t, context))).toBeCloseTo((30 * Math.LN10) / 2, 3);
      expect(
        [
          ...tf
            .grad((x: tf.Tensor) => match(x, t, context))(s)
            .dataSync(),
        ].every(Number.isFinite),
      ).toBe(true);
    }));
});
