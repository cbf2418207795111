import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in loops that are counted: wrong sums, and sums that are right but too dear.

const reorder = slipsIn('reorder');
const unroll = slipsIn('unroll');
const tile = slipsIn('tile');
const vectors = slipsIn('vectors');
const convolution = slipsIn('fast-convolution');
const gemv = slipsIn('four-bits');
const schedule = slipsIn('schedule');

export const loopMutants: readonly KnownMistake[] = [
  reorder('transposed B misread', 'B is read as if it were transposed', ['b[p * n + j]', 'b[j * k + p]']),
  reorder('C is not set to 0', 'NaN stands where nothing was written', ['for (let j = 0; j < n; j++) c[i * n + j] = 0;', '']),
  reorder('columns innermost', 'which of i, j and p moves along rows', [
    'for (let p = 0; p < k; p++) {\n      const x = a[i * k + p];\n      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j];\n    }',
    'for (let j = 0; j < n; j++)\n      for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];',
  ]),
  unroll('tail dropped', 'What is left when 4 do not divide k is missing', ['for (; p < k; p++) sum += a[i * k + p] * b[p * n + j];', '']),
  unroll(
    'the sum is not begun anew',
    'The sum goes on from one element to the next',
    [
      'for (let i = 0; i < m; i++)\n    for (let j = 0; j < n; j++) {\n      let sum: f32 = 0;',
      'for (let i = 0; i < m; i++) {\n    let sum: f32 = 0;\n    for (let j = 0; j < n; j++) {',
    ],
    ['c[i * n + j] = sum;\n    }', 'c[i * n + j] = sum;\n    }\n  }'],
  ),
  unroll('code that reads past the end', 'C[i, j] is the sum', ['for (; p + 4 <= k; p += 4) {', 'for (; p < k; p += 4) {']),
  unroll('not unrolled', 'Four products for each test', ['for (; p + 4 <= k; p += 4) {', 'for (; p + 4 <= 0; p += 4) {']),
  tile('tiles that overlap', 'Neighbouring tiles overlap', ['p < min(p0 + t, k); p++', 'p < min(p0 + t + 1, k); p++']),
  tile(
    'set to 0 for each tile',
    'Only the last tile along k is in the sum',
    [
      'for (let i = i0; i < min(i0 + t, m); i++)\n',
      'for (let i = i0; i < min(i0 + t, m); i++) {\n          for (let j = j0; j < min(j0 + t, n); j++) c[i * n + j] = 0;\n',
    ],
    ['c[i * n + j] += x * b[p * n + j];\n          }', 'c[i * n + j] += x * b[p * n + j];\n          }\n        }'],
  ),
  tile('accumulators not reset per tile', 'The sum of a tile goes on into the next one', [
    'for (let p = p0; p < min(p0 + t, k); p++) {\n            const x = a[i * k + p];\n            for (let j = j0; j < min(j0 + t, n); j++) c[i * n + j] += x * b[p * n + j];\n          }',
    'for (let j = j0; j < min(j0 + t, n); j++) {\n            let sum = c[i * n + j];\n            for (let p = p0; p < min(p0 + t, k); p++) sum += a[i * k + p] * b[p * n + j];\n            c[i * n + j] += sum;\n          }',
  ]),
  tile('a tile that is too small', 'small ones are read too often', ['const t = 16;', 'const t = 4;']),
  tile('a tile as large as the matrix', 'should fit into 16 KB', ['const t = 16;', 'const t = 64;']),
  vectors('tail dropped', 'What is left when 4 do not divide n is missing', ['for (; j < n; j++) c[i * n + j] += x * b[p * n + j];', '']),
  vectors('vectors past the end', 'which index does it reach', ['for (; j + 4 <= n; j += 4) {', 'for (; j < n; j += 4) {']),
  vectors('no vectors', 'four neighbours of a row of C at once', ['for (; j + 4 <= n; j += 4) {', 'for (; j + 4 <= 0; j += 4) {']),
  convolution('the input zero point is forgotten', 'You multiply x itself', ['inside ? from[c] - xZero : 0', 'inside ? from[c] : 0']),
  convolution('padding holds the zero point', 'counts as if something were there', [
    'inside ? from[c] - xZero : 0',
    'inside ? from[c] - xZero : xZero',
  ]),
  convolution('a schedule that skips work', 'Products at the end of a window are skipped', [
    'for (; p < depth; p++) sum += x[p] * w[p];',
    '',
  ]),
  convolution('no vectors', 'eight products in one instruction', ['for (; p + 16 <= depth; p += 16) {', 'for (; p + 16 <= 0; p += 16) {']),
  schedule('plain loops', 'What do im2col and a block', [
    'simd: true,\n  im2col: true,\n  interleaved: true,\n  block: [2, 4],',
    'simd: false,\n  im2col: false,\n  interleaved: false,\n  block: [1, 1],',
  ]),
  schedule('fields that do not go together', 'makes it plain C', ["loops: 'reordered'", "loops: 'naive'"]),
  schedule('one sum at a time', 'several sums at once', ['block: [2, 4]', 'block: [1, 1]']),
  schedule('less flash', 'as many bytes as before', ["interleavedWhy = 'b'", "interleavedWhy = 'c'"]),
  gemv('no eight', 'Each weight is 8 too large', [
    'i8x16.sub(v128.and(bytes, i8x16.splat(15)), eight)',
    'v128.and(bytes, i8x16.splat(15))',
  ]),
  gemv('halves swapped', 'The halves of a byte have changed places', [
    'pairs(low, x.vector(0)), pairs(high, x.vector(16))',
    'pairs(high, x.vector(0)), pairs(low, x.vector(16))',
  ]),
];
