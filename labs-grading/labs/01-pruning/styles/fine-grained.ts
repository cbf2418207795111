import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to questions 1 to 4 as other people write them.

const prune = (name: string, body: string, head = 'function'): OtherStyle => ({
  question: 'fine-grained-prune',
  name,
  answer: `${head} fineGrainedPrune(weight: NDArray, sparsity: number): NDArray {\n  ${body}\n}`,
});

const scan = (name: string, answer: string): OtherStyle => ({ question: 'sensitivity', name, answer });

export const fineGrainedStyles: readonly OtherStyle[] = [
  ...spelled(
    'histograms',
    "const histogramShape = 'A';\nconst histogramUse = 'C';",
    "let histogramShape = ' a';\nlet histogramUse = 'c ';",
    'const [histogramShape, histogramUse] = ["a", "c"];',
    "const histogramShape: string = 'abcd'[0]!;\nconst histogramUse: string = `c`;",
  ),
  prune(
    'counts those that are smaller, a list of zeros and ones',
    `const sizes = Array.from(weight.data, value => Math.abs(value));
  const k = Math.round(sizes.length * sparsity);
  const smaller = new Map<number, number>();
  Float64Array.from(sizes).sort().forEach((size, i) => { if (!smaller.has(size)) smaller.set(size, i); });
  return array(weight.shape, sizes.map(size => (smaller.get(size)! >= k ? 1 : 0)), 'uint8');`,
  ),
  prune(
    'from the largest, 64 bits, a mask of floats',
    `const sizes = Array.from(weight.data, Math.abs);
  const k = Math.round(sparsity * sizes.length);
  if (k === 0) return array(weight.shape, sizes.map(() => 1));
  const threshold = [...sizes].sort((a, b) => b - a)[sizes.length - k]!;
  return array(weight.shape, Float32Array.from(sizes, size => Number(size > threshold)));`,
  ),
  prune(
    'squares',
    `const energy = Float64Array.from(weight.data, w => w * w);
  const k = Math.round(weight.data.length * sparsity);
  const limit = k > 0 ? energy.slice().sort()[k - 1]! : -Infinity;
  return array(weight.shape, Array.from(energy, e => +(e > limit)), 'uint8');`,
  ),
  prune(
    'tensors',
    `const { tf } = library;
  const k = Math.round(weight.data.length * sparsity);
  const kept = tf.tidy(() => {
    const size = tf.abs(tf.tensor1d(Float32Array.from(weight.data)));
    const threshold = k === 0 ? tf.scalar(-1) : tf.neg(tf.topk(tf.neg(size), k).values.min());
    return Array.from(tf.greater(size, threshold).dataSync());
  });
  return array(weight.shape, kept, 'uint8');`,
    "import * as library from 'tinylab';\nfunction",
  ),
  ...spelled(
    'choose-sparsity',
    'const keepTwelve = 28 / 40;',
    'const keepTwelve = 1 - 12 / 40;',
    'let keepTwelve = 0.69;',
    'const keepTwelve = 0.71;',
  ),
  scan(
    'chains',
    `const sensitivityScan = async (model: Model, evaluate: Evaluate, { names, sparsities }: Scan): Promise<Record<string, number[]>> => {
  const measured = (name: string, share: number) =>
    evaluate(applyMasks(model, { [name]: fineGrainedPrune(weightOf(model, name), share) }));
  const rows = await Promise.all(names.map(async name => [name, await Promise.all(sparsities.map(share => measured(name, share)))] as const));
  return Object.fromEntries(rows);
};`,
  ),
  scan(
    'index by index',
    `async function sensitivityScan(model: Model, evaluate: Evaluate, scan: Scan) {
  const result: Record<string, number[]> = {};
  for (let n = 0; n < scan.names.length; n++) {
    const name = scan.names[n]!;
    const row = new Array<number>(scan.sparsities.length);
    for (let s = row.length - 1; s >= 0; s--) {
      const pruned = applyMasks(model, { [name]: fineGrainedPrune(model.parameters[name]!.value, scan.sparsities[s]!) });
      row[s] = await evaluate(pruned);
    }
    result[name] = row;
  }
  return result;
}`,
  ),
  scan(
    'sparsity by sparsity',
    `async function sensitivityScan(model: Model, evaluate: Evaluate, { names, sparsities }: Scan) {
  const curves = new Map<string, number[]>(names.map(name => [name, []]));
  for (const share of sparsities)
    for (const [name, curve] of curves) {
      const accuracy = await evaluate(applyMasks(model, { [name]: fineGrainedPrune(weightOf(model, name), share) }));
      curve.push(accuracy);
    }
  return Object.fromEntries(curves);
}`,
  ),
  scan(
    'its own mask, typed arrays',
    `async function sensitivityScan(model: Model, evaluate: Evaluate, { names, sparsities }: Scan) {
  const curves: Record<string, number[]> = Object.create(null);
  for (const name of names) {
    const values = weightOf(model, name);
    const sorted = Float32Array.from(values.data, Math.abs).sort();
    const row = Float64Array.from(sparsities);
    for (const [i, share] of sparsities.entries()) {
      const k = Math.round(share * sorted.length);
      const mask = Uint8Array.from(values.data, w => (k === 0 || Math.abs(w) > sorted[k - 1]! ? 1 : 0));
      row[i] = await evaluate(applyMasks(model, { [name]: array(values.shape, mask, 'uint8') }));
    }
    curves[name] = [...row];
  }
  return { ...curves };
}`,
  ),
  ...spelled(
    'curves',
    "const scanTrend = 'B';\nconst scanLayers = 'D';\nconst scanBest = 'C';",
    "let scanTrend = 'b ';\nlet scanLayers = ' d';\nlet scanBest = 'c';",
    "const [scanTrend, scanLayers, scanBest] = ['b', 'd', 'c'];",
    "const { scanTrend, scanLayers, scanBest } = { scanTrend: 'b', scanLayers: 'd', scanBest: 'c' };",
  ),
];
