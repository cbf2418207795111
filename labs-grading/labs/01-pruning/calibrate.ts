import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accuracy,
  applyMasks,
  cosineSchedule,
  type Dataset,
  fit,
  loadDataset,
  type Model,
  macs,
  mlp,
  type NDArray,
  pretrained,
  refreshBatchNorm,
  vgg,
  withParameters,
} from 'tinylab';
import {
  keepChannels,
  keptWeights,
  layersPruned,
  maskOf,
  nextMask,
  norms,
  ranked,
  times,
  weightNames,
  weightOf,
} from '../../../notebooks/01-pruning/reference.ts';

// Measures what the bars of Lab 01 rest on, over five seeds: node labs-grading/labs/01-pruning/calibrate.ts. Ten minutes on two quiet cores.

const seeds = [0, 1, 2, 3, 4];
const splits = await loadDataset('fashion-mnist');
const { train, validation, test } = splits;
const { hiddenFashionMnist } = await import('../../data/fashion-mnist/hidden.ts');
const hidden = hiddenFashionMnist();
const dense = pretrained('fashion-mnist-vgg');
const names = weightNames(dense);
const round = (x: number): number => Math.round(x * 1e4) / 1e4;
const on = (model: Model): number[] => [validation, test, hidden].map((data: Dataset) => round(accuracy(model, data)));
const report: Record<string, unknown> = { images: ['validation', 'test', 'hidden'], seeds, dense: on(dense) };
const record = (name: string, value: unknown): void => {
  report[name] = value;
  process.stdout.write(`${name}: ${JSON.stringify(value)}\n`);
};

const tune = (model: Model, peak: number, options: { epochs: number; seed: number }): Promise<Model> =>
  fit(model, train, { ...options, learningRate: cosineSchedule(peak), weightDecay: 5e-4, augment: { flip: true } });

const pruned = (map: readonly number[]): Model => layersPruned(dense, Object.fromEntries(names.map((name, i) => [name, map[i] as number])));

async function fineGrained(): Promise<void> {
  const maps = { uniform: names.map(() => 0.78), perLayer: [0.3, 0.5, 0.6, 0.7, 0.7, 0.75, 0.75, 0.85, 0.5] };
  for (const [map, sparsities] of Object.entries(maps)) {
    const model = pruned(sparsities);
    record(`fine-grained ${map}: kept weights, accuracy one-shot`, [keptWeights(model), ...on(model)]);
    const refreshed = await Promise.all(seeds.map(async seed => on(await refreshBatchNorm(model, train, { seed }))));
    record(`fine-grained ${map}: refreshed`, refreshed);
  }
  for (const epochs of [1, 2]) {
    const runs: number[][] = [];
    for (const seed of seeds) runs.push(on(await tune(pruned(maps.perLayer), 0.02, { epochs, seed })));
    record(`fine-grained perLayer: ${epochs} epochs at 0.02`, runs);
  }
  record('fine-grained uniform: 1 epoch at 0.02', [on(await tune(pruned(maps.uniform), 0.02, { epochs: 1, seed: 0 }))]);
}

type Order = (next: NDArray) => number[];

/** The dense network with 70 % of the channels of each convolution but the last. */
function narrow(order: Order): Model {
  const widths = [8, 16, 32, 64, 64, 128, 128, 128];
  const kept = widths.map((width, i) => (i < 7 ? Math.round(0.7 * width) : width));
  const [a, b, c, d, e, f, g, h] = kept as [number, number, number, number, number, number, number, number];
  const small = vgg({ widths: [a, b, 'M', c, d, 'M', e, f, 'M', g, h] });
  const values = Object.fromEntries(Object.entries(dense.parameters).map(([name, { value }]) => [name, value]));
  for (let i = 0; i < 7; i++) {
    const [norm, next] = [`batch-norm-${i + 1}`, names[i + 1] as string];
    const at = (name: string): NDArray => values[name] as NDArray;
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(role => at(`${norm}.${role}`)) as [
      NDArray,
      NDArray,
      NDArray,
      NDArray,
    ];
    const keep = order(at(next)).slice(0, kept[i]);
    const cut = keepChannels({ layer: { kernel: at(names[i] as string), gamma, beta, mean, variance }, next: at(next) }, keep);
    const { kernel, ...statistics } = cut.layer;
    values[names[i] as string] = kernel;
    values[next] = cut.next;
    for (const [role, value] of Object.entries(statistics)) values[`${norm}.${role}`] = value;
  }
  return withParameters(small, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])));
}

