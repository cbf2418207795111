import type { Mutant } from '../../lab/mutant.ts';

const histograms = (shape: string, use: string): string => `const histogramShape = '${shape}';\nconst histogramUse = '${use}';`;

const prune = ({ importance = 'Math.abs(value)', zeros = 'Math.round(n * sparsity)', keep = 'score > threshold' }): string => `
function fineGrainedPrune(weight: NDArray, sparsity: number): NDArray {
  const scores = Float32Array.from(weight.data, value => ${importance});
  const n = scores.length;
  const pruned = ${zeros};
  const threshold = pruned === 0 ? -1e9 : scores.slice().sort()[pruned - 1]!;
  return array(weight.shape, Uint8Array.from(scores, score => (${keep} ? 1 : 0)), 'uint8');
}`;

const scan = (body: string): string => `type Evaluate = (model: Model) => number | Promise<number>;
interface Scan { names: string[]; sparsities: number[]; }
async function sensitivityScan(model: Model, evaluate: Evaluate, { names, sparsities }: Scan): Promise<Record<string, number[]>> {
  const curves: Record<string, number[]> = {};
  const masked = (of: Model, name: string, share: number) => applyMasks(of, { [name]: fineGrainedPrune(weight(model, name), share) });
  ${body}
  return curves;
}`;

const curves = (trend: string, layers: string, best: string): string =>
  `const scanTrend = '${trend}';\nconst scanLayers = '${layers}';\nconst scanBest = '${best}';`;

const bytes = 'return (mask.data.filter(value => value === 1).length * 36) / 8;';
const layers =
  'return applyMasks(model, Object.fromEntries(Object.entries(sparsities).map(([name, share]) => [name, fineGrainedPrune(weight(model, name), share)])));';
const allocation = ({ stored = bytes, prune: body = layers }): string => `
function storedBytes(mask: NDArray): number {
  ${stored}
}
function pruneLayers(model: Model, sparsities: Record<string, number>): Model {
  ${body}
}`;
const oneThreshold = `const names = Object.keys(sparsities);
  const all = names.flatMap(name => Array.from(weight(model, name).data));
  const zeros = names.reduce((sum, name) => sum + sparsities[name]! * weight(model, name).data.length, 0);
  const mask = fineGrainedPrune(array([all.length], all), zeros / all.length);
  let from = 0;
  const masks = names.map(name => {
    const { shape, data } = weight(model, name);
    from += data.length;
    return [name, array(shape, mask.data.slice(from - data.length, from), 'uint8')] as const;
  });
  return applyMasks(model, Object.fromEntries(masks));`;
const zerosOnly = `const masked = (${layers.replace('return ', '').replace(';', '')});
  return withParameters(masked, Object.fromEntries(Object.keys(sparsities).map(name => [name, { mask: undefined }])));`;

const map = (list: string): string =>
  `const sparsities: Record<string, number> = Object.fromEntries(weights.map((name, i) => [name, (${list})[i % 9]!]));`;

const statistics = (body: string, answer = 'b'): string => `
function averageStatistics(batches: NDArray[]): { mean: number[]; variance: number[] } {
  const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const column = ({ shape, data }: NDArray, c: number) => Array.from({ length: shape[0]! }, (_, r) => data[r * shape[1]! + c]!);
  const variance = (values: number[]) => average(values.map(value => (value - average(values)) ** 2));
  const channels = [...Array(batches[0]!.shape[1]!).keys()];
  ${body}
}
const refreshAnswer = '${answer}';`;
const rightStatistics = `return {
    mean: channels.map(c => average(batches.map(batch => average(column(batch, c))))),
    variance: channels.map(c => average(batches.map(batch => variance(column(batch, c))))),
  };`;

const step = (body: string): string => `interface Update { weight: number[]; velocity: number[]; gradient: number[]; mask: number[]; }
function maskedStep({ weight, velocity, gradient, mask }: Update, rate: number): { weight: number[]; velocity: number[] } {
  ${body}
}`;

const pruned = (work: string): string => `const pruned = await deliver('pruned', async () => ${work});`;

const of =
  (question: string) =>
  (name: string, answer: string, hint: string): Mutant => ({ question, name, answer, hint });
const [shape, mask, share, sensitivity] = [of('histograms'), of('fine-grained-prune'), of('choose-sparsity'), of('sensitivity')];
const [reading, layer, choice, norm] = [of('curves'), of('allocation'), of('sparsities'), of('batch-norm')];
const [update, network] = [of('recovery'), of('pruned')];

