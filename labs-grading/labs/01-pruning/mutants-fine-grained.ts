import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

const [shape, mask, share, sensitivity] = ['histograms', 'fine-grained-prune', 'choose-sparsity', 'sensitivity'].map(slipsIn) as Slips;
const [reading, layer, choice, norm] = ['curves', 'allocation', 'sparsities', 'batch-norm'].map(slipsIn) as Slips;
const [update, network] = ['recovery', 'pruned'].map(slipsIn) as Slips;
type Slip = ReturnType<typeof slipsIn>;
type Slips = [Slip, Slip, Slip, Slip];

const measure = 'curves[name].push(await evaluate(applyMasks(model, { [name]: mask })));';
const oneMask = 'fineGrainedPrune(weightOf(model, name), sparsity)';
const oneThreshold = `const names = Object.keys(sparsities);
  const all = names.flatMap(name => Array.from(weightOf(model, name).data));
  const zeros = names.reduce((sum, name) => sum + sparsities[name]! * weightOf(model, name).data.length, 0);
  const mask = fineGrainedPrune(array([all.length], all), zeros / all.length);
  let from = 0;
  const masks = `;
const withoutMasks = `const masked = applyMasks(model, Object.fromEntries(masks));
  return withParameters(masked, Object.fromEntries(Object.keys(sparsities).map(name => [name, { mask: undefined }])));`;
const inOne = `const channels = batches[0]!.shape[1]!;
  const together = batches.flatMap(({ data }) => Array.from(data));
  batches = [array([together.length / channels, channels], together)];`;

