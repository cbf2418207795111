import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about features and relations as other people write them.

const hints = spelled(
  'hint',
  `const whyRegressor = 'B';
const hintLoss = (student: tf.Tensor4D, teacher: tf.Tensor4D, { kernel, bias }: Regressor) => {
  const filter = tf.reshape(kernel, [1, 1, ...kernel.shape]) as tf.Tensor4D;
  return tf.losses.meanSquaredError(teacher, tf.conv2d(student, filter, 1, 'same').add(bias));
};`,
  `let whyRegressor = 'b';
async function hintLoss(student: tf.Tensor4D, teacher: tf.Tensor4D, between: Regressor) {
  const [s, t, k, b] = await Promise.all([student.array(), teacher.array(), between.kernel.array(), between.bias.array()]);
  let sum = 0;
  s.forEach((rows, n) =>
    rows.forEach((row, h) =>
      row.forEach((own, w) => {
        b.forEach((start, j) => {
          const shown = own.reduce((total, v, i) => total + v * k[i]![j]!, start);
          sum += (shown - t[n]![h]![w]![j]!) ** 2;
        });
      }),
    ),
  );
  return sum / teacher.size;
}`,
  `const whyRegressor = 'b';
function hintLoss(student: tf.Tensor4D, teacher: tf.Tensor4D, between: Regressor) {
  return tf.tidy(() => {
    const [n, h, w, a] = student.shape;
    const flat = tf.reshape(student, [n * h * w, a]);
    const made = flat.dot(between.kernel).add(between.bias).reshape(teacher.shape);
    const off = made.sub(teacher);
    return off.mul(off).mean().dataSync()[0]!;
  });
}`,
  `const whyRegressor = 'b';
function hintLoss(student: tf.Tensor4D, teacher: tf.Tensor4D, { kernel, bias }: Regressor): number {
  const [s, t, k, c] = [student, teacher, kernel, bias].map(x => x.dataSync());
  const [a, b] = kernel.shape;
  let total = 0;
  for (let place = 0; place < s!.length / a; place++)
    for (let j = 0; j < b; j++) {
      let shown = c![j]!;
      for (let i = 0; i < a; i++) shown += s![place * a + i]! * k![i * b + j]!;
      total += (shown - t![place * b + j]!) ** 2 / t!.length;
    }
  return total;
}`,
);

const attention = spelled(
  'attention',
  `const attentionMap = (map: tf.Tensor3D): tf.Tensor2D => {
  const sums = map.pow(2).mean(-1);
  return sums.div(sums.square().sum().sqrt()) as tf.Tensor2D;
};
const attentionLoss = (a: tf.Tensor3D, b: tf.Tensor3D) => attentionMap(a).sub(attentionMap(b)).square().mean();`,
  `function attentionMap(map: tf.Tensor3D) {
  const [h, w, c] = map.shape;
  const values = Array.from(map.dataSync());
  const energy = Array.from({ length: h * w }, (_, i) => values.slice(i * c, (i + 1) * c).reduce((s, v) => s + v * v, 0));
  const length = Math.hypot(...energy);
  return tf.tensor2d(energy.map(e => e / length), [h, w]);
}
function attentionLoss(student: tf.Tensor3D, teacher: tf.Tensor3D): number {
  const [s, t] = [[...attentionMap(student).dataSync()], [...attentionMap(teacher).dataSync()]];
  return s.reduce((sum, v, i) => sum + (v - t[i]!) ** 2, 0) / s.length;
}`,
  `const attentionMap = (map: tf.Tensor3D) =>
  tf.tidy(() => {
    const a = tf.sum(tf.mul(map, map), -1);
    return tf.mul(a, tf.rsqrt(tf.sum(tf.square(a)))) as tf.Tensor2D;
  });
const attentionLoss = (student: tf.Tensor3D, teacher: tf.Tensor3D) =>
  tf.losses.meanSquaredError(attentionMap(teacher), attentionMap(student));`,
  `function attentionMap(map: tf.Tensor3D): tf.Tensor2D {
  const rows = map.arraySync().map(row => row.map(channels => channels.reduce((s, v) => s + v ** 2, 0)));
  const length = Math.sqrt(rows.flat().reduce((s, e) => s + e ** 2, 0));
  return tf.tensor2d(rows).div(length);
}
function attentionLoss(student: tf.Tensor3D, teacher: tf.Tensor3D) {
  const [s, t] = [student, teacher].map(attentionMap);
  return tf.squaredDifference(s!, t!).sum().div(s!.size).arraySync();
}`,
);

