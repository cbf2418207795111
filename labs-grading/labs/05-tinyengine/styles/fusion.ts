import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about fused layers as other people write them.

export const fusionStyles: readonly OtherStyle[] = spelled(
  'fusion',
  `const fusedPass = (x: number[][], l: FusedLayer): number[][] =>
  x.map(place =>
    l.gamma.map((g, o) => {
      const sum = place.reduce((total, v, c) => total + v * l.weight[c]![o]!, 0);
      return Math.max(0, Math.min(l.most, (g * (sum - l.mean[o]!)) / Math.sqrt(l.variance[o]! + l.epsilon) + l.beta[o]!));
    }),
  );
const traffic = ({ input, output, weights, after }: Traffic, fused: boolean): number =>
  input + weights + output * (fused ? 1 : 1 + 2 * after);`,
  `// folded first
function fusedPass(x: number[][], layer: FusedLayer): number[][] {
  const factor = layer.gamma.map((g, o) => g / Math.sqrt(layer.variance[o]! + layer.epsilon));
  const bias = layer.beta.map((b, o) => b - layer.mean[o]! * factor[o]!);
  return x.map(place =>
    bias.map((b, o) => {
      let y = b;
      for (let c = 0; c < place.length; c++) y += place[c]! * layer.weight[c]![o]! * factor[o]!;
      return y < 0 ? 0 : y > layer.most ? layer.most : y;
    }),
  );
}
function traffic(t: Traffic, fused: boolean): number {
  let bytes = t.input + t.weights + t.output;
  if (!fused) for (let i = 0; i < t.after; i++) bytes += 2 * t.output;
  return bytes;
}`,
  `function fusedPass(x: number[][], { weight, gamma, beta, mean, variance, epsilon, most }: FusedLayer): number[][] {
  return x.map(place => {
    const sums = new Array<number>(gamma.length).fill(0);
    place.forEach((v, c) => weight[c]!.forEach((w, o) => (sums[o]! += v * w)));
    return sums.map((s, o) => {
      const y = ((s - mean[o]!) / (variance[o]! + epsilon) ** 0.5) * gamma[o]! + beta[o]!;
      return [0, y, most].sort((a, b) => a - b)[1]!;
    });
  });
}
const traffic = (t: Traffic, fused: boolean): number => [t.input, t.weights, t.output, fused ? 0 : t.after * t.output * 2].reduce((a, b) => a + b);`,
  `function fusedPass(x: number[][], layer: FusedLayer): number[][] {
  const out = Array.from(x, () => [] as number[]);
  for (let o = 0; o < layer.beta.length; o++) {
    const deviation = Math.sqrt(layer.variance[o]! + layer.epsilon);
    for (let p = 0; p < x.length; p++) {
      let sum = -layer.mean[o]!;
      for (let c = 0; c < layer.weight.length; c++) sum += layer.weight[c]![o]! * x[p]![c]!;
      out[p]![o] = Math.min(Math.max(layer.beta[o]! + (sum / deviation) * layer.gamma[o]!, 0), layer.most);
    }
  }
  return out;
}
function traffic({ input, output, weights, after }: Traffic, fused: boolean): number {
  if (fused) return input + output + weights;
  return input + weights + output + 2 * output * after;
}`,
);
