import type { OtherStyle } from '../../../lab/mutant.ts';

// Questions 9 and 10: measured and trained work. A network that is trained otherwise is another answer, not another style of one; two of them
// show that nothing hangs on the lab's own.

const why = "const latencyAnswer = 'b';";

export const measuredStyles: readonly OtherStyle[] = [
  {
    question: 'latency',
    name: 'row by row',
    answer: `const measured = await deliver('latencies', () => ({
  dense: { macs: macs(dense), milliseconds: latency(dense, { batch: 8 }).medianMs },
  separable: { macs: macs(separable), milliseconds: latency(separable, { batch: 8 }).medianMs },
}));
${why}`,
  },
  {
    question: 'latency',
    name: 'from entries',
    answer: `const measured = await deliver('latencies', async () => {
  const rows = Object.entries({ separable, dense }).map(([name, net]) => {
    const { medianMs: milliseconds } = latency(net, { batch: 8 });
    return [name, { milliseconds, macs: flops(net) / 2 }] as const;
  });
  return Object.fromEntries(rows) as Record<'dense' | 'separable', { macs: number; milliseconds: number }>;
});
const latencyAnswer = 'B';`,
  },
  {
    question: 'latency',
    name: 'macs by hand',
    answer: `const measured = await deliver('latencies', async () => {
  const positions = 32 * 32;
  const time = (net: typeof dense): number => latency(net, { batch: 8 }).medianMs;
  return {
    dense: { macs: 2 * positions * 9 * 64 * 64, milliseconds: time(dense) },
    separable: { macs: 2 * positions * 64 * (9 + 64), milliseconds: time(separable) },
  };
});
const latencyAnswer = "b";`,
  },
  {
    question: 'latency',
    name: 'counted layer by layer',
    answer: `const measured = await deliver('latencies', async () => {
  const result = {} as Record<'dense' | 'separable', { macs: number; milliseconds: number }>;
  for (const net of [dense, separable]) {
    const work = layers(net).reduce((sum, layer) => sum + layer.macs, 0);
    result[net.name as 'dense' | 'separable'] = { macs: work, milliseconds: latency(net, { batch: 8 }).medianMs };
  }
  return result;
});
let latencyAnswer = ' b';`,
  },
  {
    question: 'train',
    name: 'another net, another schedule',
    answer: `const trained = await deliver('trained', async () => {
  const model = network('mine', [28, 28, 1], { seed: 3 })
    .conv2d(24, 3, { bias: false }).batchNorm().relu().maxPool(2)
    .conv2d(40, 3, { bias: false }).batchNorm().relu().maxPool(2)
    .conv2d(64, 3, { bias: false }).batchNorm().relu()
    .conv2d(64, 3, { bias: false }).batchNorm().relu()
    .globalAveragePool()
    .dense(10)
    .model();
  return await fit(model, train, { epochs: 5, seed: 2, optimizer: 'adam', learningRate: oneCycleSchedule(0.005), augment: { flip: true } });
});`,
  },
  {
    question: 'train',
    name: 'in two steps',
    answer: `const trained = await deliver('trained', async () => {
  const how = { seed: 4, weightDecay: 5e-4, augment: { flip: true } } as const;
  let model = vgg({ classes: 10, widths: [16, 'M', 32, 32, 'M', 64, 64], seed: 5 });
  model = await fit(model, train, { ...how, epochs: 4, learningRate: oneCycleSchedule(0.2) });
  model = await fit(model, train, { ...how, epochs: 1, learningRate: 0.005 });
  return model;
});`,
  },
];
