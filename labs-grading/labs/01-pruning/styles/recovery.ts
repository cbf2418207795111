import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 6 and 7 as other people write them. Of the network that is trained on, two show that nothing hangs on the lab's
// own way.

const step = (name: string, body: string): OtherStyle => ({
  question: 'recovery',
  name,
  answer: body,
});

const statistics = (name: string, body: string, why = "'b'"): OtherStyle => ({
  question: 'batch-norm',
  name,
  answer: `${body}\nconst refreshAnswer = ${why};`,
});

export const recoveryStyles: readonly OtherStyle[] = [
  statistics(
    'two passes of chains',
    `const averageOf = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
function averageStatistics(batches: NDArray[]): { mean: number[]; variance: number[] } {
  const columns = (batch: NDArray): number[][] =>
    Array.from({ length: batch.shape[1]! }, (_, c) => Array.from(batch.data).filter((_, i) => i % batch.shape[1]! === c));
  const own = batches.map(batch => columns(batch).map(column => {
    const mean = averageOf(column);
    return { mean, variance: averageOf(column.map(v => (v - mean) ** 2)) };
  }));
  const over = (key: 'mean' | 'variance') => own[0]!.map((_, c) => averageOf(own.map(batch => batch[c]![key])));
  return { mean: over('mean'), variance: over('variance') };
}`,
  ),
  statistics(
    'mean of squares, typed arrays',
    `function averageStatistics(batches: NDArray[]) {
  const channels = batches[0]!.shape[1]!;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  for (const { shape, data } of batches) {
    const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
    data.forEach((v, i) => { sum[i % channels]! += v; squares[i % channels]! += v * v; });
    for (let c = 0; c < channels; c++) {
      const m = sum[c]! / shape[0]!;
      mean[c]! += m;
      variance[c]! += squares[c]! / shape[0]! - m * m;
    }
  }
  return { mean: Array.from(mean, v => v / batches.length), variance: Array.from(variance, v => v / batches.length) };
}`,
    "'B'",
  ),
  statistics(
    'tensors',
    `import { tf as flow } from 'tinylab';
function averageStatistics(batches: NDArray[]): { mean: number[]; variance: number[] } {
  return flow.tidy(() => {
    const moments = batches.map(({ shape, data }) => flow.moments(flow.tensor2d(Float32Array.from(data), [shape[0]!, shape[1]!]), 0));
    const over = (key: 'mean' | 'variance'): number[] => Array.from(flow.mean(flow.stack(moments.map(m => m[key])), 0).dataSync());
    return { mean: over('mean'), variance: over('variance') };
  });
}`,
  ),
  statistics(
    'running means, async',
    `async function averageStatistics(batches: NDArray[]) {
  const mean: number[] = [];
  const variance: number[] = [];
  for (let c = 0; c < batches[0]!.shape[1]!; c++) {
    let [means, variances] = [0, 0];
    for (const { shape: [rows = 0, columns = 0], data } of batches) {
      let [m, s] = [0, 0];
      for (let row = 0; row < rows; row++) {
        const value = data[row * columns + c]!;
        const before = m;
        m += (value - m) / (row + 1);
        s += (value - m) * (value - before);
      }
      means += m;
      variances += s / rows;
    }
    mean.push(means / batches.length);
    variance.push(variances / batches.length);
  }
  return { variance, mean };
}`,
    "'b '",
  ),
  step(
    'a loop',
    `function maskedStep({ weight, velocity, gradient, mask }: Update, rate: number) {
  const next = { weight: [] as number[], velocity: [] as number[] };
  for (let i = 0; i < weight.length; i++) {
    const v = gradient[i]! + velocity[i]! * 0.9;
    next.velocity.push(v);
    next.weight.push(mask[i] === 1 ? weight[i]! - v * rate : 0);
  }
  return next;
}`,
  ),
  step(
    'typed arrays',
    `function maskedStep(u: Update, rate: number): { weight: number[]; velocity: number[] } {
  const velocity = Float64Array.from(u.velocity, (v, i) => 0.9 * v + u.gradient[i]!);
  const weight = Float64Array.from(u.weight, (w, i) => u.mask[i]! * w - u.mask[i]! * rate * velocity[i]!);
  return { weight: Array.from(weight), velocity: Array.from(velocity) };
}`,
  ),
  step(
    'copies, changed in place',
    `const maskedStep = (given: Update, rate: number) => {
  const [weight, velocity] = [[...given.weight], [...given.velocity]];
  given.gradient.forEach((g, i) => (velocity[i] = velocity[i]! * 0.9 + g));
  velocity.forEach((v, i) => (weight[i]! -= rate * v));
  given.mask.forEach((m, i) => { if (!m) weight[i] = 0; });
  return { weight, velocity };
};`,
  ),
  step(
    'tensors, async',
    `import { tf as flow } from 'tinylab';
async function maskedStep({ weight, velocity, gradient, mask }: Update, rate: number) {
  const v = flow.add(flow.mul(0.9, velocity), gradient);
  const w = flow.mul(flow.sub(weight, flow.mul(rate, v)), mask);
  return { weight: Array.from(await w.data()), velocity: Array.from(await v.data()) };
}`,
  ),
  {
    question: 'pruned',
    name: 'Adam, in two epochs',
    answer: `const pruned = await deliver('pruned', async () =>
  fit(pruneLayers(dense, sparsities), train, { epochs: 2, seed: 7, optimizer: 'adam', learningRate: cosineSchedule(0.0005), augment: { flip: true } }),
);`,
  },
  {
    question: 'pruned',
    name: 'statistics first',
    answer: `const pruned = await deliver('pruned', async () => {
  const start = await refreshBatchNorm(pruneLayers(dense, sparsities), train);
  return await fit(start, train, { epochs: 1, seed: 3, learningRate: cosineSchedule(0.02), weightDecay: 5e-4, augment: { flip: true } });
});`,
  },
];
