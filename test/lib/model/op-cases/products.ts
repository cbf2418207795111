import { at, type Values, values } from '../reference.ts';
import type { OpCase } from './op-case.ts';

const product = (a: (i: number, k: number) => number, b: (k: number, j: number) => number, count: () => void) => (i: number, j: number) => {
  let total = 0;
  for (let k = 0; k < 3; k++) {
    total += a(i, k) * b(k, j);
    count();
  }
  return total;
};

const matmuls: readonly OpCase[] = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
].map(([transposeA = false, transposeB = false]) => ({
  name: `[2 × 3] · [3 × 5]${transposeA ? ', the first transposed' : ''}${transposeB ? ', the second transposed' : ''}`,
  op: 'matmul',
  inputs: [transposeA ? [2, 3, 2] : [2, 2, 3], transposeB ? [2, 5, 3] : [2, 3, 5]],
  attributes: { transposeA, transposeB },
  output: [2, 2, 5],
  reference: (inputs, _, count) => {
    const [a, b] = inputs as [Values, Values];
    return values([2, 2, 2, 5], ([n = 0, h = 0, i = 0, j = 0]) => {
      let counted = 0;
      const cell = product(
        (r, k) => at(a, n, h, ...(transposeA ? [k, r] : [r, k])),
        (k, c) => at(b, n, h, ...(transposeB ? [c, k] : [k, c])),
        () => counted++,
      )(i, j);
      // what is counted is one sample's
      if (n === 0) for (let k = 0; k < counted; k++) count();
      return cell;
    });
  },
}));

const round = (x: number): number => {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2) : Math.round(x);
};

export const products: readonly OpCase[] = [
  ...matmuls,
  {
    name: 'three inputs',
    op: 'mul',
    inputs: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    output: [2, 3],
    reference: inputs => values([2, 2, 3], index => inputs.reduce((total, x) => total * at(x, ...index), 1)),
  },
  {
    name: 'a gate for each channel, a map for each place',
    op: 'mul',
    inputs: [
      [3, 2, 4],
      [1, 1, 4],
      [3, 2, 1],
    ],
    output: [3, 2, 4],
    reference: ([x, gate, map]) =>
      values(
        [2, 3, 2, 4],
        ([n = 0, i = 0, j = 0, c = 0]) => at(x as Values, n, i, j, c) * at(gate as Values, n, 0, 0, c) * at(map as Values, n, i, j, 0),
      ),
  },
  {
    name: 'three axes',
    op: 'transpose',
    inputs: [[2, 3, 4]],
    attributes: { permutation: [2, 0, 1] },
    output: [4, 2, 3],
    reference: ([x]) => values([2, 4, 2, 3], ([n = 0, i = 0, j = 0, k = 0]) => at(x as Values, n, j, k, i)),
  },
  {
    name: 'last axis',
    op: 'scale',
    inputs: [[3, 4]],
    output: [3, 4],
    parameters: 4,
    reference: ([x], { scale }) =>
      values((x as Values).shape, index => at(x as Values, ...index) * at(scale as Values, index.at(-1) as number)),
  },
  {
    name: 'numbers, one of them twice',
    op: 'embedding',
    inputs: [[4]],
    whole: 3,
    attributes: { vocabulary: 3, width: 2 },
    output: [4, 2],
    parameters: 6,
    reference: ([ids], { table }) => values([2, 4, 2], ([n = 0, i = 0, c = 0]) => at(table as Values, at(ids as Values, n, i), c)),
  },
  ...[true, false].map(perChannel => ({
    name: perChannel ? 'a scale for each channel' : 'one scale',
    op: 'fake-quantize',
    inputs: [[3, 4]],
    attributes: { bits: 3, signed: !perChannel, perChannel },
    output: [3, 4],
    parameters: perChannel ? 8 : 2,
    estimated: true as const,
    reference: (([x], { scale, 'zero-point': zero }) =>
      values((x as Values).shape, index => {
        const channel = perChannel ? (index.at(-1) as number) : 0;
        const [s, z] = [at(scale as Values, channel), round(at(zero as Values, channel))];
        const low = perChannel ? 0 : -4;
        return s * (Math.min(Math.max(round(at(x as Values, ...index) / s) + z, low), low + 7) - z);
      })) satisfies OpCase['reference'],
  })),
];
