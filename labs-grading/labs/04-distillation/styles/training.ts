import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about gradients, teachers and gains as other people write them.

export const trainingStyles: readonly OtherStyle[] = [
  ...spelled(
    'gradient',
    `const distillationGradient = ({ student, teacher, labels }: Batch, mix: Mix): number[][] => {
  const { temperature: T, alpha } = mix;
  const out: number[][] = [];
  for (let i = 0; i < student.length; i++) {
    const target = softmax(teacher[i]!, T);
    const soft = softmax(student[i]!, T).map((q, k) => alpha * T * T * (1 / T) * (q - target[k]!));
    const grad = softmax(student[i]!, 1).map((p, k) => (1 - alpha) * p + soft[k]!);
    grad[labels[i]!]! -= 1 - alpha;
    out.push(grad.map(g => g / student.length));
  }
  return out;
};
const scaleAnswer = 'B';`,
    `function distillationGradient(batch: Batch, mix: Mix): number[][] {
  return tf.tidy(() => {
    const s = tf.tensor2d(batch.student);
    const t = tf.tensor2d(batch.teacher);
    const y = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), batch.student[0]!.length);
    const hard = tf.softmax(s).sub(y).mul(1 - mix.alpha);
    const soft = tf.softmax(s.div(mix.temperature)).sub(tf.softmax(t.div(mix.temperature)));
    return hard.add(soft.mul(mix.alpha * mix.temperature)).div(batch.student.length).arraySync() as number[][];
  });
}
let scaleAnswer = 'b';`,
    `function distillationGradient(batch: Batch, { temperature, alpha }: Mix): number[][] {
  const n = batch.labels.length;
  const y = (label: number, width: number) => Array.from({ length: width }, (_, k) => Number(k === label));
  return batch.labels.map((label, i) => {
    const row = batch.student[i]!;
    const [p, q, t, hot] = [softmax(row, 1), softmax(row, temperature), softmax(batch.teacher[i]!, temperature), y(label, row.length)];
    return p.map((v, k) => ((1 - alpha) / n) * (v - hot[k]!) + ((alpha * temperature) / n) * (q[k]! - t[k]!));
  });
}
const scaleAnswer = 'b';`,
    `const distillationGradient = (batch: Batch, { temperature, alpha }: Mix): number[][] => {
  const grads = batch.student.map(row => row.map(() => 0));
  batch.student.forEach((row, i) => {
    const ps = softmax(row, temperature);
    const pt = softmax(batch.teacher[i]!, temperature);
    const p = softmax(row, 1);
    for (let k = 0; k < row.length; k++) {
      let g = alpha * temperature * ps[k]! - alpha * temperature * pt[k]!;
      g += k === batch.labels[i] ? (1 - alpha) * (p[k]! - 1) : (1 - alpha) * p[k]!;
      grads[i]![k] = g / batch.student.length;
    }
  });
  return grads;
};
const scaleAnswer = 'b';`,
  ),
  ...spelled(
    'frozen',
    `const teacherLogits = (model: Model, images: NDArray) => predict(model, images);
const trainedAlong = 'C';`,
    `function teacherLogits(model: Model, images: NDArray): NDArray {
  const scale = images.dtype === 'uint8' ? 255 : 1;
  const logits = tf.tidy(() => forward(model, tf.tensor(Float32Array.from(images.data, v => v / scale), [...images.shape])));
  const out = array(logits.shape, Float32Array.from(logits.dataSync()));
  logits.dispose();
  return out;
}
const trainedAlong = 'c';`,
    `async function teacherLogits(model: Model, images: NDArray) {
  return predict(model, images, { batchSize: 1 });
}
const trainedAlong = 'c';`,
    `function teacherLogits(model: Model, images: NDArray): NDArray {
  const out = predict(model, images, { batchSize: 64 });
  return array(out.shape, Array.from(out.data));
}
let trainedAlong = 'c';`,
  ),
  ...spelled(
    'budget',
    `const sameBudget = ({ steps, images, rate, seed }: Recipe, loss: string): Recipe => ({ steps, images, rate, seed, loss });
const pairedGain = (control: number[], distilled: number[]): Gain => {
  const n = control.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const g = distilled[i]! - control[i]!;
    sum += g;
    squares += g * g;
  }
  const variance = (squares - (sum * sum) / n) / (n - 1);
  return { mean: sum / n, error: Math.sqrt(variance / n) };
};
const [transferAnswer, seedAnswer] = ['D', 'A'];`,
    `function sameBudget(control: Recipe, loss: string): Recipe {
  const copy = structuredClone(control);
  copy.loss = loss;
  return copy;
}
function pairedGain(control: number[], distilled: number[]): Gain {
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const gains = control.map((c, i) => distilled[i]! - c);
  const m = mean(gains);
  return { error: Math.sqrt(mean(gains.map(g => (g - m) ** 2)) / (gains.length - 1)), mean: m };
}
const transferAnswer = 'd';
const seedAnswer = 'a';`,
    `const sameBudget = (control: Recipe, loss: string) => Object.assign({}, control, { loss });
function pairedGain(control: number[], distilled: number[]) {
  return tf.tidy(() => {
    const gains = tf.sub(tf.tensor1d(distilled), tf.tensor1d(control));
    const { mean, variance } = tf.moments(gains);
    return { mean: mean.dataSync()[0]!, error: Math.sqrt(variance.dataSync()[0]! / (control.length - 1)) };
  });
}
let transferAnswer = 'd';
let seedAnswer = 'a';`,
    `function sameBudget(control: Recipe, loss: string): Recipe {
  return { loss, seed: control.seed, rate: control.rate, images: control.images, steps: control.steps };
}
class Paired {
  gains: number[];
  constructor(a: number[], b: number[]) {
    this.gains = b.map((v, i) => v - a[i]!);
  }
  get mean() {
    return this.gains.reduce((x, y) => x + y) / this.gains.length;
  }
  get error() {
    const n = this.gains.length;
    return Math.hypot(...this.gains.map(g => g - this.mean)) / Math.sqrt(n * (n - 1));
  }
}
function pairedGain(control: number[], distilled: number[]): Gain {
  const { mean, error } = new Paired(control, distilled);
  return { mean, error };
}
const transferAnswer = 'd';
const seedAnswer = 'a';`,
  ),
];
