import type { Benchmark, Sample } from './result.ts';

const seeds = [1, 2, 3, 4, 5];

/** What bfloat16 costs in accuracy: a small network of convolutions on Fashion-MNIST, two epochs from each seed, in float32 and in bf16. */
const run: Benchmark = async ({ log }) => {
  const { accuracy, fit, loadDataset, vgg } = await import('../../lib/index.ts');
  const { train, test } = await loadDataset('fashion-mnist');
  const shares = { float32: [] as number[], bf16: [] as number[] };
  for (const seed of seeds) {
    for (const precision of ['float32', 'bf16'] as const) {
      const start = vgg({ input: [28, 28, 1], widths: [16, 'M', 32, 'M', 64], classes: 10, seed });
      const began = performance.now();
      const trained = await fit(start, train, { epochs: 2, seed, precision });
      const share = 100 * accuracy(trained, test);
      shares[precision].push(share);
      log(`seed ${seed}, ${precision.padEnd(8)} ${share.toFixed(2)} %   ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
  }
  const differences = shares.bf16.map((share, i) => share - (shares.float32[i] as number));
  const rows = [
    `float32 ${told(shares.float32)}`,
    `bf16 ${told(shares.bf16)}`,
    `bf16 - float32, the same seed ${told(differences)}, standard error of the mean ${(spread(differences) / Math.sqrt(seeds.length)).toFixed(2)}`,
  ];
  return {
    name: 'Test accuracy after two epochs, bf16 beside float32',
    unit: '% right',
    ours: sample(shares.bf16),
    peers: { float32: sample(shares.float32) },
    rows,
  };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

const told = (values: readonly number[]): string => `mean ${mean(values).toFixed(2)}, standard deviation ${spread(values).toFixed(2)}`;

function sample(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] as number, median: sorted[sorted.length >> 1] as number, n: sorted.length };
}

export default run;
