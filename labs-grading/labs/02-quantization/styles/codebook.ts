import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to questions 1 to 3 as other people write them.

const means = (name: string, answer: string): OtherStyle => ({ question: 'k-means', name, answer });

const training = (name: string, answer: string): OtherStyle => ({ question: 'code-book-training', name, answer });

export const codebookStyles: readonly OtherStyle[] = [
  means(
    'recursion and typed arrays',
    `function kMeans(weights: number[], bits: number): Clusters {
  const smallest = weights.reduce((a, b) => Math.min(a, b));
  const step = (weights.reduce((a, b) => Math.max(a, b)) - smallest) / (2 ** bits - 1);
  const label = (codebook: Float64Array) =>
    weights.map(w => codebook.reduce((best, c, k) => (Math.abs(c - w) < Math.abs(codebook[best]! - w) ? k : best), 0));
  const improve = (codebook: Float64Array, labels: number[]): Clusters => {
    const moved = codebook.map((old, k) => {
      const own = weights.filter((_, i) => labels[i] === k);
      return own.length === 0 ? old : own.reduce((a, b) => a + b, 0) / own.length;
    });
    const again = label(moved);
    return again.join() === labels.join() ? { codebook: [...moved], labels } : improve(moved, again);
  };
  const first = Float64Array.from({ length: 2 ** bits }, (_, k) => smallest + k * step);
  return improve(first, label(first));
}`,
  ),
  means(
    'on sorted weights, by the borders between centroids',
    `function kMeans(weights: number[], bits: number): Clusters {
  const sorted = [...weights].sort((a, b) => a - b);
  const n = 1 << bits;
  let centroids: number[] = [];
  for (let k = 0; k < n; k++) centroids.push(sorted[0]! + (sorted[sorted.length - 1]! - sorted[0]!) * (k / (n - 1)));
  let before = '';
  while (before !== centroids.join()) {
    before = centroids.join();
    const borders = centroids.slice(1).map((c, k) => (c + centroids[k]!) / 2);
    centroids = centroids.map((old, k) => {
      const own = sorted.filter(w => (k === 0 || w > borders[k - 1]!) && (k === n - 1 || w <= borders[k]!));
      return own.length ? own.reduce((sum, w) => sum + w) / own.length : old;
    });
  }
  const ends = centroids.slice(1).map((c, k) => (c + centroids[k]!) / 2);
  return { codebook: centroids, labels: weights.map(w => ends.filter(end => w > end).length) };
}`,
  ),
  means(
    'a fixed large number of rounds, squared distances',
    `const kMeans = (weights: number[], bits: number): Clusters => {
  const low = Math.min(...weights), high = Math.max(...weights);
  const codebook = new Array<number>(2 ** bits);
  for (let k = 0; k < codebook.length; k++) codebook[k] = low + (k * (high - low)) / (codebook.length - 1);
  const labels = new Array<number>(weights.length).fill(0);
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < weights.length; i++) {
      let least = Infinity;
      for (let k = 0; k < codebook.length; k++) {
        const d = (weights[i]! - codebook[k]!) ** 2;
        if (d < least) { least = d; labels[i] = k; }
      }
    }
    for (let k = 0; k < codebook.length; k++) {
      let sum = 0, count = 0;
      for (let i = 0; i < weights.length; i++) if (labels[i] === k) { sum += weights[i]!; count += 1; }
      if (count !== 0) codebook[k] = sum / count;
    }
  }
  return { codebook, labels };
};`,
  ),
  means(
    'tensors',
    `function kMeans(weights: number[], bits: number): Clusters {
  const { tf } = library;
  const low = Math.min(...weights);
  const high = Math.max(...weights);
  let codebook = Array.from({ length: 2 ** bits }, (_, k) => low + ((high - low) * k) / (2 ** bits - 1));
  const assign = () =>
    tf.tidy(() => Array.from(tf.argMin(tf.abs(tf.sub(tf.tensor2d(weights, [weights.length, 1]), tf.tensor2d(codebook, [1, codebook.length]))), 1).dataSync()));
  let labels = assign();
  for (let changed = true; changed; ) {
    codebook = codebook.map((old, k) => {
      const own = weights.filter((_, i) => labels[i] === k);
      return own.length > 0 ? own.reduce((a, b) => a + b) / own.length : old;
    });
    const next = assign();
    changed = next.some((label, i) => label !== labels[i]);
    labels = next;
  }
  return { codebook, labels };
}`.replace('function', "import * as library from 'tinylab';\nfunction"),
  ),
  ...spelled(
    'code-book-size',
    "const distinctValues = 2 ** 4;\nconst layerBytes = (18_432 * 3) / 8 + 8 * 4;\nconst oneBit = 'C';",
    "let distinctValues = 1 << 4;\nlet layerBytes = 6912 + 32;\nlet oneBit = ' c ';",
    "const [distinctValues, layerBytes, oneBit] = [16, 6944, 'c'];",
    'const distinctValues: number = 0x10;\nconst layerBytes: number = 6.944e3;\nconst oneBit: string = `c`;',
  ),
  training(
    'reduce',
    `const stepCodebook = (clusters: Clusters, gradient: number[], rate: number): number[] =>
  clusters.codebook.map((c, k) => clusters.labels.reduce((sum, label, i) => (label === k ? sum - rate * gradient[i]! : sum), c));
const refitCodebook = (clusters: Clusters, weights: number[]): number[] =>
  clusters.codebook.map((c, k) => {
    const count = clusters.labels.filter(label => label === k).length;
    return count ? weights.reduce((sum, w, i) => sum + (clusters.labels[i] === k ? w / count : 0), 0) : c;
  });`,
  ),
  training(
    'sums in typed arrays first',
    `function stepCodebook({ codebook, labels }: Clusters, gradient: number[], rate: number): number[] {
  const sums = new Float64Array(codebook.length);
  for (let i = 0; i < labels.length; i++) sums[labels[i]!] += gradient[i]!;
  return codebook.map((entry, k) => entry - sums[k]! * rate);
}
function refitCodebook({ codebook, labels }: Clusters, weights: number[]): number[] {
  const sums = new Float64Array(codebook.length);
  const counts = new Uint32Array(codebook.length);
  for (let i = 0; i < labels.length; i++) { sums[labels[i]!] += weights[i]!; counts[labels[i]!]++; }
  return codebook.map((entry, k) => (counts[k] === 0 ? entry : sums[k]! / counts[k]!));
}`,
  ),
  training(
    'running means, a step for each weight',
    `function stepCodebook(clusters: Clusters, gradient: number[], rate: number): number[] {
  let codebook = clusters.codebook.slice();
  gradient.forEach((g, i) => { codebook = codebook.with(clusters.labels[i]!, codebook[clusters.labels[i]!]! - rate * g); });
  return codebook;
}
function refitCodebook(clusters: Clusters, weights: number[]): number[] {
  const result = clusters.codebook.slice();
  const seen = result.map(() => 0);
  weights.forEach((w, i) => {
    const k = clusters.labels[i]!;
    seen[k]!++;
    result[k] = seen[k] === 1 ? w : result[k]! + (w - result[k]!) / seen[k]!;
  });
  return result;
}`,
  ),
  training(
    'a matrix of memberships',
    `function stepCodebook({ codebook, labels }: Clusters, gradient: number[], rate: number): number[] {
  const member = codebook.map((_, k) => labels.map(label => Number(label === k)));
  return codebook.map((c, k) => c - rate * member[k]!.reduce((sum, m, i) => sum + m * gradient[i]!, 0));
}
function refitCodebook({ codebook, labels }: Clusters, weights: number[]): number[] {
  const member = codebook.map((_, k) => labels.map(label => Number(label === k)));
  return codebook.map((c, k) => {
    const n = member[k]!.reduce((a, b) => a + b, 0);
    if (n === 0) return c;
    return member[k]!.reduce((sum, m, i) => sum + m * weights[i]!, 0) / n;
  });
}`,
  ),
];