const relations = spelled(
  'relations',
  `const relations = (points: number[][]) => {
  const far = points.flatMap((a, i) =>
    points.slice(i + 1).map(b => Math.sqrt(a.reduce((s, v, k) => s + (v - b[k]!) ** 2, 0))),
  );
  return far.map(d => (d * far.length) / far.reduce((s, v) => s + v, 0));
};
const relationLoss = (s: number[][], t: number[][]) => {
  const [a, b] = [relations(s), relations(t)];
  const each = a.map((v, i) => Math.abs(v - b[i]!)).map(d => (d < 1 ? d ** 2 / 2 : d - 1 / 2));
  return each.reduce((x, y) => x + y) / each.length;
};`,
  `function relations(points: number[][]): number[] {
  const out: number[] = [];
  let total = 0;
  points.forEach((p, i) => {
    for (const q of points.slice(i + 1)) {
      const d = p.reduce((s, v, k) => s + (v - q[k]!) * (v - q[k]!), 0) ** 0.5;
      out.push(d);
      total += d;
    }
  });
  for (let i = 0; i < out.length; i++) out[i]! /= total / out.length;
  return out;
}
function relationLoss(student: number[][], teacher: number[][]): number {
  const theirs = relations(teacher);
  let sum = 0;
  for (const [i, own] of relations(student).entries()) {
    const d = own - theirs[i]!;
    if (d > 1) sum += d - 0.5;
    else if (d < -1) sum += -d - 0.5;
    else sum += (d * d) / 2;
  }
  return sum / theirs.length;
}`,
  `const relations = (points: number[][]): number[] =>
  tf.tidy(() => {
    const x = tf.tensor2d(points);
    const far = tf.sqrt(tf.sum(tf.square(tf.sub(tf.expandDims(x, 1), tf.expandDims(x, 0))), 2)).arraySync() as number[][];
    const list = far.flatMap((row, i) => row.slice(i + 1));
    const mean = list.reduce((a, b) => a + b) / list.length;
    return list.map(d => d / mean);
  });
const relationLoss = (student: number[][], teacher: number[][]): number => {
  const theirs = relations(teacher);
  const off = relations(student).map((d, i) => Math.abs(d - theirs[i]!));
  return off.map(d => Math.min(d, 1) ** 2 / 2 + Math.max(d - 1, 0)).reduce((a, b) => a + b) / off.length;
};`,
  `function* pairs(points: number[][]) {
  for (let i = 0; i < points.length; i++) for (let j = i + 1; j < points.length; j++) yield [points[i]!, points[j]!] as const;
}
function relations(points: number[][]): number[] {
  const far = [...pairs(points)].map(([a, b]) => Math.hypot(...a.map((v, k) => b[k]! - v)));
  const mean = far.reduce((s, d) => s + d / far.length, 0);
  return far.map(d => d / mean);
}
function relationLoss(student: number[][], teacher: number[][]): number {
  const [own, its] = [student, teacher].map(relations);
  return tf.tidy(() => tf.losses.huberLoss(tf.tensor1d(its!), tf.tensor1d(own!), undefined, 1).dataSync()[0]!);
}`,
);

export const featureStyles: readonly OtherStyle[] = [...hints, ...attention, ...relations];
