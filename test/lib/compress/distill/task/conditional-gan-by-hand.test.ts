import { expect, it } from 'vitest';
import { hint } from '../../../../../lib/compress/distill/match/hint.ts';
import { adversary } from '../../../../../lib/compress/distill/task/adversary.ts';
import { conditionalGan } from '../../../../../lib/compress/distill/task/conditional-gan.ts';
import { frozenTeacher } from '../../../../../lib/compress/distill/teacher.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';

const [images, made, targets, hidden] = [1, 2, 3, 4].map(seed => normal(random(seed), [3, 2, 2, 1])) as [Drawn, Drawn, Drawn, Drawn];
type Drawn = ReturnType<typeof normal>;
const net = network('generator', [2, 2, 1], { seed: 5 }).conv2d(1, 1, { id: 'hidden' }).conv2d(1, 1).model();
const match = hint({ student: { model: net, node: 'hidden' }, teacher: { model: net, node: 'hidden' } });
/** D's logit of a pair is 0.5 · mean of the given image - 1.5 · mean of the other + 0.25. */
const judge = adversary(network('judge', [2, 2, 2]).globalAveragePool().dense(1).model(), 'judge');

/** The loss, and its slopes at D's kernel and at what was made. */
function told(paired: boolean, weights: { reconstruction: number; hidden: number }): { value: number; kernel: number[]; image: number[] } {
  return tf.tidy(() => {
    const loss = conditionalGan({ teacher: frozenTeacher(net), judge, paired, matches: [match], weights });
    const of = (kernel: tf.Tensor, image: tf.Tensor): tf.Scalar =>
      loss(image, upload(targets), {
        inputs: upload(images),
        parameters: { 'judge.dense-1.kernel': kernel, 'judge.dense-1.bias': tf.tensor1d([0.25]) },
        activations: { hidden: upload(hidden) },
        training: true,
      });
    const at = [tf.tensor2d([[0.5], [-1.5]]), upload(made)] as const;
    const [kernel, image] = tf.grads((k, m) => of(k as tf.Tensor, m as tf.Tensor))([...at]) as [tf.Tensor, tf.Tensor];
    return { value: of(...at).dataSync()[0] as number, kernel: [...kernel.dataSync()], image: [...image.dataSync()] };
  });
}

/** The same in double precision, as the paper writes it. */
function expected(paired: boolean, weights: { reconstruction: number; hidden: number }): ReturnType<typeof told> {
  const numbers = (a: { data: ArrayLike<number> }): number[] => Array.from(a.data);
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const aim = numbers(paired ? targets : predict(net, images));
  const [kernel = 0, bias = 0] = ['kernel', 'bias'].map(name => net.parameters[`hidden.${name}`]?.value.data[0] as number);
  const taught = numbers(images).map(v => kernel * v + bias);
  const [x, g, h] = [images, made, hidden].map(numbers) as [number[], number[], number[]];
  const of = (v: number[], i: number): number => mean(v.slice(4 * i, 4 * i + 4));
  const share = (v: number[], i: number): number => 1 / (1 + Math.exp(-(0.5 * of(x, i) - 1.5 * of(v, i) + 0.25)));
  const rows = [0, 1, 2];
  const student = mean(rows.map(i => -Math.log(share(g, i))));
  const discriminator = mean(rows.map(i => -Math.log(share(aim, i)) - Math.log(1 - share(g, i))));
  const far = mean(g.map((v, i) => Math.abs(v - (aim[i] as number))));
  const apart = mean(h.map((v, i) => (v - (taught[i] as number)) ** 2));
  const slope = (v: (i: number) => number, w: (i: number) => number): number =>
    mean(rows.map(i => share(g, i) * v(i) - (1 - share(aim, i)) * w(i)));
  return {
    value: student + discriminator + weights.reconstruction * far + weights.hidden * apart,
    // the discriminator's loss alone
    kernel: [
      slope(
        i => of(x, i),
        i => of(x, i),
      ),
      slope(
        i => of(g, i),
        i => of(aim, i),
      ),
    ],
    // the student's loss and the reconstruction alone
    image: g.map(
      (v, i) => ((1 - share(g, i >> 2)) * 1.5) / 4 / 3 + (weights.reconstruction * Math.sign(v - (aim[i] as number))) / g.length,
    ),
  };
}

it.each([
  [true, { reconstruction: 3, hidden: 2 }],
  [false, { reconstruction: 0.5, hidden: 7 }],
] as const)('a conditional GAN is its formula, by hand; paired: %s', (paired, weights) => {
  const [got, wanted] = [told(paired, weights), expected(paired, weights)];
  expect(got.value).toBeCloseTo(wanted.value, 5);
  for (const side of ['kernel', 'image'] as const) {
    expect(got[side]).toHaveLength(wanted[side].length);
    for (const [i, v] of wanted[side].entries()) expect(got[side][i]).toBeCloseTo(v, 5);
  }
});