async function channels(): Promise<void> {
  const orders: Record<string, Order> = {
    sorted: next => ranked(norms(next)),
    first: next => norms(next).map((_, c) => c),
    reverse: next => ranked(norms(next)).reverse(),
  };
  for (const [name, order] of Object.entries(orders)) {
    const model = narrow(order);
    record(`channels ${name}: MACs, share of dense, one-shot`, [macs(model), round(macs(model) / macs(dense)), ...on(model)]);
    const refreshed: number[][] = [];
    for (const seed of seeds) refreshed.push(on(await refreshBatchNorm(model, train, { seed })));
    record(`channels ${name}: refreshed`, refreshed);
  }
  for (const epochs of [1, 2]) {
    const runs: number[][] = [];
    for (const seed of seeds) runs.push(on(await tune(narrow(orders.sorted as Order), 0.05, { epochs, seed })));
    record(`channels sorted: ${epochs} epochs at 0.05`, runs);
  }
}

const early = 78;
const train78 = (model: Model, seed: number): Promise<Model> =>
  fit(model, train, { steps: early, seed, optimizer: 'adam', learningRate: 0.0012 });

async function tickets(): Promise<void> {
  const start = mlp({ seed: 1 });
  const kernels = weightNames(start);
  let masks = Object.fromEntries(kernels.map(name => [name, maskOf(weightOf(start, name), 0)]));
  const begin = performance.now();
  for (let turn = 1; turn <= 5; turn++) {
    const trained = await fit(applyMasks(start, masks), train, { epochs: 2, seed: turn, optimizer: 'adam', learningRate: 0.0012 });
    masks = Object.fromEntries(
      kernels.map(name => {
        const rate = name.startsWith('dense-3') ? 0.2 : 0.45;
        return [name, nextMask({ initial: weightOf(start, name), trained: weightOf(trained, name), mask: masks[name] as NDArray }, rate)];
      }),
    );
    const density = keptWeights(applyMasks(start, Object.fromEntries(kernels.map(n => [n, masks[n] as NDArray])))) / 266_200;
    const rows: number[][] = [];
    for (const seed of seeds) {
      const fresh = mlp({ seed: 100 + seed });
      const shuffled = withParameters(
        start,
        Object.fromEntries(kernels.map(n => [n, { mask: masks[n], value: times(weightOf(fresh, n), masks[n] as NDArray) }])),
      );
      rows.push([on(await train78(applyMasks(start, masks), seed))[1] as number, on(await train78(shuffled, seed))[1] as number]);
    }
    const seconds = Math.round((performance.now() - begin) / 1000);
    record(`ticket, round ${turn}, density ${round(density)}, ${seconds} s: test after ${early} steps, [ticket, drawn anew]`, rows);
  }
}

/** What a mask is worth that no training chose: the largest initial values, and any. */
async function masksWithoutTraining(): Promise<void> {
  const start = mlp({ seed: 1 });
  const kernels = weightNames(start);
  for (const [kind, of] of Object.entries({ 'largest at first': start, any: mlp({ seed: 3 }) })) {
    const masks = Object.fromEntries(kernels.map(name => [name, maskOf(weightOf(of, name), name === 'dense-3.kernel' ? 0.59 : 0.91)]));
    const rows: number[][] = [];
    for (const seed of seeds) {
      const fresh = mlp({ seed: 100 + seed });
      const other = applyMasks(fresh, masks);
      rows.push([on(await train78(applyMasks(start, masks), seed))[1] as number, on(await train78(other, seed))[1] as number]);
    }
    record(`masks without training, ${kind}: test after ${early} steps, [first values, drawn anew]`, rows);
  }
}

const parts: Record<string, () => Promise<void>> = { 'fine-grained': fineGrained, channels, tickets, masksWithoutTraining };
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part();
if (asked.length === 0) writeFileSync(join(import.meta.dirname, 'bands.json'), `${JSON.stringify(report, null, 1)}\n`);
