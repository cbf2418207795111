import { type Question, question, type Random } from 'tinylab';

// A 1×1 convolution, its batch norm and its ReLU in one pass over memory.

/** A 1×1 convolution with what follows it. */
interface Fused {
  /** [inputs][outputs]. */
  readonly weight: readonly (readonly number[])[];
  readonly gamma: readonly number[];
  readonly beta: readonly number[];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly epsilon: number;
  /** The upper end of the activation. */
  readonly most: number;
}

interface Slips {
  readonly sum?: (sum: number, layer: Fused, o: number) => number;
  readonly clamp?: (value: number, most: number) => number;
}

const normalised = (value: number, { gamma, beta, mean, variance, epsilon }: Fused, o: number): number =>
  (beta[o] as number) + ((value - (mean[o] as number)) / Math.sqrt(epsilon + (variance[o] as number))) * (gamma[o] as number);

const ends = (value: number, most: number): number => [0, value, most].toSorted((a, b) => a - b)[1] as number;

/** Rows of outputs, one for each place. */
function passed(x: readonly (readonly number[])[], layer: Fused, { sum = normalised, clamp = ends }: Slips = {}): number[][] {
  return x.map(place =>
    layer.gamma.map((_, o) => {
      const products = place.map((v, c) => (layer.weight[c]?.[o] as number) * v);
      return clamp(
        sum(
          products.reduce((a, b) => a + b, 0),
          layer,
          o,
        ),
        layer.most,
      );
    }),
  );
}

function made(rng: Random): { x: number[][]; layer: Fused } {
  const [places, inputs, outputs] = [rng.int(5, 8), rng.int(3, 4), rng.int(9, 11)];
  const list = (n: number, low: number, high: number): number[] => Array.from({ length: n }, () => rng.uniform(low, high));
  return {
    x: Array.from({ length: places }, () => list(inputs, -3, 3)),
    layer: {
      weight: Array.from({ length: inputs }, () => list(outputs, -1.5, 1.5)),
      gamma: list(outputs, 1, 3),
      beta: list(outputs, 0.5, 2),
      mean: list(outputs, -1, 1),
      variance: list(outputs, 0.2, 3),
      epsilon: 0.05,
      most: 6,
    },
  };
}

const layerSlips: readonly (readonly [Slips, string])[] = [
  [{ sum: v => v }, 'The batch norm is missing: γ · (sum − mean) / √(variance + ε) + β.'],
  [{ clamp: v => v }, 'The activation is missing: clamp to 0 … most.'],
  [{ clamp: v => Math.max(0, v) }, 'The activation has an upper end too: `most`.'],
  [{ sum: (v, layer, o) => normalised(v, { ...layer, epsilon: 0 }, o) }, 'ε is missing: √(variance + ε).'],
  [
    { sum: (v, layer, o) => normalised(v, { ...layer, variance: layer.variance.map(s => (s + layer.epsilon) ** 2 - layer.epsilon) }, o) },
    'Divide by the root of variance + ε.',
  ],
  [{ sum: (v, layer, o) => normalised(v, { ...layer, mean: layer.mean.map(() => 0) }, o) }, 'The mean is missing.'],
  [{ sum: (v, layer, o) => normalised(v, { ...layer, beta: layer.beta.map(() => 0) }, o) }, 'β is missing.'],
  [{ sum: (v, layer, o) => normalised(ends(v, layer.most), layer, o), clamp: v => v }, 'First the batch norm, then the activation.'],
];

export const fusionQuestion: Question = question(
  'fusion',
  { points: 4, title: 'Three layers in one pass', uses: ['fusedPass', 'traffic'] },
  async q => {
    await q.part('pass', { points: 2 }, async () => {
      for (const { x, layer } of q.cases(6, made))
        q.close(await q.call('fusedPass', x, layer), passed(x, layer), {
          known: layerSlips.map(([slips, hint]) => [passed(x, layer, slips), hint] as const),
          hint: 'For each place and output: the sum of products, its batch norm, clamped to 0 … most; then it is stored.',
        });
    });
    await q.part('traffic', { points: 2 }, async () => {
      const sizes = q.cases(4, rng => ({
        input: rng.int(900, 1500),
        output: rng.int(2000, 4000),
        weights: rng.int(100, 500),
        after: rng.int(1, 4),
      }));
      for (const { input, output, weights, after } of sizes)
        for (const fused of [false, true]) {
          const once = input + weights + output;
          q.equal(q.asNumber(await q.call('traffic', { input, output, weights, after }, fused)), fused ? once : once + 2 * after * output, {
            known: [
              [fused ? once + 2 * after * output : once, 'The two cases have changed places.'],
              [fused ? -1 : once + after * output, 'A layer of its own reads all values **and** writes them.'],
              [fused ? -1 : once + 2 * output, 'Each of the layers that follow reads and writes the values.'],
              [(fused ? once : once + 2 * after * output) - weights, 'The weights are read too.'],
              [fused ? input + weights : -1, 'The output is written.'],
            ],
            hint: fused
              ? 'The input and the weights are read, the output is written: each once.'
              : 'And each of the layers that follow reads all of its input and writes as much.',
          });
        }
    });
  },
);
