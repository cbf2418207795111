import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';
import { depthwiseMutants } from './mutants-depthwise.ts';
import { groupMutants } from './mutants-groups.ts';

const kMeans = slipsIn('k-means');
const size = slipsIn('code-book-size');
const training = slipsIn('code-book-training');
const linear = slipsIn('linear-quantize');
const grid = slipsIn('scale-and-zero-point');
const channel = slipsIn('per-channel');
const fold = slipsIn('fold-batch-norm');
const scales = slipsIn('bias-and-multiplier');
const dense = slipsIn('integer-dense');
const conv = slipsIn('integer-conv');
const input = slipsIn('input-grid');

const accumulator = slipsIn('accumulators');
const clip = slipsIn('calibration');
const straight = slipsIn('straight-through');
const pair = slipsIn('equalization');
const recovered = slipsIn('recovered');
const mixed = slipsIn('mixed-precision');
const own = slipsIn('program');
const trained = slipsIn('trained-rounded');

const mutants: readonly KnownMistake[] = [
  ...groupMutants,
  kMeans(
    '2^b - 1 clusters',
    'one entry too few',
    ['const count = 2 ** bits;', 'const count = 2 ** bits - 1;'],
    ['/ (count - 1)', '/ Math.max(1, count - 1)'],
  ),
  kMeans('centroids never move', 'The centroids never moved', ['for (;;) {', 'return { codebook, labels };\n  for (;;) {']),
  kMeans('an empty cluster is 0 / 0', '0 is divided by 0', ['members[k]! > 0 ? sums[k]! / members[k]! : old', 'sums[k]! / members[k]!']),
  kMeans('an empty cluster jumps to 0', 'jumped to 0', ['/ members[k]! : old', '/ members[k]! : 0']),
  kMeans('the largest weight is not sought in front', 'leaves out a weight at an end of the list', [
    'weights.reduce((a, b) => Math.max(a, b))',
    'weights.slice(1).reduce((a, b) => Math.max(a, b))',
  ]),
  kMeans('one round', 'The centroids moved once', [
    'if (next.every((label, i) => label === labels[i])) return',
    'labels = next;\n    return',
  ]),
  kMeans('labels from 1', 'Labels count from 0', [
    'return { codebook, labels };',
    'return { codebook, labels: labels.map(label => label + 1) };',
  ]),
  size('no code book', 'Without the code book', ['6944', '6912']),
  size('bits for bytes', 'a number of bits', ['6944', '55552']),
  size('bits for values', 'the number of bits', ['= 16', '= 4']),
  size('moved by batch norm', 'they are the means', ["'c'", "'b'"]),
  training('uphill', 'You went uphill', ['-= rate', '+= rate']),
  training('no rate', 'The learning rate is missing', ['rate * gradient', 'gradient']),
  training('0 / 0', 'became 0 / 0', [
    'members.length > 0 ? members.reduce((a, b) => a + b, 0) / members.length : old',
    'members.reduce((a, b) => a + b, 0) / members.length',
  ]),
  training('sums for means', 'Those are sums', ['/ members.length : old', ': old']),
  training('writes into the code book that it was given', 'Work on a copy', ['const moved = [...codebook];', 'const moved = codebook;']),
  linear('cuts off', 'You cut off', ['Math.round', 'Math.trunc']),
  linear('no clamp', 'Some lie beyond', [
    'Math.min(high, Math.max(low, Math.round(r / scale) + zeroPoint))',
    'Math.round(r / scale) + zeroPoint',
  ]),
  linear('wrong sign', 'The zero point has the wrong sign', ['+ zeroPoint', '- zeroPoint']),
  linear('multiplies', 'Divide by the scale', ['r / scale', 'r * scale']),
  grid(
    'not widened',
    'The range must hold 0',
    ['Math.min(0, ...values)', 'Math.min(...values)'],
    ['Math.max(0, ...values)', 'Math.max(...values)'],
  ),
  grid('scale of the maximum', 'That is the scale of the largest value alone', ['(high - low) /', 'high /']),
  grid('2^b steps', '2^b integers have', ['(last - first)', '(last - first + 1)']),
  grid('zero point not rounded', 'A zero point is an integer', ['Math.round(first - low / scale)', 'first - low / scale']),
  grid('wrong sign', 'Wrong sign', ['first - low / scale', 'first + low / scale']),
  grid('a constant tensor becomes 0', 'Only values that are all alike go wrong', [
    'const low = Math.min(0, ...values);',
    'if (values.every(v => v === values[0])) return { scale: 1, zeroPoint: 0 };\n  const low = Math.min(0, ...values);',
  ]),
  channel(
    'wrong axis',
    'Those are scales of the inputs',
    ['Array.from({ length: rows }', 'Array.from({ length: columns }'],
    ['weight.data.slice(r * columns, (r + 1) * columns)', 'weight.data.filter((_, i) => i % columns === r)'],
  ),
  channel('one scale for all', 'That is one scale for the whole weight', [
    'weight.data.slice(r * columns, (r + 1) * columns)',
    'weight.data',
  ]),
  channel('more integers', 'The number of bits is the same', ["'b'", "'a'"]),
  fold('no epsilon', 'Epsilon is missing', ['norm.variance[o]! + norm.epsilon', 'norm.variance[o]!']),
  fold('variance for deviation', 'Divide by the standard deviation', [
    'Math.sqrt(norm.variance[o]! + norm.epsilon)',
    '(norm.variance[o]! + norm.epsilon)',
  ]),
  fold('no mean', 'The mean is missing', ['(b - norm.mean[o]!)', 'b']),
  scales('scale of the weights only', 'That is the scale of the weights alone', ['inputScale * weightScales[o]!', 'weightScales[o]!']),
  scales('not rounded', 'round', ['Math.round(b / (inputScale * weightScales[o]!))', 'b / (inputScale * weightScales[o]!)']),
  scales('one doubling too many', 'One doubling too many', ['< 0.5', '< 1']),
  dense('zero point forgotten', 'The input’s zero point is missing', ['(x[i]! - inputZeroPoint)', 'x[i]!']),
  dense('zero point added', 'The input’s zero point has the wrong sign', ['(x[i]! - inputZeroPoint)', '(x[i]! + inputZeroPoint)']),
  dense('output zero point forgotten', 'The output’s zero point is missing', [' + outputZeroPoint;', ';']),
  dense('wraps', 'wrapped around', ['return Math.min(127, Math.max(-128, q));', 'return (q << 24) >> 24;']),
  dense(
    'bias after the multiplier',
    'The bias has the scale of the products',
    ['let sum = bias[o]!;', 'let sum = 0;'],
    ['Math.round(multiplier[o]! * sum)', 'Math.round(multiplier[o]! * sum + bias[o]!)'],
  ),
  dense('an addition that wraps', 'two large values became a small one', [
    'return Math.min(127, Math.max(-128, stored));',
    'return (stored << 24) >> 24;',
  ]),
  dense('integers added as they are', 'cannot be added as they are', [
    'const stored = Math.round(real / out.scale) + out.zeroPoint;',
    'const stored = first + b.q[i]!;',
  ]),
  conv(
    'padding by 0',
    'The border holds 0',
    [
      'if (row < 0 || row >= height || column < 0 || column >= width) continue;',
      'const outside = row < 0 || row >= height || column < 0 || column >= width;',
    ],
    ['x.data[(row * width + column) * inputs + c]!', 'outside ? 0 : x.data[(row * width + column) * inputs + c]!'],
  ),
  conv('first multiplier for all', 'the first multiplier for all', ['multiplier[o]! * sum', 'multiplier[0]! * sum']),
  conv('16-bit sums', 'wrapped at 16 bits', ['multiplier[o]! * sum', 'multiplier[o]! * ((sum << 16) >> 16)']),
  input('x · 256 - 128', 'multiplies by 256', ['pixel - 128', 'Math.trunc((pixel / 255) * 256 - 128)']),
  accumulator('stops at the end', 'That stops at the end', [
    'return wrapped < size / 2 ? wrapped : wrapped - size;',
    'return Math.min(size / 2 - 1, Math.max(-size / 2, total));',
  ]),
  accumulator('no sign', 'wraps without a sign', ['return wrapped < size / 2 ? wrapped : wrapped - size;', 'return wrapped;']),
  accumulator('does not wrap', 'That is the true sum', ['return wrapped < size / 2 ? wrapped : wrapped - size;', 'return total;']),
  accumulator('float32 sums', 'beyond 2^24 odd sums are lost', [
    'products.reduce((a, b) => a + b, 0)',
    'products.reduce((a, b) => Math.fround(a + b), 0)',
  ]),
  accumulator('one bit too few', 'One bit is the sign', ['= 26', '= 25']),
  accumulator('floats overflow', 'Nothing overflows', ["'b'", "'a'"]),
  clip('the largest value', 'That is the largest value', [
    'return clips[errors.indexOf(Math.min(...errors))]!;',
    'return Math.max(...clips);',
  ]),
  clip('errors cancel', 'That is the smallest clip', ['* step - v) ** 2', '* step - v)']),
  clip('clipped values left out', 'That is the smallest clip', [
    'const squares = values.map',
    'const squares = values.filter(v => v <= clip).map',
  ]),
  clip('images decide', 'Look at the table', ["twoBits = 'c'", "twoBits = 'b'"]),
  clip('one image', 'One image leaves out', ["fewImages = 'b'", "fewImages = 'a'"]),
  straight('all passes', 'no gradient passes: 0', ['values[i]! >= low && values[i]! <= high ? g : 0', 'g']),
  straight('the true slope', 'nothing would be learned', ['values[i]! >= low && values[i]! <= high ? g : 0', 'g * 0']),
  straight('the other way round', 'The other way round', [
    'values[i]! >= low && values[i]! <= high ? g : 0',
    'values[i]! >= low && values[i]! <= high ? 0 : g',
  ]),
  pair('bias forgotten', 'The bias must shrink', ['bias: bias.map((b, c) => b / s[c]!)', 'bias']),
  pair('no root', 'The root is missing', ['Math.sqrt(r * r2[c]!) / r2[c]!', 'r / r2[c]!']),
  pair('upside down', 'Upside down', ['Math.sqrt(r * r2[c]!) / r2[c]!', 'r2[c]! / Math.sqrt(r * r2[c]!)']),
  recovered('no refresh', 'Refresh the batch-norm statistics', [
    'return refreshBatchNorm(model, train, { batches: 20 });',
    'return model;',
  ]),
  recovered('three bits', 'Every layer takes a code book of 2 bits', ['kMeans(weightsOf(name), 2)', 'kMeans(weightsOf(name), 3)']),
  mixed('three bits for all', 'The mean goes over weights', ['kernels.map(name => [name, 2])', 'kernels.map(name => [name, 3])']),
  mixed('two bits for all', 'Give bits to layers with few weights', ['if (!best) break;', 'break;']),
  own('the sign', 'The sign', ['const offByOne = -gridsOfSteps', 'const offByOne = gridsOfSteps']),
  own('the finest', 'The widest step is the largest scale', [
    'b.quantization!.scale[0]! > a.quantization!.scale[0]!',
    'b.quantization!.scale[0]! < a.quantization!.scale[0]!',
  ]),
  trained('rounded after training', 'is enough; a refresh of the batch norms alone is not', [
    'return quantize.trainQuantized(dense, train, {\n    weights,\n    epochs: 1,\n    learningRate: oneCycleSchedule(0.02),\n    seed: 1,\n  });',
    'return quantize.quantizeWeights(dense, weights);',
  ]),
  ...depthwiseMutants,
];

export default mutants;