export const fineGrainedMutants: readonly Mutant[] = [
  shape('two hills', histograms('d', 'c'), 'There is one hill, not two'),
  shape('zeros save nothing yet', histograms('a', 'a'), 'Nothing is saved before you prune.'),
  mask('signed importance', prune({ importance: 'value' }), 'You ranked by signed value'),
  mask('keeps the threshold', prune({ keep: 'score >= threshold' }), 'keep what is strictly above the threshold'),
  mask('cuts off the number of zeros', prune({ zeros: 'Math.trunc(n * sparsity)' }), 'rounded to the nearest whole number, not cut off'),
  mask('keeps what should go', prune({ keep: '!(score > threshold)' }), 'Your mask keeps what should go'),
  mask('takes sparsity for density', prune({ zeros: 'n - Math.round(n * sparsity)' }), 'You pruned the share that should stay'),
  share('density', 'const keepTwelve = 0.3;', 'That is the density, the share that is kept.'),
  sensitivity(
    'does not restore',
    scan(
      'let now = model;\n  for (const name of names) { curves[name] = []; for (const s of sparsities) { now = masked(now, name, s); curves[name]!.push(await evaluate(now)); } }',
    ),
    'A layer stays pruned while the next one is scanned.',
  ),
  sensitivity(
    'prunes all layers at once',
    scan(
      'for (const name of names) { curves[name] = []; for (const s of sparsities) curves[name]!.push(await evaluate(names.reduce((net, n) => masked(net, n, s), model))); }',
    ),
    'You pruned all layers at once.',
  ),
  reading('straight lines', curves('a', 'd', 'c'), 'The curves are no straight lines'),
  reading('size decides', curves('b', 'b', 'c'), 'The seventh convolution is twice as large as the sixth'),
  reading('the classifier', curves('b', 'd', 'b'), 'It bears a lot, but holds 0.3 % of the weights'),
  layer(
    'no index',
    allocation({ stored: 'return 4 * mask.data.filter(value => value === 1).length;' }),
    'Each kept weight also needs its index: half a byte.',
  ),
  layer(
    'counts the zeros',
    allocation({ stored: 'return 4 * mask.data.filter(value => value === 0).length;' }),
    'You counted the zeros, and no index.',
  ),
  layer('one threshold for the whole network', allocation({ prune: oneThreshold }), 'You took one threshold for the whole network.'),
  layer('zeros without a mask', allocation({ prune: zerosOnly }), 'Set the mask too, not only the zeros'),
  choice('one sparsity for all', map('[0.78, 0.78, 0.78, 0.78, 0.78, 0.78, 0.78, 0.78, 0.78]'), 'One sparsity for all layers loses 0.05.'),
  choice('forgets the index', map('[0.3, 0.5, 0.6, 0.7, 0.7, 0.73, 0.73, 0.81, 0.5]'), 'with its index each kept weight takes 4.5 bytes'),
  norm(
    'standard deviation',
    statistics(rightStatistics.replace('variance(column(batch, c))', 'Math.sqrt(variance(column(batch, c)))')),
    'That is the standard deviation.',
  ),
  norm(
    'all batches in one',
    statistics(
      'const all = (c: number) => batches.flatMap(batch => column(batch, c));\n  return { mean: channels.map(c => average(all(c))), variance: channels.map(c => variance(all(c))) };',
    ),
    'You threw all batches into one.',
  ),
  norm('believes the weights were trained', statistics(rightStatistics, 'a'), 'No weight changed'),
  update(
    'no mask',
    step(
      'const v = velocity.map((old, i) => 0.9 * old + gradient[i]!);\n  return { weight: weight.map((w, i) => w - rate * v[i]!), velocity: v };',
    ),
    'Pruned weights came back',
  ),
  update(
    'masks the gradient only',
    step(
      'const v = velocity.map((old, i) => 0.9 * old + gradient[i]! * mask[i]!);\n  return { weight: weight.map((w, i) => w - rate * v[i]!), velocity: v };',
    ),
    'You masked the gradient, but the velocity still moves pruned weights.',
  ),
  update(
    'masks before the update',
    step(
      'const v = velocity.map((old, i) => 0.9 * old + gradient[i]!);\n  return { weight: weight.map((w, i) => w * mask[i]! - rate * v[i]!), velocity: v };',
    ),
    'You masked before the update',
  ),
  network('never trained', pruned('pruneLayers(dense, sparsities)'), 'Train the pruned network for one more epoch'),
  network('the dense network', pruned('dense'), 'Pruned weights came back in training, or your map keeps too many.'),
];