export const fineGrainedMutants: readonly KnownMistake[] = [
  shape('two hills', 'There is one hill, not two', ["histogramShape = 'a'", "histogramShape = 'd'"]),
  shape('zeros save nothing yet', 'Nothing is saved before you prune.', ["histogramUse = 'c'", "histogramUse = 'a'"]),
  mask('signed importance', 'You ranked by signed value', ['Math.abs(value)', 'value']),
  mask('keeps the threshold', 'keep what is strictly above the threshold', ['value > threshold', 'value >= threshold']),
  mask('cuts off the number of zeros', 'rounded to the nearest whole number, not cut off', ['Math.round', 'Math.trunc']),
  mask('keeps what should go', 'Your mask keeps what should go', ['value > threshold', 'value <= threshold']),
  mask('sorts the weights themselves', 'Work on a copy', ['const importance', 'weight.data.sort();\n  const importance']),
  mask('sorts as text', 'The importances are sorted as text', ['importance.slice().sort()', 'Array.from(importance).sort()']),
  mask(
    'keeps what reaches the next',
    'Several weights have the importance of the threshold',
    ['pruned === 0 ? -1 : importance.slice().sort()[pruned - 1]!', 'importance.slice().sort()[pruned] ?? Infinity'],
    ['value > threshold', 'value >= threshold'],
  ),
  mask('drops zeros when nothing goes', 'With k = 0 all is kept', ['? -1', '? 0']),
  mask('takes sparsity for density', 'You pruned the share that should stay', ['* sparsity', '* (1 - sparsity)']),
  share('density', 'That is the density, the share that is kept.', ['0.7', '0.3']),
  sensitivity(
    'does not restore',
    'A layer stays pruned while the next one is scanned.',
    ['const curves', 'let now = model;\n  const curves'],
    [measure, 'now = applyMasks(now, { [name]: mask });\n      curves[name].push(await evaluate(now));'],
  ),
  sensitivity(
    'prunes all layers at once',
    'You pruned all layers at once.',
    [
      'const mask = fineGrainedPrune(weightOf(model, name), share);',
      'const masks = Object.fromEntries(names.map(other => [other, fineGrainedPrune(weightOf(model, other), share)]));',
    ],
    ['{ [name]: mask }', 'masks'],
  ),
  sensitivity(
    'prunes what is pruned already',
    'A layer stays pruned from one sparsity to the next.',
    ['curves[name] = [];', 'curves[name] = [];\n    let now = model;'],
    ['weightOf(model, name), share', 'weightOf(now, name), share'],
    [measure, 'now = applyMasks(now, { [name]: mask });\n      curves[name].push(await evaluate(now));'],
  ),
  reading('straight lines', 'The curves are no straight lines', ["scanTrend = 'b'", "scanTrend = 'a'"]),
  reading('size decides', 'The seventh convolution is twice as large as the sixth', ["scanLayers = 'd'", "scanLayers = 'b'"]),
  reading('the classifier', 'It bears a lot, but holds 0.3 % of the weights', ["scanBest = 'c'", "scanBest = 'b'"]),
  layer('no index', 'Each kept weight also needs its index: half a byte.', ['(32 + 4)', '32']),
  layer('counts the zeros', 'You counted the zeros, and no index.', ['value === 1', 'value === 0'], ['(32 + 4)', '32']),
  layer(
    'one threshold for the whole network',
    'You took one threshold for the whole network.',
    ['const masks = ', oneThreshold],
    [oneMask, "array(weightOf(model, name).shape, mask.data.slice(from, (from += weightOf(model, name).data.length)), 'uint8')"],
  ),
  layer('whole bytes for an index', 'An index has 4 bits, half a byte: it takes no whole byte.', ['(kept * (32 + 4)) / 8', 'kept * 5']),
  layer('prunes layers that are not named', 'Only the layers that are named are pruned.', [
    'Object.entries(sparsities)',
    "Object.keys(model.parameters).filter(name => name.endsWith('.kernel')).map(name => [name, sparsities[name]!] as const)",
  ]),
  layer('zeros without a mask', 'Set the mask too, not only the zeros', [
    'return applyMasks(model, Object.fromEntries(masks));',
    withoutMasks,
  ]),
  choice('one sparsity for all', 'One sparsity for all layers loses 0.05.', [
    '[0.3, 0.5, 0.6, 0.7, 0.7, 0.75, 0.75, 0.87, 0.5]',
    'weights.map(() => 0.78)',
  ]),
  choice('forgets the index', 'with its index each kept weight takes 4.5 bytes', ['0.75, 0.75, 0.87', '0.73, 0.73, 0.81']),
  norm(
    'standard deviation',
    'That is the standard deviation.',
    ['variance[c]! += column', 'variance[c]! += Math.sqrt(column'],
    ['column.length / batches.length', 'column.length) / batches.length'],
  ),
  norm('all batches in one', 'You threw all batches into one.', ['const channels = batches[0]!.shape[1]!;', inOne]),
  norm('believes the weights were trained', 'No weight changed', ["refreshAnswer = 'b'", "refreshAnswer = 'a'"]),
  update('no mask', 'Pruned weights came back', [' * mask[i]!', '']),
  update(
    'masks the gradient only',
    'You masked the gradient, but the velocity still moves pruned weights.',
    [' * mask[i]!', ''],
    ['gradient[i]!', 'gradient[i]! * mask[i]!'],
  ),
  update('masks before the update', 'You masked before the update', [
    '(w - rate * faster[i]!) * mask[i]!',
    'w * mask[i]! - rate * faster[i]!',
  ]),
  update('keeps the old velocity', 'The new velocity is returned too', ['velocity: faster', 'velocity']),
  update('masks the velocity', 'The mask is for the weights alone', ['velocity: faster', 'velocity: faster.map((v, i) => v * mask[i]!)']),
  network('never trained', 'Train the pruned network for one more epoch', [
    'const learningRate',
    'return pruneLayers(dense, sparsities);\n  const learningRate',
  ]),
  network('the dense network under other names', 'Pruned weights came back in training, or your map keeps too many.', [
    'const learningRate',
    `const others = Object.keys(dense.parameters).filter(name => /beta|bias/.test(name));
  const pairs = weights.flatMap((name, i) => [[name, others[i]!] as const, [others[i]!, name] as const]);
  const other = (name: string) => new Map(pairs).get(name) ?? name;
  return {
    ...dense,
    nodes: dense.nodes.map(node => ({
      ...node,
      parameters: Object.fromEntries(Object.entries(node.parameters).map(([role, name]) => [role, other(name)])),
    })),
    parameters: Object.fromEntries(Object.entries(dense.parameters).map(([name, parameter]) => [other(name), parameter])),
  };
  const learningRate`,
  ]),
  network('the dense network', 'Pruned weights came back in training, or your map keeps too many.', [
    'const learningRate',
    'return dense;\n  const learningRate',
  ]),
];
