import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';
import { loopMutants } from './mutants-loops.ts';
import { memoryMutants } from './mutants-memory.ts';
import { networkMutants } from './mutants-network.ts';

const layouts = slipsIn('layouts');
const im2col = slipsIn('im2col');
const words = slipsIn('simd-words');
const winograd = slipsIn('winograd');

const mutants: readonly KnownMistake[] = [
  layouts('the stride of a column in NHWC', 'Height and width have changed places', [
    'return ((at.n * size.h + at.h) * size.w + at.w) * size.c + at.c;',
    'return ((at.n * size.w + at.h) * size.h + at.w) * size.c + at.c;',
  ]),
  layouts('the image is not an axis of CHWN', 'The image is left out', ['+ at.w) * size.n + at.n', '+ at.w) * size.n']),
  layouts('the stride of a row in CHWN', 'Height and width have changed places', [
    'return ((at.c * size.h + at.h) * size.w + at.w) * size.n + at.n;',
    'return ((at.c * size.w + at.h) * size.h + at.w) * size.n + at.n;',
  ]),
  layouts('NCHW for CHWN', 'That is the place in', [
    'return ((at.c * size.h + at.h) * size.w + at.w) * size.n + at.n;',
    'return ((at.n * size.c + at.c) * size.h + at.h) * size.w + at.w;',
  ]),
  layouts('a 1×1 convolution likes NCHW', 'adds up all channels of one place', ["pointwise = 'a'", "pointwise = 'b'"]),
  layouts('a depthwise filter likes NHWC', 'sees one channel at many places', ["depthwise = 'b'", "depthwise = 'a'"]),
  im2col('padding holds 0', 'Padding holds 0', [
    'inside ? x.data[(h * width + w) * channels + c]! : zeroPoint',
    'inside ? x.data[(h * width + w) * channels + c]! : 0',
  ]),
  im2col('columns outside of rows', 'yours has them the other way round', [
    'for (let h = top; h < top + kernel; h++)\n        for (let w = left; w < left + kernel; w++)',
    'for (let w = left; w < left + kernel; w++)\n        for (let h = top; h < top + kernel; h++)',
  ]),
  im2col('a stride of 1', 'The stride is missing', ['top += stride', 'top += 1'], ['left += stride', 'left += 1']),
  im2col('channels outermost', 'in NHWC they are innermost', [
    'const c = column % channels;\n  const place = Math.floor(column / channels);',
    'const c = Math.floor(column / kernel ** 2);\n  const place = column % kernel ** 2;',
  ]),
  im2col('the image itself', 'That is the image itself', ['24 * 24 * 3 * 3 * 32', '24 * 24 * 32']),
  im2col('a byte each', 'integers of 16 bits', ['2 * (3 * 3 * 32) * 2', '2 * (3 * 3 * 32)']),
  words('crossed lanes', 'You crossed the lanes', [
    'const low = ((x << 16) >> 16) * ((y << 16) >> 16);\n  const high = (x >> 16) * (y >> 16);',
    'const low = ((x << 16) >> 16) * (y >> 16);\n  const high = (x >> 16) * ((y << 16) >> 16);',
  ]),
  words('saturates', 'does not saturate', [
    'return (sum + low + high) | 0;',
    'return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, sum + low + high));',
  ]),
  words('the high lane has no sign', 'The high lane has lost its sign', ['(x >> 16) * (y >> 16)', '(x >>> 16) * (y >>> 16)']),
  words('two bytes side by side', 'two bytes side by side', ['(word << 8) >> 24', '(word << 16) >> 24']),
  words('only half of the bytes', 'Bytes 1 and 3 are missing', ['sum = smlad(sxtb16(a[i]!, 8), sxtb16(b[i]!, 8), sum);', '']),
  winograd('G untransposed', 'on the right its transpose', ['product(product(G, g), transpose(G))', 'product(product(G, g), G)']),
  winograd('B for its transpose', 'You have B', ['product(product(Bt, d), transpose(Bt))', 'product(product(transpose(Bt), d), Bt)']),
  winograd('tiles cut off', 'An odd row or column', [
    'Math.ceil(rows / 2) * Math.ceil(columns / 2)',
    'Math.floor(rows / 2) * Math.floor(columns / 2)',
  ]),
  winograd('products of each output only', 'The input channels are missing', ['16 * inputs * outputs', '16 * outputs']),
  ...loopMutants,
  ...memoryMutants,
  ...networkMutants,
];

export default mutants;
