import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about an omitted class, peers, a net inside of wider ones and the gap as other people write them.

const answers = "const shiftOn = 'b';\nconst bootsReturn = 'c';\nconst trousersStay = 'a';\n";
const omitted = spelled(
  'omitted-class',
  `${answers}const bestShift = ({ logits, labels }: Said, { omitted, shifts }: Shifting) => {
  const counts = shifts.map(shift => {
    let right = 0;
    logits.forEach((row, i) => {
      let top = 0;
      const at = (c: number) => row[c]! + (c === omitted ? shift : 0);
      for (let c = 1; c < row.length; c++) if (at(c) > at(top)) top = c;
      if (top === labels[i]) right++;
    });
    return right;
  });
  return shifts[counts.indexOf(Math.max(...counts))]!;
};`,
  `const [shiftOn, bootsReturn, trousersStay] = ['B', 'C', 'A'];
function bestShift(said: Said, { omitted, shifts }: Shifting): number {
  const accuracyAt = (shift: number): number => {
    const hits = said.labels.filter((label, i) => {
      const row = [...said.logits[i]!];
      row[omitted]! += shift;
      return row.every((v, c) => c === label || v <= row[label]!);
    });
    return hits.length / said.labels.length;
  };
  return shifts.reduce((best, shift) => (accuracyAt(shift) > accuracyAt(best) ? shift : best));
}`,
  `${answers}function bestShift({ logits, labels }: Said, { omitted, shifts }: Shifting): number {
  return tf.tidy(() => {
    const z = tf.tensor2d(logits);
    const hot = tf.oneHot(tf.tensor1d([omitted], 'int32'), logits[0]!.length);
    const right = shifts.map(shift => {
      const top = tf.argMax(tf.add(z, tf.mul(hot, shift)), 1).dataSync();
      return labels.filter((label, i) => label === top[i]).length;
    });
    return shifts[right.indexOf(Math.max(...right))]!;
  });
}`,
  `${answers}async function bestShift(said: Said, about: Shifting) {
  const scored = about.shifts.map((shift, place) => {
    const right = said.logits.filter((row, i) => {
      const odds = row.map((z, c) => ({ c, z: c === about.omitted ? z + shift : z })).sort((a, b) => b.z - a.z);
      return odds[0]!.c === said.labels[i];
    }).length;
    return { shift, right, place };
  });
  scored.sort((a, b) => b.right - a.right || a.place - b.place);
  return scored[0]!.shift;
}`,
);

const peers = spelled(
  'peers',
  `const soft = (z: number[]) => {
  const top = Math.max(...z);
  const sum = z.reduce((s, v) => s + Math.exp(v - top), 0);
  return z.map(v => Math.exp(v - top) / sum);
};
const ensemble = (logits: number[][]) => {
  const all = logits.map(soft);
  return all.reduce((sum, p) => sum.map((v, c) => v + p[c]!)).map(v => v / all.length);
};
const peerGradient = (own: number[], peer: number[], label: number) => {
  const [p, q] = [soft(own), soft(peer)];
  const gradient = p.map((v, c) => 2 * v - q[c]!);
  gradient[label]! -= 1;
  return gradient;
};`,
  `function ensemble(logits: number[][]): number[] {
  return tf.tidy(() => Array.from(tf.mean(tf.softmax(tf.tensor2d(logits)), 0).dataSync()));
}
function peerGradient(own: number[], peer: number[], label: number): number[] {
  return tf.tidy(() => {
    const q = tf.softmax(tf.tensor1d(peer));
    const loss = (z: tf.Tensor) => {
      const logP = tf.logSoftmax(z);
      const hard = tf.neg(tf.sum(tf.mul(logP, tf.oneHot(label, own.length))));
      return tf.add(hard, tf.neg(tf.sum(tf.mul(q, logP)))).asScalar();
    };
    return Array.from(tf.grad(loss)(tf.tensor1d(own)).dataSync());
  });
}`,
  `function softmaxOf(z: number[]): number[] {
  return z.map(v => 1 / z.reduce((s, w) => s + Math.exp(w - v), 0));
}
function ensemble(logits: number[][]): number[] {
  const result: number[] = new Array(logits[0]!.length).fill(0);
  for (const row of logits) softmaxOf(row).forEach((p, c) => (result[c]! += p / logits.length));
  return result;
}
function peerGradient(own: number[], peer: number[], label: number): number[] {
  const p = softmaxOf(own);
  const q = softmaxOf(peer);
  const hard = p.map((v, c) => (c === label ? v - 1 : v));
  const soft = p.map((v, c) => v - q[c]!);
  return hard.map((v, c) => v + soft[c]!);
}`,
  `const logSoft = (z: readonly number[]) => {
  const top = Math.max(...z);
  const log = top + Math.log(z.map(v => Math.exp(v - top)).reduce((a, b) => a + b));
  return z.map(v => v - log);
};
const ensemble = async (logits: number[][]) =>
  logits[0]!.map((_, c) => logits.map(z => Math.exp(logSoft(z)[c]!)).reduce((a, b) => a + b) / logits.length);
const peerGradient = async (own: number[], peer: number[], label: number) =>
  logSoft(own).map((v, c) => 2 * Math.exp(v) - Number(c === label) - Math.exp(logSoft(peer)[c]!));`,
);

