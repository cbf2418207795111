import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

const [surgery, which, network] = [slipsIn('channels'), slipsIn('importance'), slipsIn('narrow')];
const [time, why, choice] = [slipsIn('latency'), slipsIn('half-the-macs'), slipsIn('comparison')];

const norm = 'Math.sqrt(reading.reduce((total, value) => total + value ** 2, 0))';
const sorted = 'keepChannels(layer, next, order)';

export const channelMutants: readonly KnownMistake[] = [
  surgery('cuts off', 'Round to the nearest whole number; you cut off.', ['Math.round', 'Math.floor']),
  surgery('counts what goes', 'That is how many go.', ['(1 - ratio)', 'ratio']),
  surgery('mask along the wrong axis', 'Your mask lies along the input channels.', [
    'i % outputs',
    'Math.floor(i / outputs) % kernel.shape[2]!',
  ]),
  surgery('mask by the size of another axis', 'Your mask counts channels by the size of another axis.', [
    'kernel.shape.at(-1)!',
    'kernel.shape[2]!',
  ]),
  surgery(
    'batch norm not cut',
    'Batch norm still has all channels',
    ...(['gamma', 'beta', 'mean', 'variance'] as const).map(role => [`gather(layer.${role}, 0, keep)`, `layer.${role}`] as const),
  ),
  surgery('next layer not cut', 'The next layer still reads all channels', ['gather(next, next.shape.length - 2, keep)', 'next']),
  surgery('first channels', 'You kept the first channels. Keep those that `keep` lists.', [
    'const cut: ConvLayer',
    'keep = keep.map((_, i) => i);\n  const cut: ConvLayer',
  ]),
  surgery('input channels of the layer itself', 'You cut the input channels of the layer itself.', ['layer.kernel, 3', 'layer.kernel, 2']),
  surgery('residual branch on one side', 'The sum would add 15 channels to 16', ["residualAnswer = 'c'", "residualAnswer = 'a'"]),
  which('output channels', 'Those are norms of output channels.', ['weight.shape.length - 2', 'weight.shape.length - 1']),
  which('signed sum', 'You added up signed weights', [norm, 'reading.reduce((total, value) => total + value, 0)']),
  which('L1', 'That is the L1 norm.', [norm, 'reading.reduce((total, value) => total + Math.abs(value), 0)']),
  which('next inputs not permuted', 'The inputs of the next layer are not permuted', [sorted, `{ ...${sorted}, next }`]),
  which('batch norm not permuted', 'Batch norm is not permuted', [
    sorted,
    `{ ...${sorted}, layer: { ...layer, kernel: ${sorted}.layer.kernel } }`,
  ]),
  which('sorts as text', 'You ranked the norms as text', [
    '.sort((a, b) => importance[b]! - importance[a]!)',
    '.sort((a, b) => (String(importance[b]) > String(importance[a]) ? 1 : -1))',
  ]),
  which('does not sort', 'Nothing is sorted', [sorted, '{ layer, next }']),
  which('least important first', 'The most important channel comes first', [
    'importance[b]! - importance[a]!',
    'importance[a]! - importance[b]!',
  ]),
  network('never trained', 'Sort before you cut, then fine-tune for an epoch', ['return fit(start', 'return start;\n  return fit(start']),
  network(
    'ratio of 0.1',
    'Remove 30 % of the channels of every convolution but the last.',
    ['dense, 0.3', 'dense, 0.1'],
    ['return fit(start', 'return start;\n  return fit(start'],
  ),
  time('FLOPs for MACs', 'Those are FLOPs', ['macs: macs(model)', 'macs: 2 * macs(model)'], ['latency(model).medianMs', '1']),
  why('rounding explains it', 'Rounding moves a layer by a channel or so.', ["macsAnswer = 'b'", "macsAnswer = 'a'"]),
  why('blames the zeros', 'No weight is 0 here', ["latencyAnswer = 'd'", "latencyAnswer = 'c'"]),
  choice('a dense kernel skips zeros', 'A dense kernel multiplies by zeros like by any number', ["phoneAnswer = 'c'", "phoneAnswer = 'a'"]),
  choice('removes fewer weights', 'The other way round', ["compareAnswer = 'a'", "compareAnswer = 'b'"]),
];
