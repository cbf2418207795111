import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fsp } from '../../../../../lib/compress/distill/match/fsp.ts';
import { hint } from '../../../../../lib/compress/distill/match/hint.ts';
import { adversary } from '../../../../../lib/compress/distill/task/adversary.ts';
import { conditionalGan } from '../../../../../lib/compress/distill/task/conditional-gan.ts';
import { pairSimilarity, pixelDivergence } from '../../../../../lib/compress/distill/task/segmentation.ts';
import { frozenTeacher } from '../../../../../lib/compress/distill/teacher.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random, uniform } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { lossWith } from '../../../../../lib/train/losses.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const drawn = (seed: number, shape: number[]): tf.Tensor => upload(normal(random(seed), shape)).clone();
const number = (t: tf.Tensor): number => t.dataSync()[0] as number;
const refused = expect.objectContaining({ code: 'distill/shape' });
const reporter = {};

/** Images of 16×16 with a bright blob of 5×5, and pixel by pixel 1 on the blob, 0 beside it. */
function blobs(count: number): { images: NDArray; masks: NDArray } {
  const [images, masks] = [new Float32Array(count * 256), new Float32Array(count * 256)];
  const rng = random(5);
  for (let i = 0; i < count; i++) {
    const [top, left] = [rng.int(2, 9), rng.int(2, 9)];
    for (let p = 0; p < 256; p++) {
      const inside = p >> 4 >= top && p >> 4 < top + 5 && (p & 15) >= left && (p & 15) < left + 5;
      masks[i * 256 + p] = Number(inside);
      images[i * 256 + p] = (inside ? 0.7 : 0.3) + 0.5 * (rng.uniform() - 0.5);
    }
  }
  return { images: array([count, 16, 16, 1], images), masks: array([count, 16, 16, 1], masks) };
}

describe('segmentation', () => {
  it('compares distributions pixel by pixel, as its formula says', () => {
    const [s, t] = [drawn(1, [2, 3, 4, 3]), drawn(2, [2, 3, 4, 3])];
    const [ps, pt] = [s, t].map(z => tf.softmax(z).dataSync()) as [Float32Array, Float32Array];
    const expected = pt.reduce((sum, p, i) => sum + p * Math.log(p / (ps[i] as number)), 0) / 24;
    expect(number(pixelDivergence(s, t))).toBeCloseTo(expected, 5);
    expect(number(pixelDivergence(s, s.clone()))).toBeCloseTo(0, 6);
    expect(() => pixelDivergence(s, drawn(1, [2, 3, 4, 2]))).toThrow(refused);
    expect(() => pixelDivergence(drawn(1, [2, 3]), drawn(1, [2, 3]))).toThrow(refused);
  });

  it('compares which places are alike, whatever their lengths and channels', () => {
    const [s, t] = [drawn(1, [2, 2, 3, 4]), drawn(2, [2, 2, 3, 5])];
    const cosine = (map: tf.Tensor, [n, i, j]: readonly [number, number, number]): number => {
      const rows = (map.reshape([2, 6, -1]).arraySync() as number[][][])[n] as number[][];
      const dot = (a: number[], b: number[]): number => a.reduce((sum, v, k) => sum + v * (b[k] as number), 0);
      const [a, b] = [rows[i], rows[j]] as [number[], number[]];
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    let expected = 0;
    for (let n = 0; n < 2; n++)
      for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) expected += (cosine(s, [n, i, j]) - cosine(t, [n, i, j])) ** 2 / 72;
    expect(number(pairSimilarity(s, t))).toBeCloseTo(expected, 5);
    expect(number(pairSimilarity(s.mul(7), t.mul(0.2)))).toBeCloseTo(expected, 5);
    expect(number(pairSimilarity(s, s.mul(3)))).toBeCloseTo(0, 6);
    const slope = tf.grad(x => pairSimilarity(x, drawn(3, [1, 2, 2, 2])))(tf.zeros([1, 2, 2, 2]));
    expect([...slope.dataSync()].every(Number.isFinite)).toBe(true);
    expect(() => pairSimilarity(s, drawn(2, [2, 3, 2, 5]))).toThrow(refused);
  });

  it('teaches a small network to paint a blob', async () => {
    const { images, masks } = blobs(48);
    const net = (width: number, seed: number) =>
      network(`painter-${width}`, [16, 16, 1], { seed }).conv2d(width, 5).batchNorm().relu().conv2d(2, 3, { id: 'logits' }).model();
    const labels = array([48 * 256], Int32Array.from(masks.data));
    const painted = lossWith({}, (outputs, targets) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(targets.flatten().toInt() as tf.Tensor1D, 2), outputs.reshape([-1, 2])),
    );
    const options = { epochs: 12, batchSize: 16, optimizer: 'adam', learningRate: 0.02, reporter } as const;
    const teacher = await fit(net(8, 1), { inputs: images, targets: masks }, { ...options, loss: painted });
    const said = predict(teacher, images);
    const loss = lossWith({}, (outputs, targets) => tf.add(pixelDivergence(outputs, targets), pairSimilarity(outputs, targets)).asScalar());
    const student = await fit(net(3, 2), { inputs: images, targets: said }, { ...options, loss });
    // the blob's share that is found: a network that paints nothing is right at 90 % of the pixels, and finds 0
    const overlap = (model: typeof teacher): number => {
      const z = predict(model, images).data;
      const found = Array.from(labels.data, (_, i) => (z[2 * i + 1] as number) > (z[2 * i] as number));
      const both = found.filter((on, i) => on && labels.data[i] === 1).length;
      return both / found.filter((on, i) => on || labels.data[i] === 1).length;
    };
    expect(overlap(teacher)).toBeGreaterThan(0.8);
    expect(overlap(student)).toBeGreaterThan(0.5);
    expect(overlap(net(3, 2))).toBeLessThan(0.2);
  });
});