const fair = "const augmentedCost = 'a';\nconst fairRival = 'c';\n";
const augmented = spelled(
  'augmented',
  `${fair}const exportBase = (kernel: NDArray, { inputs, outputs }: Base): NDArray => {
  const [h, w] = kernel.shape;
  const whole = tf.tensor(kernel.data as Float32Array, [...kernel.shape]);
  const cut = tf.slice(whole, [0, 0, 0, 0], [h!, w!, inputs, outputs]);
  return array(cut.shape, cut.dataSync() as Float32Array);
};`,
  `const [augmentedCost, fairRival] = ['A', 'C'];
function exportBase({ shape, data }: NDArray, base: Base): NDArray {
  const [, , a, b] = shape as [number, number, number, number];
  const kept = [...data].filter((_, i) => i % b < base.outputs && Math.floor(i / b) % a < base.inputs);
  return array([shape[0]!, shape[1]!, base.inputs, base.outputs], kept);
}`,
  `${fair}function exportBase(kernel: NDArray, base: Base) {
  const [h, w, a, b] = kernel.shape as [number, number, number, number];
  const out = new Float32Array(h * w * base.inputs * base.outputs);
  let at = 0;
  for (let row = 0; row < h * w * a; row++) {
    if (row % a >= base.inputs) continue;
    out.set(kernel.data.subarray(row * b, row * b + base.outputs), at);
    at += base.outputs;
  }
  return array([h, w, base.inputs, base.outputs], out);
}`,
  `${fair}function exportBase(kernel: NDArray, { inputs, outputs }: Base) {
  const x = tf.tensor4d([...kernel.data], kernel.shape as [number, number, number, number]);
  const [first] = tf.split(x, [inputs, kernel.shape[2]! - inputs], 2);
  return first!.slice([0, 0, 0, 0], [-1, -1, -1, outputs]);
}`,
);

const bits = "const fourBits = 'a';\nconst twoBits = 'c';\n";
const gap = spelled(
  'gap-closed',
  `${bits}const gapClosed = (runs: SeedRun[], teacher: number) => {
  const closed = runs.map(r => 1 - (teacher - r.student) / (teacher - r.control));
  const mean = closed.reduce((a, b) => a + b) / closed.length;
  const variance = closed.map(c => (c - mean) ** 2).reduce((a, b) => a + b) / (closed.length - 1);
  return { mean, error: Math.sqrt(variance) / Math.sqrt(closed.length) };
};`,
  `const [fourBits, twoBits] = ['A', 'C'];
function gapClosed(runs: SeedRun[], teacher: number): { error: number; mean: number } {
  let sum = 0;
  let squares = 0;
  for (const { student, control } of runs) {
    const share = (student - control) / (teacher - control);
    sum += share;
    squares += share * share;
  }
  const n = runs.length;
  return { error: Math.sqrt((squares - (sum * sum) / n) / ((n - 1) * n)), mean: sum / n };
}`,
  `${bits}async function gapClosed(runs: SeedRun[], teacher: number) {
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const shares: number[] = [];
  for (const run of runs) shares.push((run.student - run.control) / (teacher - run.control));
  const middle = mean(shares);
  const spread = Math.sqrt((mean(shares.map(s => (s - middle) ** 2)) * runs.length) / (runs.length - 1));
  return { mean: middle, error: spread / runs.length ** 0.5 };
}`,
  `${bits}function gapClosed(runs: SeedRun[], teacher: number) {
  return tf.tidy(() => {
    const s = tf.tensor1d(runs.map(r => (r.student - r.control) / (teacher - r.control)));
    const n = runs.length;
    const { mean, variance } = tf.moments(s);
    return { mean: mean.dataSync()[0]!, error: Math.sqrt(variance.dataSync()[0]! / (n - 1)) };
  });
}`,
);

export const beyondStyles: readonly OtherStyle[] = [...omitted, ...peers, ...augmented, ...gap];
