import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about soft targets as other people write them.

export const lossStyles: readonly OtherStyle[] = [
  ...spelled(
    'soften',
    `const softmax = (logits: number[], T: number): number[] => {
  const z = logits.map(v => v / T);
  const m = z.reduce((a, b) => Math.max(a, b));
  const e = z.map(v => Math.exp(v - m));
  return e.map(v => v / e.reduce((a, b) => a + b));
};`,
    `function softmax(logits: number[], temperature: number) {
  const out = new Float64Array(logits.length);
  let max = -Infinity;
  for (const z of logits) if (z > max) max = z;
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += out[k] = Math.exp((logits[k]! - max) / temperature);
  for (let k = 0; k < logits.length; k++) out[k]! /= sum;
  return [...out];
}`,
    `const softmax = (logits: number[], temperature: number) =>
  logits.map(z => 1 / logits.reduce((sum, other) => sum + Math.exp((other - z) / temperature), 0));`,
    `const softmax = (logits: number[], temperature: number): number[] => {
  const top = [...logits].sort((a, b) => b - a)[0]!;
  const logSum = Math.log(logits.reduce((s, z) => s + Math.exp((z - top) / temperature), 0));
  return logits.map(z => Math.exp((z - top) / temperature - logSum));
};`,
  ),
  ...spelled(
    'loss',
    `const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const distillationLoss = ({ student, teacher, labels }: Batch, mix: Mix): number => {
  const ce = mean(student.map((row, i) => -Math.log(softmax(row, 1)[labels[i]!]!)));
  const kl = mean(
    student.map((row, i) => {
      const [s, t] = [softmax(row, mix.temperature), softmax(teacher[i]!, mix.temperature)];
      return t.reduce((sum, p, k) => sum + p * Math.log(p / s[k]!), 0);
    }),
  );
  return (1 - mix.alpha) * ce + mix.alpha * mix.temperature * mix.temperature * kl;
};`,
    `function distillationLoss({ student, teacher, labels }: Batch, { temperature: T, alpha }: Mix) {
  const logSoft = (z: number[], t: number) => {
    const m = Math.max(...z);
    const s = Math.log(z.reduce((a, v) => a + Math.exp((v - m) / t), 0));
    return z.map(v => (v - m) / t - s);
  };
  let loss = 0;
  student.forEach((z, i) => {
    loss -= (1 - alpha) * logSoft(z, 1)[labels[i]!]!;
    const a = logSoft(teacher[i]!, T);
    const b = logSoft(z, T);
    for (let k = 0; k < z.length; k++) loss += alpha * T * T * Math.exp(a[k]!) * (a[k]! - b[k]!);
  });
  return loss / student.length;
}`,
    `function distillationLoss({ student, teacher, labels }: Batch, options: Mix): number {
  const { temperature, alpha } = options;
  return tf.tidy(() => {
    const s = tf.tensor2d(student);
    const t = tf.tensor2d(teacher);
    const hot = tf.oneHot(tf.tensor1d(labels, 'int32'), student[0]!.length);
    const ce = tf.neg(tf.sum(tf.mul(hot, tf.logSoftmax(s)))).div(student.length);
    const logT = tf.logSoftmax(t.div(temperature));
    const kl = tf.sum(tf.mul(tf.exp(logT), tf.sub(logT, tf.logSoftmax(s.div(temperature))))).div(student.length);
    return ce.mul(1 - alpha).add(kl.mul(alpha * temperature ** 2)).dataSync()[0]!;
  });
}`,
    `function distillationLoss({ student, teacher, labels }: Batch, { temperature, alpha }: Mix): number {
  const each = labels.map((label, i) => {
    const p = softmax(teacher[i]!, temperature);
    const q = softmax(student[i]!, temperature);
    const cross = -p.reduce((sum, share, k) => sum + share * Math.log(q[k]!), 0);
    const entropy = -p.reduce((sum, share) => sum + share * Math.log(share), 0);
    return -(1 - alpha) * Math.log(softmax(student[i]!, 1)[label]!) + alpha * temperature ** 2 * (cross - entropy);
  });
  return each.reduce((a, b) => a + b) / each.length;
}`,
  ),
];