describe('an adversary', () => {
  const judge = adversary(network('judge', [3], { seed: 4 }).dense(1).model(), 'judge');
  const started = () =>
    Object.fromEntries(
      Object.entries(judge.owns).map(([name, { value }]) => [name, tf.tensor(value.data as Float32Array, [...value.shape])]),
    );

  it('cannot tell what is alike: ln 4 at a logit of 0', () => {
    const zeros = Object.fromEntries(Object.entries(started()).map(([name, value]) => [name, tf.zerosLike(value)]));
    const { student, discriminator } = judge.losses(drawn(1, [4, 3]), drawn(2, [4, 3]), {
      inputs: tf.zeros([4, 3]),
      parameters: zeros,
      activations: {},
      training: true,
    });
    expect(number(discriminator)).toBeCloseTo(Math.log(4), 6);
    expect(number(student)).toBeCloseTo(Math.log(2), 6);
  });

  it('trains each side by its own loss alone', () => {
    const kernel = 'judge.dense-1.kernel';
    const of = (which: 'student' | 'discriminator') => (made: tf.Tensor, weights: tf.Tensor) =>
      judge.losses(made, tf.ones([4, 3]), {
        inputs: made,
        parameters: { ...started(), [kernel]: weights },
        activations: {},
        training: true,
      })[which];
    const largest = (t: tf.Tensor | undefined): number => Math.max(...(t as tf.Tensor).abs().dataSync());
    const weights = (started()[kernel] as tf.Tensor).add(0.1);
    const made = drawn(1, [4, 3]);
    expect(largest(tf.grad((m: tf.Tensor) => of('student')(m, weights))(made))).toBeGreaterThan(1e-4);
    expect(largest(tf.grad((k: tf.Tensor) => of('discriminator')(made, k))(weights))).toBeGreaterThan(1e-4);
    // nothing reaches the other side; the term of 0 gives the tape a way there
    const nothing = (t: tf.Tensor): tf.Tensor => t.sum().mul(0);
    expect(largest(tf.grad((m: tf.Tensor) => tf.add(of('discriminator')(m, weights), nothing(m)))(made))).toBe(0);
    expect(largest(tf.grad((k: tf.Tensor) => tf.add(of('student')(made, k), nothing(k)))(weights))).toBe(0);
  });
});

describe('a conditional GAN', () => {
  const net = (width: number, seed: number) =>
    network('generator', [4, 4, 1], { seed }).conv2d(width, 3, { id: 'hidden' }).relu().conv2d(1).model();
  const judge = () => adversary(network('judge', [4, 4, 2], { seed: 9 }).conv2d(4).relu().globalAveragePool().dense(1).model(), 'judge');
  const inputs = uniform(random(1), [32, 4, 4, 1]);
  const distance = (a: NDArray, b: NDArray): number =>
    a.data.reduce((sum: number, v, i) => sum + Math.abs(v - (b.data[i] as number)), 0) / a.data.length;

  it.each([true, false])('draws nearer to its aim, paired: %s', async paired => {
    const [teacher, student] = [net(6, 1), net(2, 2)];
    const targets = array(
      [32, 4, 4, 1],
      Float32Array.from(inputs.data, v => 1 - v),
    );
    const match = hint({ student: { model: student, node: 'hidden' }, teacher: { model: teacher, node: 'hidden' } });
    const loss = conditionalGan({ teacher: frozenTeacher(teacher), judge: judge(), paired, matches: [match] });
    const taught = await fit(
      student,
      { inputs, targets },
      { loss, epochs: 40, batchSize: 16, optimizer: 'adam', learningRate: 0.02, reporter },
    );
    const aim = paired ? targets : predict(teacher, inputs);
    expect(distance(predict(taught, inputs), aim)).toBeLessThan(0.6 * distance(predict(student, inputs), aim));
    expect(Object.keys(taught.parameters)).toEqual(Object.keys(student.parameters));
  });

  it('takes matches that look at further nodes', async () => {
    const [teacher, student] = [net(2, 1), net(2, 2)];
    const nodes = ['hidden', 'relu-1'] as const;
    const match = fsp({ student: { model: student, nodes }, teacher: { model: teacher, nodes } });
    const loss = conditionalGan({ teacher: frozenTeacher(teacher), judge: judge(), paired: false, matches: [match] });
    const taught = await fit(student, { inputs, targets: inputs }, { loss, steps: 1, reporter });
    expect(Object.keys(taught.parameters)).toEqual(Object.keys(student.parameters));
  });

  it('refuses an aim of another shape', async () => {
    const loss = conditionalGan({ teacher: frozenTeacher(net(2, 1)), judge: judge(), paired: true });
    await expect(fit(net(2, 2), { inputs, targets: array([32], new Float32Array(32)) }, { loss, steps: 1, reporter })).rejects.toThrow(
      refused,
    );
  });
});
